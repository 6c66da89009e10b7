"""Whatever the database says was told: the program goes on."""

import contextlib
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises import Remembered
from trayapp.core.alerts.memory import AlertMemory, EpisodeStage
from trayapp.core.settings import AlertKind

NAMES = st.sampled_from([*AlertMemory().as_dict(), *AlertKind, *EpisodeStage])
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
def remembered() -> Iterator[Remembered]:
    """Give a history in a folder of its own."""
    with contextlib.closing(Remembered()) as target:
        yield target


@settings(max_examples=300)
@given(CHANGES)
def test_a_memory_with_anything_in_it_is_gone_on_with(
    remembered: Remembered, changes: dict[str, object]
) -> None:
    """As it is, or as an empty one."""
    remembered(json.dumps({**AlertMemory().as_dict(), **changes}).encode())


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_text_is_gone_on_with(remembered: Remembered, data: bytes) -> None:
    """As an empty memory."""
    remembered(data)
