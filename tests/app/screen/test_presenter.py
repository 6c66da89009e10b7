"""What is known, drawn into the tray and the window whenever it changes."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from harness.wired_program import A, B, RecordingTray
from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.app.screen.presenter import Presenter
from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.sparkline import RecentBalances
from trayapp.core.errors.status import Status
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import Language
from trayapp.qt.model import AccountsModel
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.sparkline import SparklineButton
from trayapp.ui.intents import CopyText, RevealAmounts
from trayapp.ui.window.window import Window
from widgets.signals import collected
from widgets.visible import click_button, visible_texts

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOW = Balance(Decimal("9.5000"), "EUR")
PLENTY = Balance(Decimal(200), "EUR")
FAR = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
FAR_WORDS = "More than two years at this pace"


class SettableDatetime:
    """The presenter's `datetime`, whose `now` is the test's moment."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self, zone: tzinfo) -> datetime:
        """Give the moment."""
        return self.moment.astimezone(zone)


class PresenterHarness:
    """Views between a model and what they draw into."""

    def __init__(self, clock: SettableDatetime) -> None:
        self.clock = clock
        self.tray, self.window = RecordingTray(), Window(Language())
        self.model = AccountsModel()
        lazy_window = LazyWindow(lambda: self.window)
        self.views = Presenter(self.tray, lazy_window, self.model, Language())
        assert lazy_window.window is self.window
        self.window.intent.connect(self._on_intent)

    def _on_intent(self, intent: object) -> None:
        if intent == RevealAmounts():
            self.views.reveal_amounts()

    def load(self, *accounts: Account) -> None:
        """Say what is set up, and begin to draw."""
        self.model.load(map(AccountState, accounts))
        self.views.loaded()

    def answer(self, account: Account, balance: Balance) -> None:
        """Say what the gateway answered just now."""
        now = self.clock.moment
        self.model.apply(Outcome(account.id, now, Reading(balance, now)))

    def snoozed(self) -> str:
        """Read until when the tray says that notifications are snoozed."""
        return self.tray.views[-1].snoozed

    def state(self) -> Status:
        """Read which state the tray shows."""
        return self.tray.views[-1].gauge.status

    def show(self) -> None:
        """Bring the window up."""
        self.window.show()
        self.views.window_shown()

    def pass_time(self, passed: timedelta) -> None:
        """Let time pass, and whichever timer runs run out once."""
        self.clock.moment += passed
        for timer in self.running():
            if timedelta(milliseconds=timer.interval()) <= passed:
                timer.timeout.emit()

    def running(self) -> list[QTimer]:
        """Give the timers that run, the shortest first."""
        timers = self.views.findChildren(QTimer)
        running = (one for one in timers if one.isActive())
        return sorted(running, key=lambda one: one.interval())

    def says(self, text: str) -> bool:
        """Say whether something stands in the window."""
        return text in "\n".join(visible_texts(self.window))


@pytest.fixture
def harness(
    qtbot: QtBot, drawn_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PresenterHarness]:
    """Give views at noon that nothing was told yet."""
    del drawn_at_once
    clock = SettableDatetime()
    monkeypatch.setattr("trayapp.app.screen.presenter.datetime", clock)
    harness = PresenterHarness(clock)
    qtbot.addWidget(harness.window)
    yield harness
    harness.window.hide()
    harness.views.deleteLater()  # with its timers, which would outlive the window
    harness.tray.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# --- the tray ------------------------------------------------------------------------


def test_before_anything_is_loaded_the_tray_says_nothing(
    harness: PresenterHarness,
) -> None:
    """Not even that nothing is set up."""
    harness.views.draw_tray()
    harness.views.set_snoozed(NOON + timedelta(hours=1))
    assert harness.tray.views == []


def test_a_change_is_in_the_tray_at_once(harness: PresenterHarness) -> None:
    """The weakest account is first."""
    harness.load(A, B)
    harness.answer(B, LOW)
    view = harness.tray.views[-1]
    assert (view.gauge.status, view.lines[0]) == (
        Status.LOW,
        "Shop: €9.50, Low, as of 12:00",
    )


def test_without_accounts_the_tray_says_so(harness: PresenterHarness) -> None:
    """As soon as that is known."""
    harness.load()
    assert [one.gauge.status for one in harness.tray.views] == [Status.NOT_SET_UP]


def test_the_tray_names_the_day_when_the_day_is_over(harness: PresenterHarness) -> None:
    """It is drawn once an hour even though nothing changes."""
    harness.load(A)
    harness.answer(A, LOW)
    harness.pass_time(timedelta(hours=12))
    assert harness.tray.views[-1].lines == ("Main: €9.50, Low, as of 23 Nov, 12:00",)


def test_a_snooze_is_shown_until_it_ends(harness: PresenterHarness) -> None:
    """By itself, or because a person wants to be told again."""
    harness.load(A)
    harness.views.set_snoozed(NOON + timedelta(hours=1))
    assert harness.snoozed() == "Snoozed until 13:00"
    harness.pass_time(timedelta(hours=1))
    assert not harness.snoozed()
    harness.views.set_snoozed(NOON + timedelta(hours=8))
    assert harness.snoozed() == "Snoozed until 20:00"
    harness.views.set_snoozed(None)
    assert not harness.snoozed()


