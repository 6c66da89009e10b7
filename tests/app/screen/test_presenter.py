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

from collected import collected
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
from wired import A, B, NotedTray, press, words

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOW = Balance(Decimal("9.5000"), "EUR")
PLENTY = Balance(Decimal(200), "EUR")
FAR = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
FAR_WORDS = "More than two years at this pace"


class Clock:
    """A clock that stands at the test's moment."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self, zone: tzinfo) -> datetime:
        """Give the moment."""
        return self.moment.astimezone(zone)


class Scene:
    """Views between a model and what they draw into."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tray, self.window = NotedTray(), Window(Language())
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
        return text in "\n".join(words(self.window))


@pytest.fixture
def scene(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Give views at noon that nothing was told yet."""
    clock = Clock()
    monkeypatch.setattr("trayapp.app.screen.presenter.datetime", clock)
    monkeypatch.setattr("trayapp.app.screen.presenter._BURST_MS", 0)
    monkeypatch.setattr(
        "trayapp.app.screen.presenter._TURN_MS", 60_000
    )  # this machine may be busy
    scene = Scene(clock)
    qtbot.addWidget(scene.window)
    yield scene
    scene.window.hide()
    scene.views.deleteLater()  # with its timers, which would outlive the window
    scene.tray.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# --- the tray ------------------------------------------------------------------------


def test_before_anything_is_loaded_the_tray_says_nothing(scene: Scene) -> None:
    """Not even that nothing is set up."""
    scene.views.draw_tray()
    scene.views.set_snoozed(NOON + timedelta(hours=1))
    assert scene.tray.views == []


def test_a_change_is_in_the_tray_at_once(scene: Scene) -> None:
    """The weakest account is first."""
    scene.load(A, B)
    scene.answer(B, LOW)
    view = scene.tray.views[-1]
    assert (view.gauge.status, view.lines[0]) == (
        Status.LOW,
        "Shop: €9.50, Low, as of 12:00",
    )


def test_without_accounts_the_tray_says_so(scene: Scene) -> None:
    """As soon as that is known."""
    scene.load()
    assert [one.gauge.status for one in scene.tray.views] == [Status.NOT_SET_UP]


def test_the_tray_names_the_day_when_the_day_is_over(scene: Scene) -> None:
    """It is drawn once an hour even though nothing changes."""
    scene.load(A)
    scene.answer(A, LOW)
    scene.pass_time(timedelta(hours=12))
    assert scene.tray.views[-1].lines == ("Main: €9.50, Low, as of 23 Nov, 12:00",)


def test_a_snooze_is_shown_until_it_ends(scene: Scene) -> None:
    """By itself, or because a person wants to be told again."""
    scene.load(A)
    scene.views.set_snoozed(NOON + timedelta(hours=1))
    assert scene.snoozed() == "Snoozed until 13:00"
    scene.pass_time(timedelta(hours=1))
    assert not scene.snoozed()
    scene.views.set_snoozed(NOON + timedelta(hours=8))
    assert scene.snoozed() == "Snoozed until 20:00"
    scene.views.set_snoozed(None)
    assert not scene.snoozed()


def test_a_snooze_from_before_the_start_is_there_when_all_is_loaded(
    scene: Scene,
) -> None:
    """Whichever of the two becomes known first."""
    scene.views.set_snoozed(NOON + timedelta(days=1))
    scene.load(A)
    assert scene.snoozed() == "Snoozed until tomorrow, 12:00"


# --- the window ----------------------------------------------------------------------


def test_a_window_that_nobody_sees_is_not_drawn(scene: Scene) -> None:
    """It is when it comes up."""
    scene.load(A)
    scene.answer(A, LOW)
    assert not scene.says("€9.50")
    scene.show()
    assert scene.says("€9.50")
    assert scene.says("Just now")


def test_ages_grow_while_the_window_is_shown(scene: Scene) -> None:
    """Each half minute is looked at them."""
    scene.load(A)
    scene.answer(A, LOW)
    scene.show()
    for _ in range(4):
        scene.pass_time(timedelta(seconds=30))
    assert scene.says("2 minutes ago")


def test_a_hidden_window_is_looked_at_no_more(scene: Scene) -> None:
    """Until it comes up again."""
    scene.load(A)
    scene.show()
    scene.window.hide()
    scene.pass_time(timedelta(seconds=30))
    assert [one.interval() for one in scene.running()] == [3_600_000]
    scene.show()
    assert [one.interval() for one in scene.running()] == [30_000, 3_600_000]


def test_several_accounts_are_summed_up(scene: Scene) -> None:
    """Each unit for itself."""
    scene.load(A, B)
    scene.show()
    scene.answer(A, LOW)
    scene.answer(B, Balance(Decimal(3100), "CREDITS"))
    assert scene.says("€9.50 + 3,100 CREDITS")


# --- what goes beside a balance ------------------------------------------------------


def test_a_forecast_is_on_its_accounts_card(scene: Scene) -> None:
    """And whoever writes a request to top up has it too."""
    scene.load(A, B)
    scene.show()
    scene.answer(A, LOW)
    scene.views.set_forecast("a", FAR)
    assert scene.says(FAR_WORDS)
    assert scene.views.forecast("a") == FAR
    assert scene.views.forecast("b") is None


def test_the_tray_and_the_card_warn_while_few_days_are_left(scene: Scene) -> None:
    """Whoever missed the notification sees it, until the pace or a top-up ends it."""
    scene.load(A)
    scene.show()
    scene.answer(A, PLENTY)
    soon = Forecast(Verdict.RANGE, NOON.date(), NOON.date() + timedelta(days=1))
    scene.views.set_forecast("a", soon)
    scene.views.draw()
    assert scene.state() is Status.SOON
    assert scene.says("Few days left")
    scene.views.set_forecast("a", FAR)
    scene.views.draw()
    assert scene.state() is Status.OK
    assert not scene.says("Few days left")


def test_a_forecast_without_a_balance_is_not_shown(scene: Scene) -> None:
    """It was said of the address that the account had before."""
    scene.load(A)
    scene.show()
    scene.answer(A, LOW)
    scene.views.set_forecast("a", FAR)
    scene.model.set_accounts([replace(A, base_url="https://other.example")])
    assert not scene.says(FAR_WORDS)


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
    scene: Scene, balance: Balance, price: str | None, said: str
) -> None:
    """At the price that a person typed in."""
    scene.load(replace(A, price=Decimal(price) if price else None))
    scene.show()
    scene.answer(A, balance)
    shown = [one for one in words(scene.window) if "messages" in one]
    assert shown == ([said] if said else [])


def test_a_payment_is_shown_while_it_is_waited_for(scene: Scene) -> None:
    """With the morning on which a reminder comes."""
    scene.load(A)
    scene.show()
    scene.views.set_pending_payments((PendingPayment("a", NOON),))
    assert scene.says(
        "You said you paid (12:00). If no top-up is seen, a reminder comes "
        "(24 Nov, 09:00)."
    )
    scene.views.set_pending_payments(())
    assert not scene.says("You said you paid")


def test_a_burst_of_answers_is_drawn_at_once_and_then_once_more(
    scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred answers are not two hundred drawings, and the last one counts."""
    monkeypatch.setattr("trayapp.app.screen.presenter._BURST_MS", 60)
    drawn: list[Presenter] = []

    def noted(views: Presenter) -> None:
        drawn.append(views)

    monkeypatch.setattr(Presenter, "draw_tray", noted)
    scene.model.changed.emit(())
    for _ in range(200):
        scene.model.changed.emit(())
    at_once = len(drawn)
    qtbot.waitUntil(lambda: len(drawn) > at_once)
    assert (at_once <= 2, len(drawn) <= 4) == (True, True)


def test_many_cards_are_drawn_a_few_in_a_turn(
    scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop has its turn in between, and every card is right in the end."""
    accounts = [Account(f"id{number}", f"Account {number}") for number in range(20)]
    scene.load(*accounts)
    scene.show()
    monkeypatch.setattr("trayapp.app.screen.presenter._TURN_MS", 0)
    beats: list[None] = []
    heart = QTimer(interval=0)
    heart.timeout.connect(lambda: beats.append(None))
    heart.start()
    for account in accounts:
        scene.answer(account, LOW)
    qtbot.waitUntil(lambda: words(scene.window).count("€9.50") == len(accounts))
    heart.stop()
    assert len(beats) >= len(accounts) - 2


def test_an_account_that_is_new_is_drawn_at_once(scene: Scene) -> None:
    """It needs a card of its own, whatever else is being drawn."""
    scene.load(A)
    scene.show()
    scene.model.set_accounts([A, B])
    assert scene.says("Shop")


def test_what_stays_is_no_work_for_the_garbage_collector(scene: Scene) -> None:
    """Each look at two hundred cards would hold up the window."""
    gc.unfreeze()
    scene.load(A)
    scene.show()
    scene.model.set_accounts([A, B])
    assert gc.get_freeze_count() > 10_000


def test_in_discreet_mode_amounts_are_hidden_until_a_click(scene: Scene) -> None:
    """In the window they are shown until it is closed, in the tray never."""
    scene.load(replace(A, price=Decimal("0.05")), B)
    scene.views.set_discreet(on=True)
    scene.show()
    scene.answer(A, LOW)
    shown = [one for one in words(scene.window) if "9.5" in one or "190" in one]
    assert shown == []
    assert scene.says("•••")
    assert scene.tray.views[-1].lines[0].startswith("Main: •••, Low")
    assert "9.5" not in str(scene.tray.views[-1])
    press(scene.window, "Show amounts")
    assert scene.says("€9.50")
    assert scene.says("about 190 messages")
    assert "9.5" not in str(scene.tray.views[-1])
    scene.window.close()
    scene.show()
    assert not scene.says("€9.50")


def test_an_amount_that_is_hidden_can_be_copied(scene: Scene) -> None:
    """Who copies it wants to have it."""
    scene.load(A)
    scene.views.set_discreet(on=True)
    scene.show()
    scene.answer(A, LOW)
    intents = collected(scene.window.intent, object)
    (card,) = scene.window.findChildren(AccountCard)
    QTest.keyClick(card, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert intents == [CopyText("€9.50")]


def test_without_discreet_mode_nothing_is_offered_to_be_shown(scene: Scene) -> None:
    """And leaving it shows everything at once."""
    scene.load(A)
    scene.answer(A, LOW)
    scene.show()
    assert scene.says("€9.50")
    scene.views.set_discreet(on=True)
    assert not scene.says("€9.50")
    scene.views.set_discreet(on=False)
    assert scene.says("€9.50")
    buttons = scene.window.findChildren(QPushButton)
    (button,) = (one for one in buttons if one.text() == "Show a&mounts")
    assert not button.isVisible()


def test_what_was_glimpsed_fills_the_gauge(scene: Scene) -> None:
    """Against what the account held lately."""
    scene.load(A)
    scene.answer(A, LOW)
    assert scene.tray.views[-1].gauge.level is None
    scene.views.set_recent_balances("a", RecentBalances(Decimal(19)))
    assert scene.tray.views[-1].gauge.level == 0.5


def test_what_was_glimpsed_is_the_line_on_the_card(scene: Scene) -> None:
    """In words too, which hide what the window hides."""
    scene.load(A)
    scene.show()
    scene.answer(A, LOW)
    line = ((0.0, 1.0), (1.0, 0.5))
    scene.views.set_recent_balances(
        "a", RecentBalances(Decimal(19), line, Decimal(19), Decimal(19))
    )
    (spark,) = scene.window.findChildren(SparklineButton)
    assert spark.accessibleDescription() == (
        "Balance over the last 14 days: from €19.00 to €9.50, highest €19.00"
    )
    scene.views.set_discreet(on=True)
    assert spark.accessibleDescription() == ""
