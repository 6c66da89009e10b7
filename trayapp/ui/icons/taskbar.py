"""The colours of the taskbar that shows the tray icon, as far as they are known."""

import os
import sys
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication

LIGHT_INK: Final = QColor("#f4f4f4")
DARK_INK: Final = QColor("#20242a")
_PERSONALIZE: Final = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"


def taskbar_ink() -> QColor | None:
    """Return the colour of the taskbar's own icons; None if it is unknown."""
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415  # exists on Windows only

        # Windows has one setting for the taskbar and another for the windows.
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _PERSONALIZE) as key:
                light, _ = winreg.QueryValueEx(key, "SystemUsesLightTheme")
        except OSError:
            return None
        return DARK_INK if light else LIGHT_INK
    return ink_for(os.environ, QGuiApplication.styleHints().colorScheme())


def ink_for(environment: Mapping[str, str], scheme: Qt.ColorScheme) -> QColor | None:
    """Return the colour for a Linux desktop; None if it reports no colour scheme.

    GNOME's top bar is always black. Other taskbars follow the colour scheme.
    """
    desktop = environment.get("XDG_CURRENT_DESKTOP", "").upper().split(":")
    if "GNOME" in desktop and "GNOME-CLASSIC" not in desktop:
        return LIGHT_INK
    if scheme is Qt.ColorScheme.Dark:
        return LIGHT_INK
    return DARK_INK if scheme is Qt.ColorScheme.Light else None
