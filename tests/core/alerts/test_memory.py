"""What is remembered of an account."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.account import Account
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.balance import Balance, Reading
from trayapp.core.settings import AlertKind

MOMENTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    datetime(2090, 1, 1),  # noqa: DTZ001  # as hypothesis wants it
    timezones=st.just(UTC),
)
AMOUNTS = st.decimals(-(10**15), 10**15, places=4)
READINGS = st.builds(
    Reading, st.builds(Balance, AMOUNTS, st.sampled_from(["EUR", "SMS"])), MOMENTS
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "endpoint": st.text(max_size=20),
    "since": st.none() | MOMENTS,
    "episodes": st.dictionaries(
        st.sampled_from(AlertKind), st.sampled_from(EpisodeStatus)
    ),
    "seen": st.none() | READINGS,
    "in_new_unit": st.booleans(),
    "days": st.none() | st.tuples(st.integers(0, 700), st.integers(0, 700)),
    "unreported_top_up": AMOUNTS,
    "last_drain_at": st.none() | MOMENTS,
    "sent_at": st.none() | MOMENTS,
    "failures": st.integers(0, 1000),
    "unanswered": st.booleans(),
    "time_without_response": st.timedeltas(timedelta(0), timedelta(days=400)),
    "counted_until": st.none() | MOMENTS,
}
"""An example of every field."""
MEMORIES = st.builds(AlertMemory, **FIELDS)
FIRST_KEYS = (
    "question",
    "since",
    "stages",
    "amount",
    "unit",
    "seen",
    "in_new_unit",
    "days",
    "risen",
    "drained",
    "told_at",
    "failures",
    "unanswered",
    "without_s",
    "looked",
)
"""The keys that the first version stores."""
ACCOUNT = Account("a", "Main")
HOUR = timedelta(hours=1)


@given(MEMORIES)
def test_it_comes_back_as_it_was_written(memory: AlertMemory) -> None:
    """Through JSON, to every digit and microsecond.

    But an alert that was on its way is pending.
    """
    stored = AlertMemory.from_dict(json.loads(json.dumps(memory.as_dict())))
    episodes = {
        kind: EpisodeStatus.PENDING if status is EpisodeStatus.SENDING else status
        for kind, status in memory.episodes.items()
    }
    assert stored == replace(memory, episodes=episodes)


def test_no_alert_is_loaded_as_on_its_way() -> None:
    """It would wait for a delivery that never ends."""
    table = AlertMemory().as_dict() | {"stages": {AlertKind.LOW: "sending"}}
    loaded = AlertMemory.from_dict(table)
    assert loaded.episodes == {AlertKind.LOW: EpisodeStatus.PENDING}


def test_every_field_comes_back() -> None:
    """Add a new field to `FIELDS` above, to `as_dict` and to `from_dict`."""
    assert FIELDS.keys() == {one.name for one in fields(AlertMemory)}


def test_a_memory_of_the_first_version_loads() -> None:
    """A key that it lacks has its default: read it with `table.get`."""
    stored = {key: AlertMemory().as_dict()[key] for key in FIRST_KEYS}
    assert AlertMemory.from_dict(stored) == AlertMemory()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stages", ["low"]),
        ("stages", {"low": "gone"}),
        ("stages", {"gone": "told"}),
        ("seen", "yesterday"),
        ("seen", "2026-11-23T12:00:00"),
        ("risen", "NaN"),
        ("risen", None),
        ("days", [1]),
        ("failures", "many"),
        ("without_s", 1e300),
        ("without_s", float("nan")),
        ("told_at", 5),
    ],
)
def test_anything_else_is_refused(name: str, value: object) -> None:
    """As a `ValueError`, whatever is wrong with it."""
    with pytest.raises(ValueError, match=r"."):
        AlertMemory.from_dict({**AlertMemory().as_dict(), name: value})
    with pytest.raises(ValueError, match=name):
        AlertMemory.from_dict(
            {one: is_ for one, is_ in AlertMemory().as_dict().items() if one != name}
        )


def test_a_balance_is_current_until_its_next_question_is_overdue(
    now: datetime,
) -> None:
    """Nor is one from the future, or one after which a question failed."""
    seen = Reading(Balance(Decimal(5), "EUR"), now)
    memory = AlertMemory(seen=seen)
    assert memory.current(HOUR, now + HOUR) == seen.balance
    assert memory.current(HOUR, now + 2 * HOUR) is None
    assert memory.current(HOUR, now - HOUR) is None
    assert AlertMemory(seen=seen, failures=1).current(HOUR, now) is None
    assert AlertMemory().current(HOUR, now) is None


def test_the_time_of_another_question_never_lies_in_the_future(now: datetime) -> None:
    """A clock that was set back would hide all readings."""
    memory = AlertMemory("another", now).for_account(ACCOUNT, now)
    assert memory.since == now
    assert memory.for_account(ACCOUNT, now - HOUR).since == now - HOUR
