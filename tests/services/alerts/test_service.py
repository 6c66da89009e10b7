"""What is decided when answers come and when time passes, with a real history."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Alert, Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import BalanceTrayError, NoConnection
from trayapp.core.settings import AlertKind, QuietHours, Settings
from trayapp.services.alerts.service import AlertService
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore
from trayapp.services.messages.events import (
    NotificationLogChanged,
    PendingPaymentsChanged,
    SnoozeChanged,
)

LOW, LOW_DAYS, EMPTY = AlertKind.LOW, AlertKind.LOW_DAYS, AlertKind.EMPTY
REJECTED, DRAIN = AlertKind.REJECTED, AlertKind.DRAIN
UNREACHABLE, TOPPED_UP = AlertKind.UNREACHABLE, AlertKind.TOPPED_UP
A, B = Account("a", "A"), Account("b", "B")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Scene:
    """An alarm with its surroundings, and a clock that the test sets."""

    def __init__(self, history: HistoryStore, now: datetime) -> None:
        self.history, self.now = history, now
        self.settings = Settings()
        self.start()

    def start(self) -> None:
        """Start anew, as after a restart, knowing only what is written."""
        self.events = EventLog()
        self.alerts: list[Alert] = []
        self.service = AlertService(
            HistoryService(lambda: self.history),
            self.events.record,
            self._tell,
            clock=lambda: self.now,
            zone=UTC,
        )
        self.choose()
        self.service.start()

    @property
    def snoozes(self) -> list[datetime | None]:
        """The ends of all snoozes since the start."""
        return [one.until for one in self.events.of(SnoozeChanged)]

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """The decisions that "Why?" lists."""
        return self.events.last(NotificationLogChanged).entries

    @property
    def payments(self) -> list[PendingPayment]:
        """The payments whose top-ups are expected."""
        return list(self.events.last(PendingPaymentsChanged).payments)

    def choose(self, *accounts: Account, settings: Settings | None = None) -> None:
        """Set the accounts, A and B unless others are named, and the settings."""
        self.settings = settings or self.settings
        self.service.set(accounts or (A, B), self.settings)

    def _tell(self, alerts: Iterable[Alert]) -> None:
        self.alerts += alerts

    def read(self, amount: str, account: Account = A, unit: str = "EUR") -> None:
        """Let the gateway answer."""
        reading = Reading(Balance(Decimal(amount), unit), self.now)
        self.service.evaluate(Outcome(account.id, self.now, reading))

    def fail(self, kind: type[BalanceTrayError] = NoConnection) -> None:
        """Let a question fail."""
        self.service.evaluate(Outcome("a", self.now, kind().as_failure()))

    def wait(self, passed: timedelta) -> None:
        """Let time pass with a look each minute, and an answer each quarter."""
        for minute in range(1, passed // MINUTE + 1):
            self.now += MINUTE
            if minute % 15 == 0:
                self.repeat()
            self.service.tick()

    def repeat(self) -> None:
        """Let the gateway say what it said last."""
        last = self.history.last("a")
        assert last is not None
        self.read(last.balance.digits)

    def told(self) -> list[tuple[str, AlertKind]]:
        """Give what was told since this was last asked."""
        told = [(one.account.id, one.kind) for one in self.alerts]
        self.alerts.clear()
        return told


@pytest.fixture
def scene(tmp_path: Path, now: datetime) -> Iterator[Scene]:
    """Give an alarm for A and B, on a Monday at noon."""
    with HistoryStore(tmp_path / "history.sqlite3") as history:
        yield Scene(history, now)


def test_an_answer_is_recorded_and_told(scene: Scene) -> None:
    """Once, also after a restart; and the log says why."""
    scene.read("9")
    assert scene.told() == [("a", LOW)]
    last = scene.history.last("a")
    assert last == Reading(Balance(Decimal(9), "EUR"), scene.now)
    (entry,) = scene.entries
    assert entry == LogEntry(scene.now, "a", "A", LOW, Disposition.SENT, Reason.NEW)
    scene.start()
    assert scene.entries == (entry,)
    scene.read("8")
    assert scene.told() == []


def test_of_a_removed_account_nothing_is_recorded(scene: Scene) -> None:
    """Its answer may still have been under way."""
    scene.read("9", Account("c", "C"))
    assert scene.told() == []
    assert scene.history.last("c") is None


def test_a_failure_records_no_reading_and_keeps_the_memory(scene: Scene) -> None:
    """How often it failed outlives a restart."""
    scene.fail()
    assert scene.history.last("a") is None
    assert scene.history.load().memory("a").failures == 1


def test_a_snooze_holds_back_until_its_end(scene: Scene) -> None:
    """Said at once, and told at most a minute after."""
    scene.service.snooze(SnoozeChoice.HOUR)
    end = scene.now + HOUR
    assert scene.snoozes == [None, end]
    scene.read("9")
    assert scene.told() == []
    scene.start()
    assert scene.snoozes == [end]
    scene.wait(59 * MINUTE)
    assert scene.told() == []
    scene.wait(MINUTE)
    assert scene.told() == [("a", LOW)]
    assert scene.snoozes == [end, None]
    fates = [(one.disposition, one.reason) for one in scene.entries]
    assert fates == [
        (Disposition.PENDING, Reason.SNOOZED),
        (Disposition.SENT, Reason.AFTERWARDS),
    ]


def test_ending_a_snooze_tells_at_once(scene: Scene) -> None:
    """Of all accounts."""
    scene.service.snooze(SnoozeChoice.MONDAY)
    scene.read("9")
    scene.read("8", B)
    scene.service.snooze(SnoozeChoice.OFF)
    assert scene.told() == [("a", LOW), ("b", LOW)]
    assert scene.snoozes[-1] is None


def test_what_is_urgent_breaks_through(scene: Scene) -> None:
    """It can't wait until Monday."""
    scene.service.snooze(SnoozeChoice.MONDAY)
    scene.read("0")
    assert scene.told() == [("a", EMPTY)]


