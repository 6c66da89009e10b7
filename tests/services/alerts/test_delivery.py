"""What the desktop does not take is told when it does, and only then."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Alert, Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.notification import Notification
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.wording import notification_about, sample_notification
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import HistoryProblem
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import AlertKind, Settings
from trayapp.services.alerts.dbus_notifier import DBusNotifier
from trayapp.services.alerts.delivery import NotificationDelivery
from trayapp.services.alerts.service import AlertService
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore
from trayapp.services.messages.events import (
    DeliveryChanged,
    NotificationLogChanged,
    PendingPaymentsChanged,
)

A = Account("a", "A")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
PATIENCE_S = 5.0


class Server(DBusNotifier):
    """A notifier on a desktop as the test wants it, without a bus."""

    def __init__(self) -> None:
        self.there, self.takes, self.closed = True, True, False
        self.asked = 0
        self.tried: list[Notification] = []

    async def show(self, notification: Notification) -> bool:
        """Note it."""
        self.tried.append(notification)
        return self.there and self.takes

    async def is_available(self) -> bool:
        """Say what the test wants."""
        self.asked += 1
        return self.there

    async def close(self) -> None:
        """Note it."""
        self.closed = True


def _no_history() -> HistoryStore:
    """Keep everything in memory."""
    raise HistoryProblem


class Scene:
    """An alert service whose alerts go to that desktop, and what a person sees."""

    def __init__(self) -> None:
        self.now = NOON
        self.server = Server()
        self.events = EventLog()
        self._sending: list[asyncio.Task[None]] = []
        self.service = AlertService(
            HistoryService(_no_history),
            self.events.record,
            self._send,
            clock=lambda: self.now,
            zone=UTC,
        )
        self.service.set([A], Settings())
        self.delivery = NotificationDelivery(
            self.server,
            self.service,
            self.events.record,
            ENGLISH,
            clock=self._monotonic,
        )

    def read(self, amount: str) -> None:
        """Let the gateway answer."""
        reading = Reading(Balance(Decimal(amount), "EUR"), self.now)
        self.service.evaluate(Outcome("a", self.now, reading))

    async def look(self) -> None:
        """Let a minute pass."""
        self.now += timedelta(minutes=1)
        self.service.tick()
        self.delivery.check()
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        for _ in range(20):
            await asyncio.sleep(0)
        for task in self._sending:
            await task
        self._sending.clear()

    @property
    def notifications(self) -> list[Notification]:
        """The notifications that the server was asked to show."""
        return self.server.tried

    def titles(self) -> list[str]:
        """Give what was tried to be told since this was last asked."""
        said = [one.title for one in self.server.tried]
        self.server.tried.clear()
        return said

    @property
    def reached(self) -> list[bool]:
        """Whether notifications reach the person, whenever that changed."""
        return [one.problem is None for one in self.events.of(DeliveryChanged)]

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """What "Why?" lists, the oldest first."""
        changes = self.events.of(NotificationLogChanged)
        return changes[-1].entries if changes else ()

    @property
    def payments(self) -> tuple[PendingPayment, ...]:
        """The payments whose top-ups are expected."""
        return self.events.last(PendingPaymentsChanged).payments

    def _monotonic(self) -> float:
        return (self.now - NOON).total_seconds()

    @property
    def fates(self) -> list[tuple[Disposition, Reason]]:
        """What "Why?" says, the oldest first."""
        return [(one.disposition, one.reason) for one in self.entries]

    def _send(self, alerts: Iterable[Alert]) -> None:
        if sent := tuple(alerts):
            self._sending.append(asyncio.create_task(self.delivery.send(sent)))


def play(story: Callable[[Scene], Coroutine[None, None, None]]) -> None:
    """Tell a story on a loop of its own."""

    async def run() -> None:
        scene = Scene()
        async with asyncio.timeout(PATIENCE_S):
            await story(scene)
            await scene.delivery.close()

    asyncio.run(run())


def test_an_alert_that_no_server_took_is_told_by_the_next_one_once() -> None:
    """And "Why?" says how it was."""

    async def story(scene: Scene) -> None:
        scene.server.there = False
        scene.read("9")
        await scene.settle()
        assert scene.titles() == ["A: low balance"]
        assert scene.fates == [
            (Disposition.SENT, Reason.NEW),
            (Disposition.PENDING, Reason.UNDELIVERED),
        ]
        for _ in range(10):
            await scene.look()
            scene.read("8")
        assert scene.titles() == []
        scene.server.there = True
        scene.server.server_changed()
        await scene.settle()
        assert scene.titles() == ["A: low balance"]
        assert scene.fates[2:] == [(Disposition.SENT, Reason.AFTERWARDS)]
        assert scene.reached == [False, True]
        for _ in range(10):
            await scene.look()
        assert scene.titles() == []

    play(story)


def test_where_it_is_known_that_nothing_takes_them_none_is_sent() -> None:
    """Not even what is urgent; each is held back, and said so once."""

    async def story(scene: Scene) -> None:
        scene.server.there = False
        await scene.look()
        assert scene.reached == [False]
        scene.read("0")
        await scene.look()
        assert scene.titles() == []
        assert set(scene.fates) == {(Disposition.PENDING, Reason.UNDELIVERED)}
        scene.server.there = True
        await scene.look()
        assert scene.titles() == ["A: the balance is used up"]

    play(story)


def test_a_server_that_comes_unheard_is_found_at_the_next_look() -> None:
    """As where the bus itself was gone for a while."""

    async def story(scene: Scene) -> None:
        scene.server.there = False
        scene.read("9")
        await scene.settle()
        scene.titles()
        scene.server.there = True
        await scene.look()
        assert scene.titles() == ["A: low balance"]

    play(story)


def test_a_server_that_is_there_is_asked_every_ten_minutes() -> None:
    """The bus says when it goes; one that went unheard is missed then."""

    async def story(scene: Scene) -> None:
        for _ in range(20):
            await scene.look()
        assert scene.server.asked == 2
        scene.server.there = False
        for _ in range(10):
            await scene.look()
        assert scene.reached == [False]

    play(story)


def test_a_server_that_answers_and_takes_nothing_is_tried_ever_more_rarely() -> None:
    """Another server in its place is tried at once."""

    async def story(scene: Scene) -> None:
        scene.server.takes = False
        scene.read("9")
        await scene.settle()
        scene.titles()
        tries = list[int]()
        for minute in range(1, 24 * 60):
            scene.read("9")
            await scene.look()
            tries += [minute] * len(scene.titles())
        assert tries[:5] == [1, 3, 7, 14, 28]
        assert all(later - sooner <= 61 for sooner, later in pairwise(tries))
        assert len(tries) < 35
        scene.server.takes = True
        scene.server.server_changed()
        await scene.settle()
        assert scene.titles() == ["A: low balance"]

    play(story)


def test_a_reminder_of_a_payment_that_nobody_took_comes_again() -> None:
    """It is an event of its own, which no balance brings back."""

    async def story(scene: Scene) -> None:
        scene.read("9")
        await scene.settle()
        scene.service.expect_top_up("a")
        scene.titles()
        scene.server.there = False
        scene.now += timedelta(days=1)
        scene.read("9")
        await scene.look()
        assert scene.titles() == ["A: no top-up seen"]
        assert scene.fates[-1] == (Disposition.PENDING, Reason.UNDELIVERED)
        assert [one.account_id for one in scene.payments] == ["a"]
        scene.server.there = True
        scene.server.server_changed()
        await scene.settle()
        assert scene.titles() == ["A: no top-up seen"]
        assert scene.payments == ()

    play(story)


def test_a_trial_that_nobody_took_is_known_and_held_for_no_account() -> None:
    """A person pressed the button and saw nothing: the window says why."""

    async def story(scene: Scene) -> None:
        scene.server.there = False
        await scene.delivery.send_sample()
        assert (scene.reached, scene.entries) == ([False], ())

    play(story)


def test_an_account_that_was_removed_meanwhile_is_forgotten() -> None:
    """Nothing is held for it."""

    async def story(scene: Scene) -> None:
        scene.server.there = False
        scene.read("9")
        scene.service.set([], Settings())
        await scene.settle()
        assert (Disposition.PENDING, Reason.UNDELIVERED) not in scene.fates

    play(story)


def test_what_is_over_before_the_desktop_refuses_it_is_only_said() -> None:
    """By "Why?": there is nothing to be told any more."""

    async def story(scene: Scene) -> None:
        scene.server.there = False
        scene.service.set([A], Settings(alert_kinds=frozenset({AlertKind.LOW})))
        scene.read("9")
        scene.read("50")
        await scene.settle()
        assert scene.fates[-1] == (Disposition.SUPPRESSED, Reason.UNDELIVERED)
        scene.server.there = True
        scene.server.server_changed()
        scene.titles()
        await scene.settle()
        assert scene.titles() == []

    play(story)


def test_the_end_leaves_the_bus_and_looks_no_more() -> None:
    """Whatever is under way."""

    async def story(scene: Scene) -> None:
        scene.delivery.check()
        await scene.delivery.close()
        await scene.settle()
        assert scene.server.closed
        assert len(asyncio.all_tasks()) == 1

    play(story)


# --- words ----------------------------------------------------------------------------

LOW_A = Alert(AlertKind.LOW, A, Balance(Decimal("9.5000"), "EUR"))


def test_several_alerts_are_one_notification_in_the_persons_language() -> None:
    """It carries the alerts, to keep them pending if no server accepts it."""

    async def story(scene: Scene) -> None:
        alerts = (LOW_A, Alert(AlertKind.REJECTED, Account("b", "B")))
        await scene.delivery.send(alerts)
        assert scene.notifications == [notification_about(alerts, ENGLISH)]
        assert scene.titles() == ["2 accounts need you"]

    play(story)


def test_the_discreet_setting_hides_amounts_from_the_next_one_on() -> None:
    """Others may read along."""

    async def story(scene: Scene) -> None:
        for discreet in (False, True, False):
            scene.service.set([A], Settings(discreet=discreet))
            await scene.delivery.send([LOW_A])
            words = str(replace(scene.notifications[-1], alerts=()))
            assert ("9.5" in words) is not discreet

    play(story)


def test_a_sample_is_the_same_under_the_discreet_setting() -> None:
    """It has no amount."""

    async def story(scene: Scene) -> None:
        scene.service.set([A], Settings(discreet=True))
        await scene.delivery.send_sample()
        assert scene.notifications == [sample_notification(ENGLISH)]

    play(story)


def test_nothing_is_shown_after_a_stop() -> None:
    """Another backend has taken over: a loop that was stuck may move again."""

    async def story(scene: Scene) -> None:
        scene.delivery.stop()
        await scene.delivery.send([LOW_A])
        await scene.delivery.send_sample()
        assert scene.notifications == []
        assert scene.reached == []

    play(story)
