"""The pace of a host: limits, pauses, recovery, and what a wrong clock can't do."""

import json
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trayapp.core.pace import (
    SHORTEST_PAUSE,
    UNLIMITED,
    Limit,
    Pace,
    PaceNotice,
    RequestRefused,
    RequestSent,
    RequestTaken,
    gateway_host,
    pace_notice,
    refusal,
)
from trayapp.core.schedule import LONGEST_WAIT

SECOND, MINUTE, HOUR = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
)
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SHARED_LIMIT = "a shared limit kept per account"

spans = st.timedeltas(timedelta(0), 3 * HOUR)
any_pauses = st.timedeltas(-1000 * 365 * 24 * HOUR, 1000 * 365 * 24 * HOUR)
events = st.one_of(
    st.builds(lambda _: "sent", st.none()),
    st.builds(lambda _: "taken", st.none()),
    st.tuples(any_pauses, st.integers(0, 5_000), spans),
)
steps = st.lists(st.tuples(st.timedeltas(-2 * HOUR, 2 * HOUR), events), max_size=40)


def refused(
    at: datetime, pause: timedelta = MINUTE, taken: int = 10, span: timedelta = SECOND
) -> RequestRefused:
    """Make a refusal of a request that was sent a moment before."""
    return RequestRefused(at, at, pause, taken, span)


def play(story: list[tuple[timedelta, object]]) -> Iterator[tuple[datetime, Pace]]:
    """Apply events at these steps of a clock that may go back; give each state."""
    pace, now = Pace(), START
    for step, event in story:
        now += step
        if event == "sent":
            pace = pace.after(RequestSent(now, "a"))
        elif event == "taken":
            pace = pace.after(RequestTaken(now))
        else:
            assert isinstance(event, tuple)
            pause, taken, span = event
            pace = pace.after(RequestRefused(now, now, pause, taken, span))
        yield now, pace


def test_an_unknown_host_takes_everything() -> None:
    """Nothing is counted before the first refusal."""
    pace = Pace().after(RequestSent(START, "a")).after(RequestTaken(START))
    assert pace == Pace()
    assert pace.free(START) == UNLIMITED
    assert pace.next_turn(START) == START


@pytest.mark.case("2", SHARED_LIMIT)
def test_a_refusal_pauses_the_host_for_just_the_retry_after() -> None:
    """The limit is what the host took before."""
    pace = Pace().after(refused(START))
    assert pace.next_turn(START) == START + MINUTE
    assert pace.free(START + MINUTE - SECOND) == 0
    assert pace.free(START + MINUTE) == 10
    assert pace.limit is not None
    assert pace.limit.count == 10
    assert MINUTE <= pace.limit.window < 1.1 * MINUTE


def test_other_refusals_of_the_same_burst_lower_nothing_more() -> None:
    """Eight requests were under way when the first was refused."""
    first = Pace().after(refused(START))
    pace = first
    for number in range(1, 8):
        at = START + number * SECOND / 10
        pace = pace.after(RequestRefused(at, START - SECOND, MINUTE, 10, SECOND))
    assert pace.limit == first.limit
    assert pace.refusals == 1
    assert pace.next_turn(START + SECOND) == START + 0.7 * SECOND + MINUTE


@pytest.mark.parametrize(
    ("asked", "paused"),
    [
        (timedelta(days=365), LONGEST_WAIT),
        (-HOUR, SHORTEST_PAUSE),
        (timedelta(0), SHORTEST_PAUSE),
        (HOUR, HOUR),
    ],
)
def test_a_retry_after_that_lies_has_bounds(
    asked: timedelta, paused: timedelta
) -> None:
    """Six hours at most, and a second at least."""
    pace = Pace().after(refused(START, asked))
    assert pace.next_turn(START) == START + paused


