"""Takes a picture of every fault that a person can meet, from the running program.

    python3 packaging/dev.py faults [ID …]

Each is provoked: by a gateway that answers so, a keyring in that mood, a file that
stands in the way. What can't be provoked is raised inside the running program
(`injection.py`). The pictures, in `packaging/.work/faults`, are for a person to
judge: do the words name the cause and the next step, and is nothing cut off?
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from pictures.fault_scenes import SCENES
from pictures.fault_session import PICTURES, FaultSession
from tooling.processes import WaitTimeoutError
from tooling.steps import StepError, say
from trayapp.core.errors import BY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.desktop import DesktopKind, Keyring

_ELSEWHERE: Final = {"keyring-absent", "no-tray"}
DESKTOPS: Final[Mapping[tuple[DesktopKind, Keyring], Sequence[str]]] = {
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
    failed += [f"{name}: no such scene" for name in wanted if name not in SCENES]
    for (kind, keyring), names in DESKTOPS.items():
        chosen = [name for name in names if name in wanted]
        if chosen:
            with FaultSession(kind, keyring=keyring) as session:
                failed += [line for name in chosen if (line := provoke(name, session))]
    for line in failed:
        say(line)
    return 1 if failed else 0


def provoke(name: str, session: FaultSession) -> str:
    """Provoke a fault and photograph it; return what went wrong, if anything did."""
    try:
        with SCENES[name](session):
            session.save_screen(PICTURES / f"{name}.png")
    except (AssertionError, StepError, WaitTimeoutError) as error:
        session.save_screen(PICTURES / f"{name}-failed.png")
        return f"{name}: {error}"
    finally:
        session.clear()
    return ""


if __name__ == "__main__":
    sys.exit(main())
