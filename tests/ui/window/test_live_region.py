"""Changes in the open window are announced to screen readers, a few at a time."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card
from trayapp.ui.window.live_region import LiveRegion
from widgets.sample_card import FINE

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MAIN = replace(
    FINE,
    age="Just now",
    website_url="",
)
LOW = replace(MAIN, amount="€7.00", status=Status.LOW, status_words="Low: below €10.00")
Announcements = list[tuple[str, bool]]


@pytest.fixture
def announcements(monkeypatch: pytest.MonkeyPatch) -> Announcements:
    """Return the announcements, each with whether it interrupts the reader."""
    announcements: Announcements = []

    def announce(_: QWidget, text: str, *, at_once: bool) -> None:
        announcements.append((text, at_once))

    monkeypatch.setattr("trayapp.ui.window.live_region.announce", announce)
    return announcements


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """Return an active window."""
    one = QWidget()
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.show()
    return one


@pytest.fixture
def region(window: QWidget) -> LiveRegion:
    """Return the live region of that window."""
    return LiveRegion(window, ENGLISH)


@pytest.fixture
def pass_time(region: LiveRegion) -> Callable[[], int]:
    """Return a function that ends the timer, and returns the time that was left."""

    def passed() -> int:
        timer = region.findChild(QTimer)
        assert isinstance(timer, QTimer)
        interval = timer.interval() if timer.isActive() else 0
        timer.stop()
        timer.timeout.emit()
        return interval

    return passed


def named(card: Card, number: int) -> Card:
    """Return the same card for another account."""
    return replace(card, account_id=f"{number}", name=f"№ {number}")


def test_another_balance_is_told_after_all_else(
    region: LiveRegion, announcements: Announcements, pass_time: Callable[[], int]
) -> None:
    """The announcement has the name and the amount only, and doesn't interrupt."""
    region.note_change(MAIN, replace(MAIN, amount="€349.00"))
    assert announcements == []
    assert pass_time() == 1000
    assert announcements == [("Main: €349.00", False)]


def test_another_state_comes_first_and_at_once(
    region: LiveRegion, announcements: Announcements, pass_time: Callable[[], int]
) -> None:
    """A new status comes before a new balance, and interrupts."""
    region.note_change(named(MAIN, 1), replace(named(MAIN, 1), amount="€349.00"))
    region.note_change(MAIN, LOW)
    pass_time()
    assert announcements == [("Main: Low: below €10.00; № 1: €349.00", True)]


def test_what_grows_old_or_is_asked_is_no_news(
    region: LiveRegion, announcements: Announcements, pass_time: Callable[[], int]
) -> None:
    """A new age and a running request are not announced."""
    region.note_change(MAIN, replace(MAIN, age="1 minute ago", is_refreshing=True))
    pass_time()
    assert announcements == []


def test_what_came_and_went_was_nothing(
    region: LiveRegion, announcements: Announcements, pass_time: Callable[[], int]
) -> None:
    """The last card is compared with the first one of the period."""
    region.note_change(MAIN, LOW)
    region.note_change(LOW, MAIN)
    pass_time()
    assert announcements == []


def test_two_hundred_accounts_are_one_sentence(
    region: LiveRegion, announcements: Announcements, pass_time: Callable[[], int]
) -> None:
    """It names three accounts and counts the others; a pause follows."""
    for number in range(200):
        region.note_change(named(MAIN, number), named(LOW, number))
    pass_time()
    ((words, _),) = announcements
    assert words.count("Low") == 3
    assert words.endswith("; and 197 more accounts")
    region.note_change(MAIN, LOW)
    assert pass_time() == 5000
    assert len(announcements) == 2


def test_a_balance_is_told_only_to_whoever_is_there(
    qtbot: QtBot,
    window: QWidget,
    region: LiveRegion,
    announcements: Announcements,
    pass_time: Callable[[], int],
) -> None:
    """An inactive window announces only statuses, a hidden one nothing."""
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    region.note_change(named(MAIN, 1), replace(named(MAIN, 1), amount="€349.00"))
    region.note_change(MAIN, LOW)
    pass_time()
    assert announcements == [("Main: Low: below €10.00", True)]
    window.hide()
    region.note_change(LOW, MAIN)
    pass_time()
    assert len(announcements) == 1
