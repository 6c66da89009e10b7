"""Any stored alert memory loads."""

import contextlib
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzzing.targets import AlertMemoryTarget
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.settings import AlertKind

NAMES = st.sampled_from([*AlertMemory().as_dict(), *AlertKind, *EpisodeStatus])
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.decimals(places=4, allow_nan=False, allow_infinity=False).map(str),
        st.datetimes().map(lambda moment: f"{moment.isoformat()}+14:00"),
        st.datetimes().map(lambda moment: f"{moment.isoformat()}-14:00"),
        NAMES,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=6,
)
CHANGES = st.dictionaries(NAMES, VALUES, max_size=4)


@pytest.fixture(scope="module")
def stored_memory() -> Iterator[AlertMemoryTarget]:
    """Give a history in a temporary folder."""
    with contextlib.closing(AlertMemoryTarget()) as target:
        yield target


@settings(max_examples=300)
@given(CHANGES)
def test_a_memory_with_any_values_loads(
    stored_memory: AlertMemoryTarget, changes: dict[str, object]
) -> None:
    """As stored, or as an empty one."""
    stored_memory(json.dumps({**AlertMemory().as_dict(), **changes}).encode())


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_text_loads_as_a_memory(
    stored_memory: AlertMemoryTarget, data: bytes
) -> None:
    """As an empty one."""
    stored_memory(data)
