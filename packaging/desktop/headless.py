"""Showing the program where there is no screen: on a desktop of our own."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Final

from desktop.desktop import Desktop, DesktopError
from tooling.environment import PYTHON, RUN_MODULE, WORK
from tooling.processes import WaitTimeoutError, wait_until
from tooling.steps import StepError, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCREENSHOT: Final = WORK / "screenshot.png"
PROBE: Final = "desktop.tray_probe"
ANSWER_S: Final = 60.0
WINDOW_S: Final = 15.0
QUIT_S: Final = 10.0


def show(args: Sequence[str], seconds: float) -> None:
    """Start the program, look at its tray icon and window, and end it again.

    Says the balance that the tray shows, and where the screenshot lies; raises
    `StepError` with the reason if any of it does not come.
    """
    try:
        with Desktop("xfce") as desktop:
            _show(desktop, [PYTHON, "-m", "trayapp", *args], seconds)
    except (DesktopError, WaitTimeoutError) as exc:
        raise StepError(str(exc)) from exc


def _show(desktop: Desktop, command: Sequence[str | Path], seconds: float) -> None:
    program = desktop.spawn(command, log="balance-tray")
    begun = time.monotonic()
    try:
        say(f"In the tray: {_probe(desktop, program, 'balance').splitlines()[0]}")
        _probe(desktop, program, "activate")
        _take_screenshot(desktop, program.pid)
        say(f"Screenshot: {SCREENSHOT}")
        _wait_out(program, seconds - (time.monotonic() - begun))
        desktop.run([PYTHON, "-m", "trayapp", "--quit"])
        if program.wait(QUIT_S) != 0:
            _fail(f"it ended with exit code {program.returncode}")
    except subprocess.TimeoutExpired:
        _fail(f"it did not end within {QUIT_S:g} seconds of being asked to")
    except StepError as exc:
        said = desktop.log("balance-tray").strip() or "nothing"
        message = f"{exc}\nThe program said:\n{said}"
        raise StepError(message) from exc


def _probe(desktop: Desktop, program: subprocess.Popen[str], action: str) -> str:
    """Read or use the tray icon; give up as soon as the program has ended."""
    probe = desktop.spawn([PYTHON, RUN_MODULE, PROBE, action], log=action)
    wait_until(
        lambda: probe.poll() is not None or program.poll() is not None,
        "an answer of the tray",
        ANSWER_S,
    )
    if probe.poll() is None:
        _fail(f"it ended with exit code {program.returncode}")
    if probe.returncode != 0:
        _fail(desktop.log(action).strip())
    return desktop.log(action)


def _take_screenshot(desktop: Desktop, pid: int) -> None:
    """Save the screen once the window is on it and has stopped changing."""
    find = ["xdotool", "search", "--onlyvisible", "--pid", str(pid)]
    wait_until(lambda: desktop.run(find).stdout.strip() != "", "a window", WINDOW_S)
    before = b""

    def is_still() -> bool:
        nonlocal before
        desktop.screenshot(SCREENSHOT)
        now = SCREENSHOT.read_bytes()
        still, before = now == before, now
        return still

    wait_until(is_still, "a still window", WINDOW_S)


def _wait_out(program: subprocess.Popen[str], seconds: float) -> None:
    try:
        code = program.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        return
    _fail(f"it ended by itself with exit code {code}")


def _fail(message: str) -> None:
    raise StepError(message)
