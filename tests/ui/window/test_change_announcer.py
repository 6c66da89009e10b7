"""What changes in the open window is told to a screen reader, and never a flood."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cards import FINE
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card
from trayapp.ui.window.change_announcer import ChangeAnnouncer

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MAIN = replace(
    FINE,
    age="Just now",
    panel_url="",
)
LOW = replace(MAIN, amount="€7.00", status=Status.LOW, status_words="Low: below €10.00")
Told = list[tuple[str, bool]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Give all that is told, and whether at once."""
    heard: Told = []

    def announce(_: QWidget, text: str, *, at_once: bool) -> None:
        heard.append((text, at_once))

    monkeypatch.setattr("trayapp.ui.window.change_announcer.announce", announce)
    return heard


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """Give a window that a person is in."""
    one = QWidget()
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.show()
    return one


@pytest.fixture
def news(window: QWidget) -> ChangeAnnouncer:
    """Give news of that window."""
    return ChangeAnnouncer(window, ENGLISH)


@pytest.fixture
def pass_time(news: ChangeAnnouncer) -> Callable[[], int]:
    """Give a function that lets the time pass, and gives how much was left of it."""

    def passed() -> int:
        timer = news.findChild(QTimer)
        assert isinstance(timer, QTimer)
        interval = timer.interval() if timer.isActive() else 0
        timer.stop()
        timer.timeout.emit()
        return interval

    return passed


def named(card: Card, number: int) -> Card:
    """Give the same card for another account."""
    return replace(card, account_id=f"{number}", name=f"№ {number}")


def test_another_balance_is_told_after_all_else(
    news: ChangeAnnouncer, told: Told, pass_time: Callable[[], int]
) -> None:
    """Name and amount, and nothing of what stayed as it was."""
    news.note_change(MAIN, replace(MAIN, amount="€349.00"))
    assert told == []
    assert pass_time() == 1000
    assert told == [("Main: €349.00", False)]


def test_another_state_comes_first_and_at_once(
    news: ChangeAnnouncer, told: Told, pass_time: Callable[[], int]
) -> None:
    """What is low now is more than what was spent elsewhere."""
    news.note_change(named(MAIN, 1), replace(named(MAIN, 1), amount="€349.00"))
    news.note_change(MAIN, LOW)
    pass_time()
    assert told == [("Main: Low: below €10.00; № 1: €349.00", True)]


def test_what_grows_old_or_is_asked_is_no_news(
    news: ChangeAnnouncer, told: Told, pass_time: Callable[[], int]
) -> None:
    """The age changes all the time."""
    news.note_change(MAIN, replace(MAIN, age="1 minute ago", asking=True))
    pass_time()
    assert told == []


def test_what_came_and_went_was_nothing(
    news: ChangeAnnouncer, told: Told, pass_time: Callable[[], int]
) -> None:
    """Only the last of several answers counts, against the first that was shown."""
    news.note_change(MAIN, LOW)
    news.note_change(LOW, MAIN)
    pass_time()
    assert told == []


def test_two_hundred_accounts_are_one_sentence(
    news: ChangeAnnouncer, told: Told, pass_time: Callable[[], int]
) -> None:
    """Three by their names, the rest by their number; then it rests a while."""
    for number in range(200):
        news.note_change(named(MAIN, number), named(LOW, number))
    pass_time()
    ((words, _),) = told
    assert words.count("Low") == 3
    assert words.endswith("; and 197 more accounts")
    news.note_change(MAIN, LOW)
    assert pass_time() == 5000
    assert len(told) == 2


def test_a_balance_is_told_only_to_whoever_is_there(
    qtbot: QtBot,
    window: QWidget,
    news: ChangeAnnouncer,
    told: Told,
    pass_time: Callable[[], int],
) -> None:
    """Of a window behind another only states are heard; of a closed one nothing."""
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    news.note_change(named(MAIN, 1), replace(named(MAIN, 1), amount="€349.00"))
    news.note_change(MAIN, LOW)
    pass_time()
    assert told == [("Main: Low: below €10.00", True)]
    window.hide()
    news.note_change(LOW, MAIN)
    pass_time()
    assert len(told) == 1
