"""An open window follows the desktop from light to dark and back."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trayapp.core.chart.sparkline import Sparkline
from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card, CardDetails, Problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import MANY
from trayapp.ui.widgets.colours import READABLE, contrast
from trayapp.ui.widgets.dark_palette import dark_palette
from trayapp.ui.widgets.labels import TextLabel
from trayapp.ui.window.window import Window

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

DOWN = Problem("No way", "Because.", "Wait.", Remedy.RETRY, "")
SKETCH = Sparkline(((0.0, 0.9), (0.4, 0.5), (0.4, 0.8), (1.0, 0.3)), 0.2, "Down")
STATES = [one for one in Status if one is not Status.NOT_SET_UP]


def cards(count: int) -> tuple[Card, ...]:
    """Return so many cards, in each status and with all facts."""
    states = (STATES * count)[:count]
    return tuple(card(number, state) for number, state in enumerate(states))


def card(number: int, state: Status) -> Card:
    """Return the card of one status."""
    is_balance = state in {
        Status.OK,
        Status.SOON,
        Status.LOW,
        Status.EMPTY,
        Status.UNKNOWN,
    }
    return Card(
        account_id=str(number),
        name=f"Account {number}",
        amount="€350.12",
        balance_status=state if is_balance else Status.LOW,
        status=state,
        status_words=f"It is {state.value}",
        age="Just now",
        problem=None if is_balance else DOWN,
        website_url="https://panel.example",
        is_refreshing=False,
        details=CardDetails(
            run_out="Runs out today at this pace",
            messages="about 12 messages",
            pending_payment="Paid on Monday",
            sparkline=SKETCH,
        ),
    )


@pytest.fixture
def paint(qapp: QApplication) -> Iterator[Callable[[QPalette], None]]:
    """Return a function that sets the palette; restore the palette afterwards."""
    yield qapp.setPalette
    qapp.setPalette(QPalette())


@pytest.fixture(params=[1, len(STATES) - 3, 2 * MANY])
def opened(request: pytest.FixtureRequest, qtbot: QtBot) -> Callable[[], Window]:
    """Return a function that opens a window of one, some or many accounts."""
    windows: list[Window] = []  # until Qt has taken them away

    def make() -> Window:
        window = Window(ENGLISH)
        windows.append(window)
        qtbot.addWidget(window)
        window.show_banner("x", "No tray.", is_fault=True)
        window.show_cards(cards(request.param))
        window.show_totals("€412.40")
        window.show()
        window.resize(700, 2400)
        return window

    return make


def picture(window: Window) -> QImage:
    """Return the picture of a widget without the focus."""
    QApplication.processEvents()
    if (focused := QApplication.focusWidget()) is not None:
        focused.clearFocus()
    return window.grab().toImage()


def test_a_window_that_is_open_looks_like_one_that_is_opened_then(
    opened: Callable[[], Window], paint: Callable[[QPalette], None]
) -> None:
    """Each pixel of each card is equal after a change of the palette."""
    window = opened()
    light = picture(window)
    paint(dark_palette())
    dark = picture(window)
    assert dark != light
    assert dark == picture(opened())
    paint(QPalette())
    assert picture(window) == light


def test_all_of_a_card_can_be_read_after_the_change(
    opened: Callable[[], Window], paint: Callable[[QPalette], None]
) -> None:
    """The contrast is computed from the colours of each part."""
    window = opened()
    for palette in (dark_palette(), QPalette()):
        paint(palette)
        for one in window.findChildren(AccountCard):
            base = one.palette().color(QPalette.ColorRole.Base)
            for label in one.findChildren(TextLabel):
                ink = label.palette().color(QPalette.ColorRole.WindowText)
                assert contrast(ink, base) >= READABLE, label.text()
