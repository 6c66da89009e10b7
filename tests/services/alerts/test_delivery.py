"""What the desktop does not take is told when it does, and only then."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from fakes.history import StorelessHistory
from harness.alert_service import A, AlertServiceHarness
from harness.loop import let_loop_run
from trayapp.core.account import Account
from trayapp.core.alerts.decision import Alert, Disposition, Reason
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.notification import Notification
from trayapp.core.alerts.wording import notification_about, sample_notification
from trayapp.core.balance import Balance
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import AlertKind, Settings
from trayapp.services.alerts.dbus_notifier import DBusNotifier
from trayapp.services.alerts.delivery import NotificationDelivery
from trayapp.services.messages.events import (
    DeliveryChanged,
)

MODULE = "trayapp.services.alerts.delivery"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
PATIENCE_S = 5.0


class RecordingNotifier(DBusNotifier):
    """A notifier on a desktop as the test wants it, without a bus."""

    def __init__(self) -> None:
        self.there, self.takes, self.closed = True, True, False
        self.refusals = 0
        """So many notifications are refused before any is shown."""
        self.fault: Exception | None = None
        """Raised instead of showing anything."""
        self.replies = asyncio.Event()
        """Showing ends only when this is set."""
        self.replies.set()
        self.asked = 0
        self.tried: list[Notification] = []

    async def show(self, notification: Notification) -> bool:
        """Note it."""
        self.tried.append(notification)
        await self.replies.wait()
        if self.fault is not None:
            raise self.fault
        if self.refusals:
            self.refusals -= 1
            return False
        return self.there and self.takes

    async def is_available(self) -> bool:
        """Say what the test wants."""
        self.asked += 1
        return self.there

    async def close(self) -> None:
        """Note it."""
        self.closed = True


class DeliveryHarness(AlertServiceHarness):
    """An alert service whose notifications go to a fake notifier."""

    def __init__(self) -> None:
        self._sending: list[asyncio.Task[None]] = []
        self.service_history = StorelessHistory()
        super().__init__(lambda: self.service_history, NOON)
        self.notifier = RecordingNotifier()
        self.delivery = NotificationDelivery(
            self.notifier,
            self.service,
            self.events.record,
            ENGLISH,
            clock=self._monotonic,
        )

    async def look(self) -> None:
        """Let a minute pass."""
        self.now += timedelta(minutes=1)
        self.service.tick()
        self.delivery.check()
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await let_loop_run()
        for task in self._sending:
            await task
        self._sending.clear()

    async def cancel(self) -> None:
        """Cancel what is being shown, as the end of the program does."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        self._sending.clear()

    def stored_memory(self) -> AlertMemory:
        """Return what the next start would know about A."""
        history = self.service_history
        return AlertMemory.from_dict(history.state.memory("a").as_dict())

    @property
    def notifications(self) -> list[Notification]:
        """The notifications that the server was asked to show."""
        return self.notifier.tried

    def titles(self) -> list[str]:
        """Give what was tried to be told since this was last asked."""
        said = [one.title for one in self.notifier.tried]
        self.notifier.tried.clear()
        return said

    @property
    def reached(self) -> list[bool]:
        """Whether notifications reach the person, whenever that changed."""
        return [one.problem is None for one in self.events.of(DeliveryChanged)]

    def _monotonic(self) -> float:
        return (self.now - NOON).total_seconds()

    @property
    def fates(self) -> list[tuple[Disposition, Reason]]:
        """What "Why?" says, the oldest first."""
        return [(one.disposition, one.reason) for one in self.entries]

    def notify(self, alerts: Iterable[Alert]) -> None:
        """Deliver the alerts."""
        if sent := tuple(alerts):
            self._sending.append(asyncio.create_task(self.delivery.send(sent)))


def play(story: Callable[[DeliveryHarness], Coroutine[None, None, None]]) -> None:
    """Tell a story on a loop of its own."""

    async def run() -> None:
        harness = DeliveryHarness()
        async with asyncio.timeout(PATIENCE_S):
            await story(harness)
            await harness.delivery.close()

    asyncio.run(run())


