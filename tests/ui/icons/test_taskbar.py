"""The colour of tray icons suits the taskbar, if its colour is known."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from trayapp.ui.icons.taskbar import DARK_INK, LIGHT_INK, ink_for

DARK, LIGHT, UNKNOWN = (
    Qt.ColorScheme.Dark,
    Qt.ColorScheme.Light,
    Qt.ColorScheme.Unknown,
)


@pytest.mark.parametrize(
    ("desktop", "scheme", "ink"),
    [
        ("GNOME", LIGHT, LIGHT_INK),
        ("ubuntu:GNOME", LIGHT, LIGHT_INK),
        ("GNOME-Classic:GNOME", LIGHT, DARK_INK),
        ("KDE", DARK, LIGHT_INK),
        ("KDE", LIGHT, DARK_INK),
        ("XFCE", UNKNOWN, None),
        ("", UNKNOWN, None),
    ],
)
def test_the_ink_suits_the_desktop(
    desktop: str, scheme: Qt.ColorScheme, ink: QColor | None
) -> None:
    """GNOME's top bar is always black; other desktops follow the colour scheme."""
    assert ink_for({"XDG_CURRENT_DESKTOP": desktop}, scheme) == ink
