"""Shows the program on a private desktop for some seconds, and takes a picture of it.

    python3 packaging/dev.py run --demo --seconds 5

starts this where there is no screen; other arguments go to the program.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final, NoReturn

from desktop.desktop import DesktopError
from desktop.tray_probe import has_balance
from pictures.session import PictureSession
from tooling.environment import WORK
from tooling.processes import WaitTimeoutError
from tooling.steps import StepError, say

if TYPE_CHECKING:
    from collections.abc import Sequence

SCREENSHOT: Final = WORK / "screenshot.png"
_BALANCE_S: Final = 20.0


def main() -> int:
    """Show it; 1 if it showed no balance, ended early or did not end well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("seconds", type=float)
    asked, args = parser.parse_known_args()
    try:
        with PictureSession() as session:
            _show(session, args, asked.seconds)
    except (DesktopError, StepError, WaitTimeoutError) as error:
        say(str(error))
        return 1
    return 0


def _show(session: PictureSession, args: Sequence[str], seconds: float) -> None:
    start = time.monotonic()
    program = session.start(*args)
    try:
        tooltip = session.wait_for_tray(has_balance, "a balance", _BALANCE_S)
        say(f"In the tray: {tooltip.splitlines()[0]}")
        session.click_tray()
        session.find_window("--pid", str(program.pid))
        session.still_screen().save(str(SCREENSHOT))
        say(f"Screenshot: {SCREENSHOT}")
        _wait_out(program, seconds - (time.monotonic() - start))
        if (code := session.quit()) != 0:
            _fail(f"it ended with exit code {code}")
    except subprocess.TimeoutExpired:
        _fail("it did not end when `--quit` asked it to")
    except (StepError, WaitTimeoutError) as error:
        output = session.desktop.log("program").strip() or "nothing"
        message = f"{error}\nThe program printed:\n{output}"
        raise StepError(message) from error


def _wait_out(program: subprocess.Popen[str], seconds: float) -> None:
    try:
        code = program.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        return
    _fail(f"it ended by itself with exit code {code}")


def _fail(message: str) -> NoReturn:
    raise StepError(message)


if __name__ == "__main__":
    sys.exit(main())
