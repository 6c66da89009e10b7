"""What is decided when answers come and when time passes, with a real history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path

import pytest

from harness.alert_service import A, AlertServiceHarness, B
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Decision, Disposition, Observation, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import BalanceTrayError, NoConnection
from trayapp.core.settings import AlertKind, QuietHours, Settings
from trayapp.services.desktop.time_zone import TimeZoneMonitor
from trayapp.services.history.changes import HistoryChange, KeepReading
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore
from trayapp.services.messages.events import SnoozeChanged, TimeZoneChanged

LOW, LOW_DAYS, EMPTY = AlertKind.LOW, AlertKind.LOW_DAYS, AlertKind.EMPTY
REJECTED, DRAIN = AlertKind.REJECTED, AlertKind.DRAIN
UNREACHABLE, TOPPED_UP = AlertKind.UNREACHABLE, AlertKind.TOPPED_UP
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class AlertServiceWithStore(AlertServiceHarness):
    """An alert service with a real store, and a clock that the test sets."""

    def __init__(self, store: HistoryStore, now: datetime) -> None:
        self.store = store
        super().__init__(lambda: HistoryService(lambda: store), now)

    @property
    def snoozes(self) -> list[datetime | None]:
        """The ends of all snoozes since the start."""
        return [one.until for one in self.events.of(SnoozeChanged)]

    def fail(self, kind: type[BalanceTrayError] = NoConnection) -> None:
        """Report that a request failed."""
        self.service.evaluate(Outcome("a", self.now, kind().as_failure()))

    def wait(self, passed: timedelta) -> None:
        """Pass time with a tick each minute, and a balance each quarter of an hour."""
        for minute in range(1, passed // MINUTE + 1):
            self.now += MINUTE
            if minute % 15 == 0:
                self.repeat()
            self.service.tick()

    def repeat(self) -> None:
        """Report the last balance once more."""
        last = self.store.last("a")
        assert last is not None
        self.read(last.balance.digits)

    def told(self) -> list[tuple[str, AlertKind]]:
        """Return what the service notified of since the last call."""
        told = [(one.account.id, one.kind) for one in self.alerts]
        self.alerts.clear()
        return told


@pytest.fixture
def harness(tmp_path: Path, now: datetime) -> Iterator[AlertServiceWithStore]:
    """Return an alert service for A and B, on a Monday at noon."""
    with HistoryStore(tmp_path / "history.sqlite3") as store:
        yield AlertServiceWithStore(store, now)


def test_an_answer_is_recorded_and_told(harness: AlertServiceWithStore) -> None:
    """Once, also after a restart; and the log says why."""
    harness.read("9")
    assert harness.told() == [("a", LOW)]
    last = harness.store.last("a")
    assert last == Reading(Balance(Decimal(9), "EUR"), harness.now)
    (entry,) = harness.entries
    assert entry == LogEntry(harness.now, "a", "A", LOW, Disposition.SENT, Reason.NEW)
    harness.start()
    assert harness.entries == (entry,)
    harness.read("8")
    assert harness.told() == []


@pytest.mark.parametrize("is_shown", [True, False])
def test_what_became_of_many_alerts_is_stored_in_one_transaction(
    harness: AlertServiceWithStore,
    monkeypatch: pytest.MonkeyPatch,
    is_shown: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Each transaction waits for the disk."""
    harness.shows_alerts = False
    harness.read("9")
    harness.read("9", B)
    writes: list[int] = []
    write = harness.store.write

    def counting(*changes: HistoryChange) -> None:
        writes.append(len(changes))
        write(*changes)

    monkeypatch.setattr(harness.store, "write", counting)
    service = harness.service
    (service.mark_delivered if is_shown else service.mark_undelivered)(harness.alerts)
    assert writes == [2]
    status = EpisodeStatus.SENT if is_shown else EpisodeStatus.PENDING
    for account_id in "ab":
        assert harness.store.load().memory(account_id).episodes[LOW] is status


def test_an_episode_that_began_without_a_decision_is_stored(
    harness: AlertServiceWithStore,
) -> None:
    """Few days left are no news to a person who knows that nothing is left."""
    harness.configure(settings=Settings(alert_kinds=frozenset({EMPTY})))
    harness.read("0")
    harness.configure(settings=Settings(alert_kinds=frozenset({EMPTY, LOW_DAYS})))
    harness.service.tick()
    episodes = harness.store.load().memory("a").episodes
    assert episodes[LOW_DAYS] is EpisodeStatus.SENT


@pytest.mark.case("attack 1", "an alert that is stored as sent before it is shown")
def test_after_a_restart_a_tick_waits_for_a_result(
    harness: AlertServiceWithStore,
) -> None:
    """The stored balance may be out of date: the account may have been topped up."""
    harness.shows_alerts = False
    harness.service.expect_top_up("a")
    harness.read("9")
    assert harness.told() == [("a", LOW)]
    harness.now += DAY
    harness.read("9")
    harness.start()
    harness.service.tick()
    assert harness.told() == []
    harness.read("9")
    assert harness.told() == [("a", LOW)]
    harness.service.tick()
    assert harness.told() == [("a", TOPPED_UP)]