def test_an_alert_that_no_server_took_is_told_by_the_next_one_once() -> None:
    """And "Why?" says how it was."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.there = False
        harness.read("9")
        await harness.settle()
        assert harness.titles() == ["A: low balance"]
        assert harness.fates == [(Disposition.PENDING, Reason.UNDELIVERED)]
        for _ in range(10):
            await harness.look()
            harness.read("8")
        assert harness.titles() == []
        harness.notifier.there = True
        harness.notifier.server_changed()
        await harness.settle()
        assert harness.titles() == ["A: low balance"]
        assert harness.fates[1:] == [(Disposition.SENT, Reason.AFTERWARDS)]
        assert harness.reached == [False, True]
        for _ in range(10):
            await harness.look()
        assert harness.titles() == []

    play(story)


def test_where_it_is_known_that_nothing_takes_them_none_is_sent() -> None:
    """Not even what is urgent; each is held back, and said so once."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.there = False
        await harness.look()
        assert harness.reached == [False]
        harness.read("0")
        await harness.look()
        assert harness.titles() == []
        assert set(harness.fates) == {(Disposition.PENDING, Reason.UNDELIVERED)}
        harness.notifier.there = True
        await harness.look()
        assert harness.titles() == ["A: the balance is used up"]

    play(story)


def test_a_server_that_comes_unheard_is_found_at_the_next_look() -> None:
    """As where the bus itself was gone for a while."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.there = False
        harness.read("9")
        await harness.settle()
        harness.titles()
        harness.notifier.there = True
        await harness.look()
        assert harness.titles() == ["A: low balance"]

    play(story)


def test_a_server_that_is_there_is_asked_every_ten_minutes() -> None:
    """The bus says when it goes; one that went unheard is missed then."""

    async def story(harness: DeliveryHarness) -> None:
        for _ in range(20):
            await harness.look()
        assert harness.notifier.asked == 2
        harness.notifier.there = False
        for _ in range(10):
            await harness.look()
        assert harness.reached == [False]

    play(story)


def test_a_server_that_answers_and_takes_nothing_is_tried_ever_more_rarely() -> None:
    """Another server in its place is tried at once."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.takes = False
        harness.read("9")
        await harness.settle()
        harness.titles()
        tries = list[int]()
        for minute in range(1, 24 * 60):
            harness.read("9")
            await harness.look()
            tries += [minute] * len(harness.titles())
        assert tries[:5] == [1, 3, 7, 14, 28]
        assert all(later - sooner <= 61 for sooner, later in pairwise(tries))
        assert len(tries) < 35
        harness.notifier.takes = True
        harness.notifier.server_changed()
        await harness.settle()
        assert harness.titles() == ["A: low balance"]

    play(story)


@pytest.mark.case(
    "attack 7", "a notification server's malformed reply swallows an alert"
)
def test_a_fault_while_showing_leaves_the_alert_pending() -> None:
    """Whatever it is; the alert is sent again, and the program goes on."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.fault = TypeError("argument of type 'int' is not iterable")
        harness.read("9")
        await harness.settle()
        assert harness.fates == [(Disposition.PENDING, Reason.UNDELIVERED)]
        assert harness.reached == [False]
        assert harness.titles() == ["A: low balance"]
        harness.notifier.fault = None
        await harness.look()
        assert harness.titles() == ["A: low balance"]
        assert harness.fates[1:] == [(Disposition.SENT, Reason.AFTERWARDS)]

    play(story)


@pytest.mark.case("attack 8", "a call that was sent counts as not delivered")
def test_a_slow_server_is_reported_and_its_reply_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Meanwhile other alerts are pending; the reply sends them."""
    monkeypatch.setattr("trayapp.services.alerts.delivery._SLOW_S", 0.0)

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.replies.clear()
        harness.read("9")
        await let_loop_run()
        assert harness.reached == [False]
        harness.read("0")
        assert harness.fates[0] == (Disposition.PENDING, Reason.UNDELIVERED)
        assert harness.titles() == ["A: low balance"]
        harness.notifier.replies.set()
        await harness.settle()
        assert (Disposition.SENT, Reason.NEW) in harness.fates
        assert harness.titles() == ["A: the balance is used up"]
        assert harness.reached == [False, True]

    play(story)


