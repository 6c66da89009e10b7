"""Takes a picture of every fault that a person can meet, from the running program.

    python3 packaging/dev.py faults [ID …]

Each is provoked: by a gateway that answers so, a keyring in that mood, a file that
stands in the way. What can't be provoked is raised in the running program where it
would arise (`PATCHES`). The pictures, in `packaging/.work/faults`, are for a person to
judge: do the words name the cause and the next step, and is nothing cut off?
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from pictures.fault_scenes import SCENES
from pictures.fault_stage import Stage, stage
from tooling.processes import WaitTimeoutError
from tooling.steps import say
from trayapp.core.errors import BY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.desktop import Keyring, Panel

_ELSEWHERE: Final = {"keyring-absent", "no-tray"}
STAGES: Final[Mapping[tuple[Panel, Keyring], Sequence[str]]] = {
    ("xfce", "unlocked"): [name for name in SCENES if name not in _ELSEWHERE],
    ("xfce", "absent"): ["keyring-absent"],
    ("none", "unlocked"): ["no-tray"],
}


def main() -> int:
    """Take all pictures, or those that are named; 0 if every fault has one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("ids", nargs="*", metavar="ID")
    wanted = parser.parse_args().ids or [*SCENES]
    failed = [f"{name}: no scene shows it" for name in BY_ID.keys() - SCENES.keys()]
    for place, names in STAGES.items():
        chosen = [name for name in names if name in wanted]
        if chosen:
            with stage(*place) as on:
                failed += [line for name in chosen if (line := play(name, on))]
    for line in failed:
        say(line)
    return 1 if failed else 0


def play(name: str, on: Stage) -> str:
    """Play a scene and photograph it; say what went wrong, if anything did."""
    try:
        with SCENES[name](on):
            on.take(name)
    except (AssertionError, WaitTimeoutError) as error:
        on.take(f"{name}-failed")
        return f"{name}: {error}"
    finally:
        on.clear()
    return ""


if __name__ == "__main__":
    sys.exit(main())
