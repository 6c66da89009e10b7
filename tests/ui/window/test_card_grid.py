"""Cards are in as many columns as fit, and all of them are visible."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from trayapp.core.chart.sparkline import Sparkline
from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import CardDetails, Problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.widgets.labels import TextLabel
from trayapp.ui.window.card_grid import CardGrid
from trayapp.ui.window.window import Window
from widgets.layout import faults
from widgets.sample_card import FINE

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ONE = replace(
    FINE,
    account_id="0",
    name="Account 0",
    details=CardDetails(
        run_out="Runs out Thu 14 – Tue 19 Dec at this pace",
        messages="about 7,002 messages",
        sparkline=Sparkline(((0.0, 1.0), (1.0, 0.5)), 0.25, "From 4 to 2"),
    ),
)
DOWN = Problem("No way", "Because.", "Wait.", Remedy.RETRY, "")
SIZES = (QSize(360, 500), QSize(640, 600), QSize(780, 560))
Show = Callable[[int, QSize], Window]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Return a function that shows so many accounts in a window of a size."""

    def shown(count: int, size: QSize) -> Window:
        window = Window(ENGLISH)
        qtbot.addWidget(window)
        window.show_cards(
            tuple(
                replace(
                    ONE,
                    account_id=str(one),
                    name=f"Account {one}",
                    balance_status=Status.LOW if one % 3 == 1 else Status.OK,
                    status=(Status.OK, Status.LOW, Status.UNREACHABLE)[one % 3],
                    problem=DOWN if one % 3 == 2 else None,
                )
                for one in range(count)
            )
        )
        with qtbot.waitExposed(window):
            window.show()
        window.resize(size)
        settle()
        return window

    return shown


def settle() -> None:
    """Process pending layout requests."""
    for _ in range(5):
        QApplication.processEvents()


def cards(window: Window) -> list[AccountCard]:
    """Return the visible cards, in their order."""
    found = window.findChildren(AccountCard)
    return [one for one in found if not one.isHidden()]


def lefts(window: Window) -> list[int]:
    """Return the left edges of the columns."""
    return sorted({one.x() for one in cards(window)})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 4, 50])
def test_every_number_of_cards_fits_into_every_window(
    show: Show, count: int, size: QSize
) -> None:
    """Nothing is cut off or overlaps in narrow and wide windows."""
    assert faults(show(count, size)) == []


@pytest.mark.parametrize(
    ("count", "width", "columns"),
    [(1, 2000, 1), (4, 600, 1), (4, 1400, 2), (4, 2000, 3), (50, 2500, 4)],
)
def test_a_wide_window_has_columns(
    show: Show, count: int, width: int, columns: int
) -> None:
    """Columns have equal widths, and rows have common tops."""
    window = show(count, QSize(width, 600))
    shown = cards(window)
    assert len(lefts(window)) == columns
    assert len({one.width() for one in shown}) <= 2  # a pixel is left over
    for first in range(0, count, columns):
        row = shown[first : first + columns]
        assert len({(one.y(), one.height()) for one in row}) == 1


def test_a_wide_window_can_be_made_narrow_again(show: Show) -> None:
    """The minimum width is that of one column."""
    window = show(4, QSize(1600, 600))
    assert window.minimumSizeHint().width() < 500
    window.resize(360, 600)
    settle()
    assert (len(lefts(window)), window.width()) == (1, 360)


def test_those_that_are_found_leave_no_gaps(show: Show) -> None:
    """Matching cards move up into the gaps."""
    window = show(12, QSize(1400, 600))
    window.findChildren(QLineEdit)[0].setText("1")
    settle()
    found = cards(window)
    assert [one.name for one in found] == ["Account 1", "Account 10", "Account 11"]
    assert found[0].y() == found[1].y() < found[2].y()
    assert found[0].x() == found[2].x()


def test_a_single_account_is_large_and_in_the_middle(show: Show) -> None:
    """Its amount is larger than that of one among several."""

    def amount(window: Window) -> float:
        labels = cards(window)[0].findChildren(TextLabel)
        return max(one.font().pointSizeF() for one in labels)

    alone, among, crowd = (show(count, QSize(1400, 700)) for count in (1, 4, 50))
    assert amount(alone) > amount(among) > amount(crowd)
    (card,) = cards(alone)
    (around,) = alone.findChildren(CardGrid)
    off = card.geometry().center() - around.rect().center()
    assert (abs(off.x()) <= 2, abs(off.y()) <= 20) == (True, True)
    assert card.width() < around.width() * 2 // 3


def test_another_account_makes_the_first_smaller(show: Show) -> None:
    """The first card becomes large again when the other is removed."""
    window = show(1, QSize(700, 600))
    (card,) = cards(window)
    alone = card.height()
    window.show_cards((ONE, replace(ONE, account_id="1", name="Account 1")))
    settle()
    assert card.height() < alone
    window.show_cards((ONE,))
    settle()
    assert card.height() == alone


def test_buttons_stand_in_columns(show: Show) -> None:
    """The buttons of a kind have equal left edges and widths in all cards."""
    window = show(4, QSize(640, 600))
    for text in ("Top up…", "More", "History…"):
        places = {
            (one.mapTo(window, QPoint()).x(), one.width())
            for one in window.findChildren(QPushButton)
            if one.text() == text and one.isVisible()
        }
        assert len(places) == 1