def test_a_prompt_server_is_not_reported_as_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time limit ends with the reply."""
    monkeypatch.setattr("trayapp.services.alerts.delivery._SLOW_S", 0.01)

    async def story(harness: DeliveryHarness) -> None:
        await harness.delivery.send([LOW_A])
        await asyncio.sleep(0.05)
        assert harness.reached == []

    play(story)


def test_a_fault_in_the_words_leaves_the_alert_pending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is logged, and the alert is sent when the words can be found."""

    async def story(harness: DeliveryHarness) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(f"{MODULE}.notification_about", lambda *_: 1 / 0)
            harness.read("9")
            await harness.settle()
        assert harness.titles() == []
        assert harness.fates == [(Disposition.PENDING, Reason.UNDELIVERED)]
        await harness.look()
        assert harness.titles() == ["A: low balance"]

    play(story)


def test_a_backend_that_was_replaced_stores_nothing_about_its_last_alert() -> None:
    """The other one has read the history since."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.replies.clear()
        harness.read("9")
        await let_loop_run()
        harness.delivery.stop()
        changes = len(harness.service_history.changes)
        harness.notifier.replies.set()
        await harness.settle()
        assert len(harness.service_history.changes) == changes

    play(story)


def test_a_server_that_is_gone_delays_no_other_server() -> None:
    """Its late failure is no reason to wait before the next attempt."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.replies.clear()
        harness.notifier.refusals = 1
        harness.read("9")
        await let_loop_run()
        harness.notifier.server_changed()
        await let_loop_run()
        harness.notifier.replies.set()
        await harness.settle()
        await harness.settle()
        assert harness.titles() == ["A: low balance", "A: low balance"]
        assert harness.fates[-1] == (Disposition.SENT, Reason.AFTERWARDS)

    play(story)


def test_an_alert_that_ends_with_the_program_stays_pending() -> None:
    """What is being shown then is cancelled, and counts as not shown."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.replies.clear()
        harness.read("9")
        await let_loop_run()
        await harness.cancel()
        stored = harness.stored_memory()
        assert stored.episodes == {AlertKind.LOW: EpisodeStatus.PENDING}

    play(story)


@pytest.mark.case("attack 1", "an alert that is stored as sent before it is shown")
def test_an_alert_about_a_missing_payment_ends_the_wait_only_when_it_is_shown() -> None:
    """While it is on its way it is not sent twice, and a kill does not lose it."""

    async def story(harness: DeliveryHarness) -> None:
        harness.read("9")
        await harness.settle()
        harness.service.expect_top_up("a")
        harness.titles()
        harness.notifier.replies.clear()
        harness.now += timedelta(days=1)
        harness.read("9")
        for _ in range(3):
            harness.now += timedelta(minutes=1)
            harness.service.tick()
            await let_loop_run()
        assert harness.titles() == ["A: no top-up seen"]
        assert [one.account_id for one in harness.payments] == ["a"]
        harness.notifier.replies.set()
        await harness.settle()
        assert harness.fates[-1] == (Disposition.SENT, Reason.UNSEEN)
        assert harness.payments == []
        await harness.look()
        assert harness.titles() == []

    play(story)


def test_a_payment_that_is_announced_again_meanwhile_is_waited_for() -> None:
    """The alert on its way is about the one before it."""

    async def story(harness: DeliveryHarness) -> None:
        harness.service.expect_top_up("a")
        harness.notifier.replies.clear()
        harness.now += timedelta(days=1)
        harness.read("9")
        harness.service.tick()
        harness.service.expect_top_up("a")
        harness.notifier.replies.set()
        await harness.settle()
        assert [one.at for one in harness.payments] == [harness.now]

    play(story)


def test_an_undelivered_alert_about_a_payment_that_came_meanwhile_is_dropped() -> None:
    """The top-up is the better news."""

    async def story(harness: DeliveryHarness) -> None:
        harness.read("9")
        await harness.settle()
        harness.service.expect_top_up("a")
        harness.notifier.replies.clear()
        harness.notifier.takes = False
        harness.now += timedelta(days=1)
        harness.read("9")
        harness.service.tick()
        await let_loop_run()
        harness.read("90")
        harness.notifier.replies.set()
        await harness.settle()
        assert harness.payments == []
        assert harness.fates[-1] == (Disposition.SUPPRESSED, Reason.UNDELIVERED)

    play(story)


def test_a_reminder_of_a_payment_that_nobody_took_comes_again() -> None:
    """It is an event of its own, which no balance brings back."""

    async def story(harness: DeliveryHarness) -> None:
        harness.read("9")
        await harness.settle()
        harness.service.expect_top_up("a")
        harness.titles()
        harness.notifier.there = False
        harness.now += timedelta(days=1)
        harness.read("9")
        await harness.look()
        assert harness.titles() == ["A: no top-up seen"]
        assert harness.fates[-1] == (Disposition.PENDING, Reason.UNDELIVERED)
        assert [one.account_id for one in harness.payments] == ["a"]
        harness.notifier.there = True
        harness.notifier.server_changed()
        await harness.settle()
        assert harness.titles() == ["A: no top-up seen"]
        assert harness.payments == []

    play(story)


def test_an_undelivered_sample_is_known_and_pending_for_no_account() -> None:
    """A person pressed the button and saw nothing: the window says why."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.there = False
        await harness.delivery.send_sample()
        assert (harness.reached, harness.entries) == ([False], ())

    play(story)


