"""A dark palette, for desktops with a dark theme that Qt doesn't know."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from trayapp.ui.widgets.colours import READABLE, contrast
from trayapp.ui.widgets.dark_palette import Palettes, dark_palette

ROLES = QPalette.ColorRole


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    """Return the application, and restore its palette afterwards."""
    yield qapp
    qapp.setPalette(QPalette())


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (ROLES.WindowText, ROLES.Window),
        (ROLES.Text, ROLES.Base),
        (ROLES.Text, ROLES.AlternateBase),
        (ROLES.ButtonText, ROLES.Button),
        (ROLES.PlaceholderText, ROLES.Base),
        (ROLES.ToolTipText, ROLES.ToolTipBase),
        (ROLES.HighlightedText, ROLES.Highlight),
        (ROLES.Link, ROLES.Base),
        (ROLES.LinkVisited, ROLES.Base),
    ],
)
def test_every_ink_can_be_read(ink: ROLES, ground: ROLES) -> None:
    """The contrast is that of text in WCAG 2."""
    palette = dark_palette()
    assert contrast(palette.color(ink), palette.color(ground)) >= READABLE


def test_a_dark_desktop_gets_dark_windows_and_a_light_one_its_own(
    application: QApplication,
) -> None:
    """The palette changes each time the desktop does."""
    assert application.styleHints().colorScheme() is Qt.ColorScheme.Unknown
    own = application.palette().color(ROLES.Window)
    palettes = Palettes(application)
    palettes.show_dark(dark=True)
    assert application.palette().color(ROLES.Window).lightness() < 64
    palettes.show_dark(dark=False)
    assert application.palette().color(ROLES.Window) == own