def test_a_host_that_always_says_zero_is_asked_ever_more_slowly() -> None:
    """The pauses double up to a minute, and a request that is taken ends that."""
    pace, now, waits = Pace(), START, []
    for _ in range(9):
        pace = pace.after(refused(now, timedelta(0), taken=0, span=timedelta(0)))
        until = pace.resumes_at(now)
        assert until is not None
        waits.append((until - now) // SECOND)
        now = until
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert pace.after(RequestTaken(now)).refusals == 0


def test_requests_under_way_when_another_is_refused_count_too() -> None:
    """Their responses come after the refusal."""
    pace = Pace().after(refused(START, taken=6))
    for _ in range(4):
        pace = pace.after(RequestTaken(START - SECOND))
    assert pace.limit is not None
    assert pace.limit.count == 10
    assert pace.next_turn(START) == START + MINUTE


def test_a_forced_request_that_is_taken_ends_the_pause() -> None:
    """One that was under way before the refusal does not."""
    pace = Pace().after(refused(START, HOUR, taken=9))
    pace = pace.after(RequestTaken(START - SECOND))
    assert pace.free(START + SECOND) == 0
    after = pace.after(RequestTaken(START + SECOND))
    assert after.free(START + 2 * SECOND) == 10


def test_requests_are_counted_in_the_window() -> None:
    """The eleventh waits until the first is a window old."""
    pace = Pace(limit=Limit(10, MINUTE), changed_at=START)
    for number in range(10):
        now = START + number * SECOND
        assert pace.free(now) == 10 - number
        pace = pace.after(RequestSent(now, "a"))
    now = START + 10 * SECOND
    assert pace.free(now) == 0
    assert START + MINUTE <= pace.next_turn(now) <= START + 1.1 * MINUTE
    assert pace.last_account == "a"


def test_a_limit_that_was_reached_is_raised_after_a_calm_time_and_taken_back() -> None:
    """A raise that was wrong makes the next one later."""
    pace = Pace(limit=Limit(10, MINUTE), changed_at=START)
    now = START + 11 * MINUTE
    for _ in range(10):
        pace = pace.after(RequestSent(now, "a"))
    assert pace.limit == Limit(13, MINUTE)
    pace = pace.after(refused(now + SECOND, taken=10, span=20 * MINUTE))
    assert pace.limit == Limit(10, MINUTE)
    now += 11 * MINUTE
    for _ in range(10):
        pace = pace.after(RequestSent(now, "a"))
    assert pace.limit == Limit(10, MINUTE)


def test_a_limit_that_fell_is_measured_after_the_pause() -> None:
    """From a hundred a minute to ten, in two refusals."""
    pace = Pace(limit=Limit(100, MINUTE), changed_at=START - HOUR)
    pace = pace.after(refused(START, taken=40, span=MINUTE))
    assert pace.limit == Limit(75, MINUTE)
    at = START + MINUTE + SECOND
    pace = pace.after(RequestTaken(START + MINUTE)).after(refused(at))
    assert pace.limit is not None


@pytest.mark.parametrize("back", [2 * HOUR, 24 * HOUR, 365 * 24 * HOUR])
def test_a_clock_set_back_restarts_a_pause_and_no_more(back: timedelta) -> None:
    """A clock that was a year ahead does not silence the host for a year."""
    pace = Pace().after(refused(START, 10 * MINUTE))
    now = START - back
    seen = pace.seen_at(now)
    assert seen.next_turn(now) == now + 10 * MINUTE


@given(steps, st.timedeltas(-2 * HOUR, 2 * HOUR))
def test_whatever_comes_a_host_is_asked_again_within_hours(
    story: list[tuple[timedelta, object]], later: timedelta
) -> None:
    """Neither a wrong Retry-After nor a clock that jumps silences it for longer."""
    for now, pace in play(story):
        seen = pace.seen_at(now + later)
        turn = seen.next_turn(now + later)
        assert timedelta(0) <= turn - (now + later) <= LONGEST_WAIT + HOUR
        assert (seen.free(now + later) > 0) == (turn == now + later)


@given(steps)
def test_a_pace_is_read_as_it_was_written(
    story: list[tuple[timedelta, object]],
) -> None:
    """Milliseconds are enough."""
    for now, pace in play(story):
        written = json.dumps(pace.as_dict())
        read = Pace.from_dict(json.loads(written))
        assert json.dumps(read.as_dict()) == written
        assert abs(read.next_turn(now) - pace.next_turn(now)) <= 2 * SECOND


@pytest.mark.parametrize(
    "limit", [[0, 60_000], [-1, 60_000], [10, 0], [10, -5], [10, 10**12], ["x", 1]]
)
def test_a_damaged_limit_is_refused(limit: list[object]) -> None:
    """The store leaves such a row out."""
    table = {**Pace().as_dict(), "limit": limit}
    with pytest.raises(ValueError, match=r".+"):
        Pace.from_dict(table)


@settings(max_examples=25)
@given(st.integers(1, 50), st.sampled_from([MINUTE, 15 * SECOND]))
def test_a_paced_caller_meets_few_refusals(count: int, window: timedelta) -> None:
    """In an hour of a sliding limit, after it is learned."""
    pace, now = Pace(), START
    taken: deque[datetime] = deque()
    of_burst: list[tuple[datetime, int]] = []
    refusals = 0
    while now < START + HOUR:
        now = pace.next_turn(now)
        pace = pace.after(RequestSent(now, "a"))
        while taken and now - taken[0] >= window:
            taken.popleft()
        if len(taken) < count:
            taken.append(now)
            of_burst.append((now, 1))
            pace = pace.after(RequestTaken(now))
        else:
            refusals += 1
            wait = taken[0] + window - now
            pace = pace.after(refusal(now, now, wait, of_burst))
            of_burst = []
        now += SECOND / 50
    assert refusals <= 12


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://a.test", "https://a.test:443/x", True),
        ("https://A.test", "https://a.test", True),
        ("http://localhost:8080", "http://localhost:8080/y", True),
        ("https://a.test", "https://a.test:8443", False),
        ("https://a.test", "https://b.test", False),
        ("https://a.test:port", "https://a.test:99999", False),
    ],
)
def test_a_host_is_scheme_name_and_port(first: str, second: str, *, same: bool) -> None:
    """Accounts with the same ones share a pace."""
    assert (gateway_host(first) == gateway_host(second)) is same


def test_a_person_is_told_only_if_the_interval_is_too_short() -> None:
    """A thousand accounts at ten a minute take 100 minutes."""
    pace = Pace(limit=Limit(10, MINUTE))
    told = pace_notice("https://a.test:443", 1_000, pace, 15 * MINUTE)
    assert told == PaceNotice("a.test:443", Limit(10, MINUTE), 100 * MINUTE)
    assert pace_notice("https://a.test:443", 150, pace, 15 * MINUTE) is None
    assert pace_notice("https://a.test:443", 1_000, Pace(), 15 * MINUTE) is None