def test_of_a_removed_account_nothing_is_recorded(
    harness: AlertServiceWithStore,
) -> None:
    """Its answer may still have been under way."""
    harness.read("9", Account("c", "C"))
    assert harness.told() == []
    assert harness.store.last("c") is None


def test_a_failure_records_no_reading_and_keeps_the_memory(
    harness: AlertServiceWithStore,
) -> None:
    """How often it failed outlives a restart."""
    harness.fail()
    assert harness.store.last("a") is None
    assert harness.store.load().memory("a").failures == 1


def test_the_rules_know_the_persons_zone(
    harness: AlertServiceWithStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a response, and when only time has passed."""
    zones: list[tzinfo | None] = []

    def noting(
        memory: AlertMemory, observation: Observation, *others: object
    ) -> tuple[AlertMemory, tuple[Decision, ...]]:
        del others
        zones.append(observation.zone)
        return memory, ()

    monkeypatch.setattr("trayapp.services.alerts.service.decide", noting)
    harness.read("50")
    harness.service.tick()
    assert set(zones) == {UTC}
    assert len(zones) > 1


def test_a_snooze_holds_back_until_its_end(harness: AlertServiceWithStore) -> None:
    """Said at once, and told at most a minute after."""
    harness.service.snooze(SnoozeChoice.HOUR)
    end = harness.now + HOUR
    assert harness.snoozes == [None, end]
    harness.read("9")
    assert harness.told() == []
    harness.start()
    assert harness.snoozes == [end]
    harness.wait(59 * MINUTE)
    assert harness.told() == []
    harness.wait(MINUTE)
    assert harness.told() == [("a", LOW)]
    assert harness.snoozes == [end, None]
    fates = [(one.disposition, one.reason) for one in harness.entries]
    assert fates == [
        (Disposition.PENDING, Reason.SNOOZED),
        (Disposition.SENT, Reason.AFTERWARDS),
    ]


def test_ending_a_snooze_tells_at_once(harness: AlertServiceWithStore) -> None:
    """Of all accounts."""
    harness.service.snooze(SnoozeChoice.MONDAY)
    harness.read("9")
    harness.read("8", B)
    harness.service.snooze(SnoozeChoice.OFF)
    assert harness.told() == [("a", LOW), ("b", LOW)]
    assert harness.snoozes[-1] is None


def test_what_is_urgent_breaks_through(harness: AlertServiceWithStore) -> None:
    """It can't wait until Monday."""
    harness.service.snooze(SnoozeChoice.MONDAY)
    harness.read("0")
    assert harness.told() == [("a", EMPTY)]


def test_quiet_hours_end_in_the_morning(harness: AlertServiceWithStore) -> None:
    """The log says that it was the quiet hours."""
    quiet = QuietHours(time(11), time(13))
    harness.configure(settings=Settings(quiet=quiet))
    harness.read("9")
    assert harness.told() == []
    harness.wait(HOUR)
    assert harness.told() == [("a", LOW)]
    assert harness.entries[0].reason is Reason.QUIET


def test_a_reminder_comes_by_the_time_alone(harness: AlertServiceWithStore) -> None:
    """Between two questions too."""
    harness.configure(settings=Settings(reminder=HOUR))
    harness.read("9")
    harness.wait(59 * MINUTE)
    assert harness.told() == [("a", LOW)]
    harness.wait(MINUTE)
    assert harness.told() == [("a", LOW)]


def test_silence_is_told_by_the_time_alone(harness: AlertServiceWithStore) -> None:
    """When the chosen time has passed, not when the next question has failed."""
    harness.read("50")
    harness.fail()
    harness.fail()
    for _ in range(6 * 60):
        harness.now += MINUTE
        harness.service.tick()
    assert harness.told() == [("a", UNREACHABLE)]
    harness.start()
    harness.service.tick()
    assert harness.told() == []


def test_time_that_passes_is_not_written_each_minute(
    harness: AlertServiceWithStore,
) -> None:
    """The disk is for what was decided."""
    harness.read("50")
    before = harness.store.load().memory("a")
    harness.now += MINUTE
    harness.service.tick()
    assert harness.store.load().memory("a") == before


# --- what the history says --------------------------------------------------------


def spend(harness: AlertServiceWithStore, a_day: int, days: int) -> Decimal:
    """Let so many days pass with even spending; give what is left of 500 then."""
    left, part = Decimal(500), Decimal(a_day) / 24
    for _ in range(days * 24):
        harness.now += HOUR
        left -= part
        balance = Balance(left.quantize(Decimal("0.0001")), "EUR")
        harness.store.write(KeepReading("a", Reading(balance, harness.now)))
    harness.now += HOUR
    harness.read(f"{left:.4f}")
    return left


def test_few_days_left_are_told_when_the_history_says_so(
    harness: AlertServiceWithStore,
) -> None:
    """Far above the threshold in money."""
    harness.configure(replace(A, low_below=Decimal(1)))
    spend(harness, 20, 14)
    assert harness.told() == []
    harness.now += MINUTE
    harness.read("70")
    assert harness.told() == [("a", LOW_DAYS)]


def test_a_drain_is_told_when_the_history_knows_what_is_usual(
    harness: AlertServiceWithStore,
) -> None:
    """And only then; it says how much in which time."""
    harness.configure(replace(A, low_below=Decimal(1), warn_days=0))
    left = spend(harness, 2, 18)
    assert harness.told() == []
    harness.now += 20 * MINUTE
    harness.read(f"{left - 38:.4f}")
    (alert,) = harness.alerts
    assert alert.kind is DRAIN
    assert alert.drain is not None
    assert alert.drain.spent >= 38
    assert alert.drain.within == 20 * MINUTE


def test_a_fall_without_a_history_is_no_drain(harness: AlertServiceWithStore) -> None:
    """Nobody knows what is usual."""
    harness.read("500")
    harness.now += 20 * MINUTE
    harness.read("300")
    assert harness.told() == []


def test_another_questions_readings_say_nothing_of_this_one(
    harness: AlertServiceWithStore,
) -> None:
    """A sub-account that has less is no drain of the account."""
    harness.configure(replace(A, low_below=Decimal(1), warn_days=0))
    spend(harness, 2, 18)
    harness.configure(replace(A, low_below=Decimal(1), sub_account="shop"))
    harness.now += MINUTE
    harness.read("50")
    assert harness.told() == []


def test_a_marked_correction_is_no_drain(harness: AlertServiceWithStore) -> None:
    """The person knows better."""
    harness.configure(replace(A, low_below=Decimal(1), warn_days=0))
    left = spend(harness, 2, 18)
    harness.now += 20 * MINUTE
    harness.service.correct("a", harness.now, on=True)
    harness.read(f"{left - 38:.4f}")
    assert harness.told() == []


# --- what a person paid -----------------------------------------------------------

TUESDAY = timedelta(hours=21)
"""From Monday noon to Tuesday 9:00."""


def test_a_top_up_that_does_not_come_is_told_the_next_working_day(
    harness: AlertServiceWithStore,
) -> None:
    """Once; and it survives a restart until then."""
    harness.read("50")
    said = harness.now
    harness.service.expect_top_up("a")
    assert harness.payments == [PendingPayment("a", said)]
    harness.start()
    assert harness.payments == [PendingPayment("a", said)]
    harness.wait(TUESDAY - MINUTE)
    assert harness.told() == []
    harness.wait(MINUTE)
    (alert,) = harness.alerts
    assert (alert.kind, alert.unseen_since) == (TOPPED_UP, said)
    assert harness.entries[-1].reason is Reason.UNSEEN
    assert harness.payments == []
    harness.start()
    harness.wait(DAY)
    assert harness.told() == []


def test_a_top_up_that_comes_ends_the_waiting(harness: AlertServiceWithStore) -> None:
    """Nobody is reminded of what happened."""
    harness.read("50")
    harness.service.expect_top_up("a")
    harness.now += MINUTE
    harness.read("49")
    assert harness.payments
    harness.read("149")
    assert harness.payments == []
    harness.wait(DAY)
    assert harness.told() == []


def test_no_top_up_is_said_to_be_missing_while_nobody_can_look(
    harness: AlertServiceWithStore,
) -> None:
    """It may have come; it is told when that is known."""
    harness.read("50")
    harness.service.expect_top_up("a")
    harness.fail()
    harness.now += TUESDAY
    harness.service.tick()
    assert harness.told() == []
    harness.read("50")
    harness.service.tick()
    assert harness.told() == [("a", TOPPED_UP)]


def test_a_missing_top_up_waits_for_the_end_of_a_snooze(
    harness: AlertServiceWithStore,
) -> None:
    """Like all that does not break through."""
    harness.read("50")
    harness.service.expect_top_up("a")
    harness.now += TUESDAY
    harness.service.snooze(SnoozeChoice.HOUR)
    harness.read("50")
    harness.service.tick()
    assert harness.told() == []
    harness.wait(HOUR)
    assert harness.told() == [("a", TOPPED_UP)]


def test_nobody_waits_for_a_removed_accounts_top_up(
    harness: AlertServiceWithStore,
) -> None:
    """Nor for one that never was."""
    harness.service.expect_top_up("gone")
    assert harness.payments == []
    harness.read("9")
    harness.service.expect_top_up("a")
    harness.service.forget("a")
    assert harness.payments == []
    assert harness.entries == ()


@pytest.mark.case("also 3", "what the program shows follows the system")
def test_another_time_zone_is_reported_and_forecasts_are_made_again(
    harness: AlertServiceWithStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The days of a forecast begin at other times."""
    changes = iter([False, True, False])
    monkeypatch.setattr(TimeZoneMonitor, "update", lambda _: next(changes))
    harness.service.tick()
    assert harness.events.of(TimeZoneChanged) == []
    harness.service.tick()
    harness.service.tick()
    assert harness.events.of(TimeZoneChanged) == [TimeZoneChanged()]
