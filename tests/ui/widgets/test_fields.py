"""The frames of fields are visible on light and dark backgrounds."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from trayapp.ui.widgets.colours import VISIBLE, contrast
from trayapp.ui.widgets.dark_palette import dark_palette
from trayapp.ui.widgets.fields import ComboBox, ListView, TableView, TimeField
from trayapp.ui.widgets.line_edit import LineEdit

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ROLES = QPalette.ColorRole


def grey() -> QPalette:
    """Return the palette of a desktop's dark theme with a dark accent."""
    palette = dark_palette()
    for role, colour in (
        (ROLES.Window, "#323232"),
        (ROLES.Base, "#2a2a2a"),
        (ROLES.Highlight, "#15539e"),
    ):
        palette.setColor(role, QColor(colour))
    return palette


@pytest.fixture(params=[QPalette, dark_palette, grey], ids=["light", "dark", "grey"])
def window(
    request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot
) -> Iterator[QWidget]:
    """Show a window with each palette in turn, in the Fusion style."""
    before = qapp.style().name()
    qapp.setStyle("fusion")
    qapp.setPalette(request.param())
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window)
    window.resize(300, 200)
    yield window
    qapp.setPalette(QPalette())
    qapp.setStyle(before)


def frame(picture: QImage, field: QWidget) -> float:
    """Return the least contrast of a frame's four sides to its surroundings."""
    place = field.geometry()
    middle = place.center()

    def beside(x: int, y: int, step_x: int, step_y: int) -> float:
        # From well outside over the edge, which is one pixel wide, to well inside.
        colours = [
            QColor(picture.pixel(x + step_x * step, y + step_y * step))
            for step in range(-2, 3)
        ]
        window = field.palette().color(ROLES.Window)
        assert colours[0] == window
        return max(contrast(one, window) for one in colours[1:4])

    return min(
        beside(place.left(), middle.y(), 1, 0),
        beside(place.right(), middle.y(), -1, 0),
        beside(middle.x(), place.top(), 0, 1),
        beside(middle.x(), place.bottom(), 0, -1),
    )


FIELDS: dict[str, Callable[[], QWidget]] = {
    "line": LineEdit,
    "choice": ComboBox,
    "clock": TimeField,
    "list": ListView,
    "table": lambda: TableView(1, 1),
}


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("focused", [False, True], ids=["resting", "focused"])
def test_a_field_has_a_frame_that_is_seen(
    window: QWidget, qtbot: QtBot, kind: str, *, focused: bool
) -> None:
    """Its measured contrast is at least 3:1, with and without the focus."""
    layout, field, other = window.layout(), FIELDS[kind](), LineEdit()
    assert layout is not None
    layout.addWidget(field)
    layout.addWidget(other)
    window.show()
    window.activateWindow()
    chosen = field if focused else other
    chosen.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(chosen.hasFocus)
    assert frame(window.grab().toImage(), field) >= VISIBLE


@pytest.mark.parametrize("kind", FIELDS)
def test_a_frame_follows_the_palette(window: QWidget, kind: str) -> None:
    """A new palette applies to a shown field too."""
    layout, field = window.layout(), FIELDS[kind]()
    assert layout is not None
    layout.addWidget(field)
    window.show()
    for make in (dark_palette, QPalette):
        window.setPalette(make())
        assert frame(window.grab().toImage(), field) >= VISIBLE


def test_another_style_keeps_its_own_frames(qapp: QApplication, qtbot: QtBot) -> None:
    """Only the Fusion style is corrected."""
    before = qapp.style().name()
    qapp.setStyle("windows")
    line = LineEdit()
    qtbot.addWidget(line)
    drawn = line.grab().toImage()
    usual = QLineEdit()
    qtbot.addWidget(usual)
    usual.resize(line.size())
    assert usual.grab().toImage() == drawn
    qapp.setStyle(before)