def test_an_account_that_was_removed_meanwhile_is_forgotten() -> None:
    """Nothing is held for it."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.there = False
        harness.read("9")
        harness.service.set_accounts([], Settings())
        await harness.settle()
        assert (Disposition.PENDING, Reason.UNDELIVERED) not in harness.fates

    play(story)


def test_what_is_over_before_the_desktop_refuses_it_is_only_said() -> None:
    """By "Why?": there is nothing to be told any more."""

    async def story(harness: DeliveryHarness) -> None:
        harness.notifier.there = False
        harness.configure(A, settings=Settings(alert_kinds=frozenset({AlertKind.LOW})))
        harness.read("9")
        harness.read("50")
        await harness.settle()
        assert harness.fates[-1] == (Disposition.SUPPRESSED, Reason.UNDELIVERED)
        harness.notifier.there = True
        harness.notifier.server_changed()
        harness.titles()
        await harness.settle()
        assert harness.titles() == []

    play(story)


def test_the_end_leaves_the_bus_and_looks_no_more() -> None:
    """Whatever is under way."""

    async def story(harness: DeliveryHarness) -> None:
        harness.delivery.check()
        await harness.delivery.close()
        await harness.settle()
        assert harness.notifier.closed
        assert len(asyncio.all_tasks()) == 1

    play(story)


# --- words ----------------------------------------------------------------------------

LOW_A = Alert(AlertKind.LOW, A, Balance(Decimal("9.5000"), "EUR"))


def test_several_alerts_are_one_notification_in_the_persons_language() -> None:
    """It carries the alerts, to keep them pending if no server accepts it."""

    async def story(harness: DeliveryHarness) -> None:
        alerts = (LOW_A, Alert(AlertKind.REJECTED, Account("b", "B")))
        await harness.delivery.send(alerts)
        assert harness.notifications == [notification_about(alerts, ENGLISH)]
        assert harness.titles() == ["2 accounts need you"]

    play(story)


def test_the_discreet_setting_hides_amounts_from_the_next_one_on() -> None:
    """Others may read along."""

    async def story(harness: DeliveryHarness) -> None:
        for discreet in (False, True, False):
            harness.configure(A, settings=Settings(discreet=discreet))
            await harness.delivery.send([LOW_A])
            words = str(replace(harness.notifications[-1], alerts=()))
            assert ("9.5" in words) is not discreet

    play(story)


def test_a_sample_is_the_same_under_the_discreet_setting() -> None:
    """It has no amount."""

    async def story(harness: DeliveryHarness) -> None:
        harness.configure(A, settings=Settings(discreet=True))
        await harness.delivery.send_sample()
        assert harness.notifications == [sample_notification(ENGLISH)]

    play(story)


def test_nothing_is_shown_after_a_stop() -> None:
    """Another backend has taken over: a loop that was stuck may move again."""

    async def story(harness: DeliveryHarness) -> None:
        harness.delivery.stop()
        await harness.delivery.send([LOW_A])
        await harness.delivery.send_sample()
        assert harness.notifications == []
        assert harness.reached == []

    play(story)