def test_a_snooze_from_before_the_start_is_there_when_all_is_loaded(
    harness: PresenterHarness,
) -> None:
    """Whichever of the two becomes known first."""
    harness.views.set_snoozed(NOON + timedelta(days=1))
    harness.load(A)
    assert harness.snoozed() == "Snoozed until tomorrow, 12:00"


# --- the window ----------------------------------------------------------------------


def test_a_window_that_nobody_sees_is_not_drawn(harness: PresenterHarness) -> None:
    """It is when it comes up."""
    harness.load(A)
    harness.answer(A, LOW)
    assert not harness.says("€9.50")
    harness.show()
    assert harness.says("€9.50")
    assert harness.says("Just now")


def test_ages_grow_while_the_window_is_shown(harness: PresenterHarness) -> None:
    """Each half minute is looked at them."""
    harness.load(A)
    harness.answer(A, LOW)
    harness.show()
    for _ in range(4):
        harness.pass_time(timedelta(seconds=30))
    assert harness.says("2 minutes ago")


def test_a_hidden_window_is_looked_at_no_more(harness: PresenterHarness) -> None:
    """Until it comes up again."""
    harness.load(A)
    harness.show()
    harness.window.hide()
    harness.pass_time(timedelta(seconds=30))
    assert [one.interval() for one in harness.running()] == [3_600_000]
    harness.show()
    assert [one.interval() for one in harness.running()] == [30_000, 3_600_000]


def test_several_accounts_are_summed_up(harness: PresenterHarness) -> None:
    """Each unit for itself."""
    harness.load(A, B)
    harness.show()
    harness.answer(A, LOW)
    harness.answer(B, Balance(Decimal(3100), "CREDITS"))
    assert harness.says("€9.50 + 3,100 CREDITS")


# --- what goes beside a balance ------------------------------------------------------


def test_a_forecast_is_on_its_accounts_card(harness: PresenterHarness) -> None:
    """And whoever writes a request to top up has it too."""
    harness.load(A, B)
    harness.show()
    harness.answer(A, LOW)
    harness.views.set_forecast("a", FAR)
    assert harness.says(FAR_WORDS)
    assert harness.views.forecast("a") == FAR
    assert harness.views.forecast("b") is None


def test_the_tray_and_the_card_warn_while_few_days_are_left(
    harness: PresenterHarness,
) -> None:
    """Whoever missed the notification sees it, until the pace or a top-up ends it."""
    harness.load(A)
    harness.show()
    harness.answer(A, PLENTY)
    soon = Forecast(Verdict.RANGE, NOON.date(), NOON.date() + timedelta(days=1))
    harness.views.set_forecast("a", soon)
    harness.views.draw()
    assert harness.state() is Status.SOON
    assert harness.says("Few days left")
    harness.views.set_forecast("a", FAR)
    harness.views.draw()
    assert harness.state() is Status.OK
    assert not harness.says("Few days left")


def test_a_forecast_without_a_balance_is_not_shown(harness: PresenterHarness) -> None:
    """It was said of the address that the account had before."""
    harness.load(A)
    harness.show()
    harness.answer(A, LOW)
    harness.views.set_forecast("a", FAR)
    harness.model.set_accounts([replace(A, base_url="https://other.example")])
    assert not harness.says(FAR_WORDS)


@pytest.mark.parametrize(
    ("balance", "price", "said"),
    [
        (LOW, "0.05", "about 190 messages"),
        (LOW, None, ""),
        (Balance(Decimal(190), "SMS"), "0.05", ""),
    ],
    ids=["price known", "price unknown", "counts messages itself"],
)
def test_messages_are_counted_where_that_says_more(
    harness: PresenterHarness, balance: Balance, price: str | None, said: str
) -> None:
    """At the price that a person typed in."""
    harness.load(replace(A, price=Decimal(price) if price else None))
    harness.show()
    harness.answer(A, balance)
    shown = [one for one in visible_texts(harness.window) if "messages" in one]
    assert shown == ([said] if said else [])


def test_a_payment_is_shown_while_it_is_waited_for(harness: PresenterHarness) -> None:
    """With the morning on which a reminder comes."""
    harness.load(A)
    harness.show()
    harness.views.set_pending_payments((PendingPayment("a", NOON),))
    assert harness.says(
        "You said you paid (12:00). If no top-up is seen, a reminder comes "
        "(24 Nov, 09:00)."
    )
    harness.views.set_pending_payments(())
    assert not harness.says("You said you paid")


def test_nothing_is_drawn_after_the_stop(harness: PresenterHarness) -> None:
    """An answer that comes late finds neither tray nor window."""
    harness.load(A)
    harness.show()
    harness.views.stop()
    before = len(harness.tray.views)
    harness.answer(A, LOW)
    assert harness.running() == []
    assert len(harness.tray.views) == before


