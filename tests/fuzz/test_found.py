"""What fuzzing once found does not come back."""

import contextlib
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Unix sockets", allow_module_level=True)

from found import FOUND, GOOD, TARGETS


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", TARGETS)
def test_every_promise_holds_for_what_once_broke_it(name: str) -> None:
    """And for the examples that the long run begins with."""
    with contextlib.closing(TARGETS[name]()) as target:
        for case in (*GOOD[name], *FOUND[name]):
            target(case)
