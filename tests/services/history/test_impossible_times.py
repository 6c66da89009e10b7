"""Readings of a wrong clock: they do not count, and a person can remove them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import HistoryProblem
from trayapp.core.history.ledger import MovementKind, months, movements
from trayapp.services.history.changes import (
    HistoryChange,
    KeepReading,
    RemoveReadings,
    SetCorrection,
)
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore

pytestmark = pytest.mark.case("also 1", "a record whose time can't be true")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
IMPOSSIBLE = [
    datetime(1970, 1, 1, 0, 3, tzinfo=UTC),
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2038, 1, 19, tzinfo=UTC),
]


class WrongClock:
    """A store on a computer whose clock the test sets."""

    def __init__(self, path: Path, now: datetime) -> None:
        self.now = now
        self.store = HistoryStore(path, clock=lambda: self.now)

    def keep(self, amount: str) -> None:
        """Keep a balance that is read now."""
        self.store.write(KeepReading("a", self._reading(self.now, amount)))

    def have(self, at: datetime, amount: str) -> Reading:
        """Have a reading that an older version wrote."""
        old = self._reading(at, amount)
        self.store.record_past("a", [old])
        return old

    def balances(self) -> list[str]:
        """Return the balances that count, the oldest first."""
        return [one.balance.digits for one in self.store.readings("a")]

    def _reading(self, at: datetime, amount: str) -> Reading:
        return Reading(Balance(Decimal(amount), "EUR"), at)


@pytest.fixture
def clock(tmp_path: Path, now: datetime) -> Iterator[WrongClock]:
    """Return an empty store."""
    wrong_clock = WrongClock(tmp_path / "history.sqlite3", now)
    with wrong_clock.store:
        yield wrong_clock


@pytest.mark.parametrize("at", IMPOSSIBLE)
def test_an_impossible_reading_does_not_count(clock: WrongClock, at: datetime) -> None:
    """It is in no month and no chart, and newer readings are the last."""
    wrong = clock.have(at, "5000")
    clock.keep("50")
    clock.now += HOUR
    clock.keep("49")
    assert clock.balances() == ["50", "49"]
    (month,) = months(clock.store.readings("a"), [], UTC)
    assert month.opening == Decimal(50)
    last = clock.store.last("a", clock.now)
    assert last is not None
    assert last.balance.amount == Decimal(49)
    assert clock.store.last("a") == last
    assert clock.store.impossible_readings("a") == (wrong,)


@pytest.mark.parametrize("at", IMPOSSIBLE)
def test_an_impossible_reading_can_be_removed(clock: WrongClock, at: datetime) -> None:
    """Only it goes."""
    clock.have(at, "5000")
    clock.keep("50")
    removal: HistoryChange = RemoveReadings("a", (at,))
    clock.store.write(removal)
    assert clock.store.impossible_readings("a") == ()
    assert clock.balances() == ["50"]


@pytest.mark.parametrize("at", IMPOSSIBLE)
def test_the_only_balance_is_shown_whatever_its_time(
    clock: WrongClock, at: datetime
) -> None:
    """A balance is never lost because of its time."""
    assert clock.store.last("a", clock.now) is None
    wrong = clock.have(at, "50")
    assert clock.store.last("a", clock.now) == wrong


def test_after_a_flat_battery_nothing_is_recorded(clock: WrongClock) -> None:
    """The true readings lie ahead and still count; nothing is out of place later."""
    clock.keep("50")
    true, clock.now = clock.now, IMPOSSIBLE[0]
    clock.keep("49")
    assert clock.balances() == ["50"]
    clock.now = true + HOUR
    clock.keep("48")
    assert clock.balances() == ["50", "48"]
    assert clock.store.impossible_readings("a") == ()


def test_a_clock_that_was_hours_ahead_keeps_the_order(clock: WrongClock) -> None:
    """A top-up that was seen meanwhile stays one, and nothing else becomes one."""
    clock.keep("10")
    clock.now += 6 * HOUR + 5 * MINUTE
    for amount in ("9.5", "59.5", "59"):
        clock.keep(amount)
        clock.now += 5 * MINUTE
    clock.store.write(SetCorrection("a", clock.now - 5 * MINUTE, is_correction=True))
    clock.now -= 6 * HOUR
    for amount in ("58.5", "58"):
        clock.keep(amount)
        clock.now += 5 * MINUTE
    expected = ["10", "9.5", "59.5", "59", "58.5", "58"]
    assert clock.balances() == expected
    clock.now += DAY
    clock.keep("57")
    assert clock.balances() == [*expected, "57"]
    moved = movements(clock.store.readings("a"), clock.store.corrections("a"))
    assert [
        change.kind for change in moved if change.kind is not MovementKind.SPENT
    ] == [
        MovementKind.TOP_UP,
        MovementKind.CORRECTION,
    ]
    assert all(one.at <= clock.now for one in clock.store.readings("a"))


def test_readings_far_ahead_stay_as_they_are(clock: WrongClock) -> None:
    """If the clock is wrong now, they are right."""
    ahead = clock.have(clock.now + 3 * DAY, "70")
    clock.keep("50")
    assert clock.store.impossible_readings("a") == (ahead,)
    clock.now += 4 * DAY
    assert clock.balances() == ["50", "70"]


def test_a_reading_that_waited_moves_no_newer_one(clock: WrongClock) -> None:
    """Another program may have written meanwhile; small differences are no error."""
    clock.now += HOUR
    clock.keep("48")
    late = Reading(Balance(Decimal(50), "EUR"), clock.now - HOUR)
    clock.store.write(KeepReading("a", late))
    assert clock.balances() == ["50", "48"]
    clock.now -= MINUTE
    clock.keep("47")
    assert clock.balances() == ["50", "47", "48"]


def test_what_waits_to_be_written_is_no_exception(now: datetime) -> None:
    """Without a database an impossible reading does not count either."""

    def closed() -> HistoryStore:
        raise HistoryProblem

    history = HistoryService(closed)
    for at in (IMPOSSIBLE[0], now):
        history.write(KeepReading("a", Reading(Balance(Decimal(5), "EUR"), at)))
    assert [one.at for one in history.readings("a")] == [now]
    assert history.impossible_readings("a") == ()
