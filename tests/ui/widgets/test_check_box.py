"""Check boxes and radio buttons are visible on light and dark backgrounds."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.ui.widgets.check_box import CheckBox, RadioButton
from trayapp.ui.widgets.colours import VISIBLE, contrast
from trayapp.ui.widgets.dark_palette import dark_palette

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ELEMENTS = QStyle.SubElement
KINDS = [
    (CheckBox, ELEMENTS.SE_CheckBoxIndicator),
    (RadioButton, ELEMENTS.SE_RadioButtonIndicator),
]


def outline(button: QAbstractButton, element: QStyle.SubElement) -> float:
    """Return the least contrast of an outline's four sides to its surroundings."""
    option = QStyleOptionButton()
    button.initStyleOption(option)  # type: ignore[attr-defined]  # both kinds have it
    place = button.style().subElementRect(element, option, button)
    picture = button.grab().toImage()
    around = button.parentWidget()
    assert around is not None
    ground = around.palette().color(QPalette.ColorRole.Window)
    middle, edges = place.center(), place.adjusted(0, 0, -1, -1)

    def strongest(places: list[tuple[int, int]]) -> float:
        return max(contrast(QColor(picture.pixel(*one)), ground) for one in places)

    return min(
        strongest([(edges.left() + step, middle.y()) for step in (0, 1)]),
        strongest([(edges.right() + step, middle.y()) for step in (0, 1)]),
        strongest([(middle.x(), edges.top() + step) for step in (0, 1)]),
        strongest([(middle.x(), edges.bottom() + step) for step in (0, 1)]),
    )


@pytest.mark.parametrize(("kind", "element"), KINDS)
@pytest.mark.parametrize("make", [QPalette, dark_palette], ids=["light", "dark"])
def test_what_is_not_chosen_has_an_outline_that_is_seen(
    kind: Callable[[str], QAbstractButton],
    element: QStyle.SubElement,
    make: Callable[[], QPalette],
    qtbot: QtBot,
) -> None:
    """Its measured contrast is at least 3:1, and follows the palette."""
    window = QWidget()
    qtbot.addWidget(window)
    button = kind("A choice")
    QVBoxLayout(window).addWidget(button)
    window.show()
    window.setPalette(make())
    assert outline(button, element) >= VISIBLE


def test_the_words_keep_their_colour(qapp: QApplication, qtbot: QtBot) -> None:
    """Only the outline's colour changes."""
    box = CheckBox("A choice")
    qtbot.addWidget(box)
    ink = QPalette.ColorRole.WindowText
    assert box.palette().color(ink) == qapp.palette().color(ink)
