"""What fuzzing found once does not return."""

import contextlib
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Unix sockets", allow_module_level=True)

from fuzzing.cases import EXAMPLES, REGRESSIONS, TARGETS


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", TARGETS)
def test_every_target_passes_its_regressions_and_examples(name: str) -> None:
    """The long run begins with the examples."""
    with contextlib.closing(TARGETS[name]()) as target:
        for case in (*EXAMPLES[name], *REGRESSIONS[name]):
            target(case)