def test_quiet_hours_end_in_the_morning(scene: Scene) -> None:
    """The log says that it was the quiet hours."""
    quiet = QuietHours(time(11), time(13))
    scene.choose(settings=Settings(quiet=quiet))
    scene.read("9")
    assert scene.told() == []
    scene.wait(HOUR)
    assert scene.told() == [("a", LOW)]
    assert scene.entries[0].reason is Reason.QUIET


def test_a_reminder_comes_by_the_time_alone(scene: Scene) -> None:
    """Between two questions too."""
    scene.choose(settings=Settings(reminder=HOUR))
    scene.read("9")
    scene.wait(59 * MINUTE)
    assert scene.told() == [("a", LOW)]
    scene.wait(MINUTE)
    assert scene.told() == [("a", LOW)]


def test_silence_is_told_by_the_time_alone(scene: Scene) -> None:
    """When the chosen time has passed, not when the next question has failed."""
    scene.read("50")
    scene.fail()
    scene.fail()
    for _ in range(6 * 60):
        scene.now += MINUTE
        scene.service.tick()
    assert scene.told() == [("a", UNREACHABLE)]
    scene.start()
    scene.service.tick()
    assert scene.told() == []


def test_time_that_passes_is_not_written_each_minute(scene: Scene) -> None:
    """The disk is for what was decided."""
    scene.read("50")
    before = scene.history.load().memory("a")
    scene.now += MINUTE
    scene.service.tick()
    assert scene.history.load().memory("a") == before


# --- what the history says --------------------------------------------------------


def spend(scene: Scene, a_day: int, days: int) -> Decimal:
    """Let so many days pass with even spending; give what is left of 500 then."""
    left, part = Decimal(500), Decimal(a_day) / 24
    for _ in range(days * 24):
        scene.now += HOUR
        left -= part
        balance = Balance(left.quantize(Decimal("0.0001")), "EUR")
        scene.history.write(KeepReading("a", Reading(balance, scene.now)))
    scene.now += HOUR
    scene.read(f"{left:.4f}")
    return left


def test_few_days_left_are_told_when_the_history_says_so(scene: Scene) -> None:
    """Far above the threshold in money."""
    scene.choose(replace(A, low_below=Decimal(1)))
    spend(scene, 20, 14)
    assert scene.told() == []
    scene.now += MINUTE
    scene.read("70")
    assert scene.told() == [("a", LOW_DAYS)]


