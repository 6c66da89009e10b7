"""The ink that suits a panel, where its colour can be known."""

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
    """GNOME's bar is always black; others follow the scheme, if they tell it."""
    assert ink_for({"XDG_CURRENT_DESKTOP": desktop}, scheme) == ink
