"""What the panel looks like that shows the tray icon, as far as that can be known."""

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
    """Give the ink that the panel's own icons are painted in; None if unknown."""
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415  # its own system

        # The taskbar's colour is set apart from that of the windows.
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _PERSONALIZE) as key:
                light, _ = winreg.QueryValueEx(key, "SystemUsesLightTheme")
        except OSError:
            return None
        return DARK_INK if light else LIGHT_INK
    return ink_for(os.environ, QGuiApplication.styleHints().colorScheme())


def ink_for(environment: Mapping[str, str], scheme: Qt.ColorScheme) -> QColor | None:
    """Give the ink for a desktop on Linux.

    GNOME's bar is black, whatever the windows' colours are; elsewhere the panel follows
    the scheme, which not every desktop tells.
    """
    desktop = environment.get("XDG_CURRENT_DESKTOP", "").upper().split(":")
    if "GNOME" in desktop and "GNOME-CLASSIC" not in desktop:
        return LIGHT_INK
    if scheme is Qt.ColorScheme.Dark:
        return LIGHT_INK
    return DARK_INK if scheme is Qt.ColorScheme.Light else None
