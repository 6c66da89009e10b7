"""With text of 200 %, windows fit the screen and show all of their text."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from trayapp.ui.widgets.labels import TextLabel, scaled_font
from widgets.layout import faults
from widgets.sample_windows import GALLERY

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

TWICE = 2.0
WIDEST = 1366
"""The width of a small laptop's screen, in pixels."""


@pytest.fixture
def large(qapp: QApplication) -> Iterator[float]:
    """Set text of 200 %, and return its height."""
    before = qapp.font()
    qapp.setFont(scaled_font(QFont(before), before, TWICE))
    yield QWidget().fontMetrics().height()
    qapp.setFont(before)


@pytest.fixture(params=GALLERY)
def top(large: float, request: pytest.FixtureRequest, qtbot: QtBot) -> QWidget:
    """Show each window in turn with that text."""
    del large
    one = GALLERY[request.param]()
    qtbot.addWidget(one)
    with qtbot.waitExposed(one):
        one.show()
    return one


def test_nothing_is_cut_off(top: QWidget) -> None:
    """Nothing overlaps, and no window is larger than a small screen."""
    found = [one for one in faults(top) if not one.startswith("larger than the screen")]
    assert found == []
    assert top.width() <= WIDEST
    assert top.height() <= top.screen().availableSize().height()


def test_the_smallest_that_a_window_can_be_cuts_nothing_off(top: QWidget) -> None:
    """The minimum size fits all text."""
    top.resize(top.minimumSizeHint().expandedTo(top.minimumSize()))
    found = [one for one in faults(top) if not one.startswith("larger than the screen")]
    assert found == []


def test_text_that_grows_while_a_window_is_open_grows_there(
    request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    """Labels follow the desktop's font, and keep their proportions."""
    window = GALLERY["window"]()
    qtbot.addWidget(window)
    window.show()
    labels = [one for one in window.findChildren(TextLabel) if one.text()]
    before = [one.font().pointSizeF() for one in labels]
    request.getfixturevalue("large")
    qtbot.waitUntil(lambda: labels[0].font().pointSizeF() > before[0])
    after = [one.font().pointSizeF() for one in labels]
    assert after == pytest.approx([TWICE * size for size in before])
