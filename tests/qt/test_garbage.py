"""The garbage collector rests while the program starts, and then spares what stays."""

import gc
from collections.abc import Iterator

import pytest

from trayapp.qt.garbage import rest_collector, spare_collector


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_it_rests_until_the_start_is_over() -> None:
    """Then it works again."""
    rest_collector()
    assert not gc.isenabled()
    spare_collector()
    assert gc.isenabled()


def test_what_is_there_is_not_looked_at_again() -> None:
    """Thousands of modules' objects are set apart."""
    gc.unfreeze()
    spare_collector()
    assert gc.get_freeze_count() > 10_000


def test_what_became_garbage_since_goes() -> None:
    """Nothing is kept for ever because it was there once."""

    class Node:
        """Something that holds itself."""

        def __init__(self, gone: list[str]) -> None:
            self.me, self.gone = self, gone

        def __del__(self) -> None:
            self.gone.append("gone")

    gone: list[str] = []
    node = Node(gone)
    spare_collector()
    del node
    assert gone == []
    spare_collector()
    assert gone == ["gone"]