def test_a_burst_of_answers_is_drawn_at_once_and_then_once_more(
    harness: PresenterHarness, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred answers are not two hundred drawings, and the last one counts."""
    monkeypatch.setattr("trayapp.app.screen.presenter._BURST_MS", 60)
    drawn: list[Presenter] = []

    def noted(views: Presenter) -> None:
        drawn.append(views)

    monkeypatch.setattr(Presenter, "draw_tray", noted)
    harness.model.changed.emit(())
    for _ in range(200):
        harness.model.changed.emit(())
    at_once = len(drawn)
    qtbot.waitUntil(lambda: len(drawn) > at_once)
    assert (at_once <= 2, len(drawn) <= 4) == (True, True)


def test_many_cards_are_drawn_a_few_in_a_turn(
    harness: PresenterHarness, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop has its turn in between, and every card is right in the end."""
    accounts = [Account(f"id{number}", f"Account {number}") for number in range(20)]
    harness.load(*accounts)
    harness.show()
    monkeypatch.setattr("trayapp.app.screen.presenter._TURN_MS", 0)
    beats: list[None] = []
    heart = QTimer(interval=0)
    heart.timeout.connect(lambda: beats.append(None))
    heart.start()
    for account in accounts:
        harness.answer(account, LOW)
    qtbot.waitUntil(
        lambda: visible_texts(harness.window).count("€9.50") == len(accounts)
    )
    heart.stop()
    assert len(beats) >= len(accounts) - 2


def test_an_account_that_is_new_is_drawn_at_once(harness: PresenterHarness) -> None:
    """It needs a card of its own, whatever else is being drawn."""
    harness.load(A)
    harness.show()
    harness.model.set_accounts([A, B])
    assert harness.says("Shop")


def test_what_stays_is_no_work_for_the_garbage_collector(
    harness: PresenterHarness,
) -> None:
    """Each look at two hundred cards would hold up the window."""
    gc.unfreeze()
    harness.load(A)
    harness.show()
    harness.model.set_accounts([A, B])
    assert gc.get_freeze_count() > 10_000


def test_in_discreet_mode_amounts_are_hidden_until_a_click(
    harness: PresenterHarness,
) -> None:
    """In the window they are shown until it is closed, in the tray never."""
    harness.load(replace(A, price=Decimal("0.05")), B)
    harness.views.set_discreet(on=True)
    harness.show()
    harness.answer(A, LOW)
    shown = [
        one for one in visible_texts(harness.window) if "9.5" in one or "190" in one
    ]
    assert shown == []
    assert harness.says("•••")
    assert harness.tray.views[-1].lines[0].startswith("Main: •••, Low")
    assert "9.5" not in str(harness.tray.views[-1])
    click_button(harness.window, "Show amounts")
    assert harness.says("€9.50")
    assert harness.says("about 190 messages")
    assert "9.5" not in str(harness.tray.views[-1])
    harness.window.close()
    harness.show()
    assert not harness.says("€9.50")


def test_an_amount_that_is_hidden_can_be_copied(harness: PresenterHarness) -> None:
    """Who copies it wants to have it."""
    harness.load(A)
    harness.views.set_discreet(on=True)
    harness.show()
    harness.answer(A, LOW)
    intents = collected(harness.window.intent, object)
    (card,) = harness.window.findChildren(AccountCard)
    QTest.keyClick(card, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert intents == [CopyText("€9.50")]


def test_without_discreet_mode_nothing_is_offered_to_be_shown(
    harness: PresenterHarness,
) -> None:
    """And leaving it shows everything at once."""
    harness.load(A)
    harness.answer(A, LOW)
    harness.show()
    assert harness.says("€9.50")
    harness.views.set_discreet(on=True)
    assert not harness.says("€9.50")
    harness.views.set_discreet(on=False)
    assert harness.says("€9.50")
    buttons = harness.window.findChildren(QPushButton)
    (button,) = (one for one in buttons if one.text() == "Show a&mounts")
    assert not button.isVisible()


def test_what_was_glimpsed_fills_the_gauge(harness: PresenterHarness) -> None:
    """Against what the account held lately."""
    harness.load(A)
    harness.answer(A, LOW)
    assert harness.tray.views[-1].gauge.level is None
    harness.views.set_recent_balances("a", RecentBalances(Decimal(19)))
    assert harness.tray.views[-1].gauge.level == 0.5


def test_what_was_glimpsed_is_the_line_on_the_card(harness: PresenterHarness) -> None:
    """In words too, which hide what the window hides."""
    harness.load(A)
    harness.show()
    harness.answer(A, LOW)
    line = ((0.0, 1.0), (1.0, 0.5))
    harness.views.set_recent_balances(
        "a", RecentBalances(Decimal(19), line, Decimal(19), Decimal(19))
    )
    (spark,) = harness.window.findChildren(SparklineButton)
    assert spark.accessibleDescription() == (
        "Balance over the last 14 days: from €19.00 to €9.50, highest €19.00"
    )
    harness.views.set_discreet(on=True)
    assert spark.accessibleDescription() == ""