def test_a_drain_is_told_when_the_history_knows_what_is_usual(scene: Scene) -> None:
    """And only then; it says how much in which time."""
    scene.choose(replace(A, low_below=Decimal(1), warn_days=0))
    left = spend(scene, 2, 18)
    assert scene.told() == []
    scene.now += 20 * MINUTE
    scene.read(f"{left - 38:.4f}")
    (alert,) = scene.alerts
    assert alert.kind is DRAIN
    assert alert.drain is not None
    assert alert.drain.spent >= 38
    assert alert.drain.within == 20 * MINUTE


def test_a_fall_without_a_history_is_no_drain(scene: Scene) -> None:
    """Nobody knows what is usual."""
    scene.read("500")
    scene.now += 20 * MINUTE
    scene.read("300")
    assert scene.told() == []


def test_another_questions_readings_say_nothing_of_this_one(scene: Scene) -> None:
    """A sub-account that has less is no drain of the account."""
    scene.choose(replace(A, low_below=Decimal(1), warn_days=0))
    spend(scene, 2, 18)
    scene.choose(replace(A, low_below=Decimal(1), sub_account="shop"))
    scene.now += MINUTE
    scene.read("50")
    assert scene.told() == []


def test_a_marked_correction_is_no_drain(scene: Scene) -> None:
    """The person knows better."""
    scene.choose(replace(A, low_below=Decimal(1), warn_days=0))
    left = spend(scene, 2, 18)
    scene.now += 20 * MINUTE
    scene.service.correct("a", scene.now, on=True)
    scene.read(f"{left - 38:.4f}")
    assert scene.told() == []


# --- what a person paid -----------------------------------------------------------

TUESDAY = timedelta(hours=21)
"""From Monday noon to Tuesday 9:00."""


def test_a_top_up_that_does_not_come_is_told_the_next_working_day(
    scene: Scene,
) -> None:
    """Once; and it survives a restart until then."""
    scene.read("50")
    said = scene.now
    scene.service.expect_top_up("a")
    assert scene.payments == [PendingPayment("a", said)]
    scene.start()
    assert scene.payments == [PendingPayment("a", said)]
    scene.wait(TUESDAY - MINUTE)
    assert scene.told() == []
    scene.wait(MINUTE)
    (alert,) = scene.alerts
    assert (alert.kind, alert.unseen_since) == (TOPPED_UP, said)
    assert scene.entries[-1].reason is Reason.UNSEEN
    assert scene.payments == []
    scene.start()
    scene.wait(DAY)
    assert scene.told() == []


def test_a_top_up_that_comes_ends_the_waiting(scene: Scene) -> None:
    """Nobody is reminded of what happened."""
    scene.read("50")
    scene.service.expect_top_up("a")
    scene.now += MINUTE
    scene.read("49")
    assert scene.payments
    scene.read("149")
    assert scene.payments == []
    scene.wait(DAY)
    assert scene.told() == []


def test_no_top_up_is_said_to_be_missing_while_nobody_can_look(scene: Scene) -> None:
    """It may have come; it is told when that is known."""
    scene.read("50")
    scene.service.expect_top_up("a")
    scene.fail()
    scene.now += TUESDAY
    scene.service.tick()
    assert scene.told() == []
    scene.read("50")
    scene.service.tick()
    assert scene.told() == [("a", TOPPED_UP)]


def test_a_missing_top_up_waits_for_the_end_of_a_snooze(scene: Scene) -> None:
    """Like all that does not break through."""
    scene.read("50")
    scene.service.expect_top_up("a")
    scene.now += TUESDAY
    scene.service.snooze(SnoozeChoice.HOUR)
    scene.read("50")
    scene.service.tick()
    assert scene.told() == []
    scene.wait(HOUR)
    assert scene.told() == [("a", TOPPED_UP)]


def test_nobody_waits_for_a_removed_accounts_top_up(scene: Scene) -> None:
    """Nor for one that never was."""
    scene.service.expect_top_up("gone")
    assert scene.payments == []
    scene.read("9")
    scene.service.expect_top_up("a")
    scene.service.forget("a")
    assert scene.payments == []
    assert scene.entries == ()
