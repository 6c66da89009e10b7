"""The program on a private desktop, used as a person would, and photographed."""

from __future__ import annotations

import re
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from desktop.atspi import ScreenReader
from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from desktop.sessions import SCREEN
from desktop.tray_probe import NoTrayIconError, TrayItem
from tooling.processes import wait_until
from tooling.steps import StepError, say
from trayapp.core.balance import Reading
from trayapp.services.history.store import HistoryStore

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from desktop.atspi import Accessible
    from desktop.desktop import DesktopKind, Keyring
    from trayapp.core.balance import Balance

PROGRAM: Final = (sys.executable, "-m", "trayapp")
INJECTION: Final = Path(__file__).with_name("injection.py")
PATIENCE_S: Final = 45.0
"""More than the deadlines of the gateway's client and of the keyring."""
HOUR: Final = timedelta(hours=1)
_STILL_S: Final = 0.3
"""A screen without a change for so long is still; a cursor blinks more slowly."""


class PictureSession:
    """A desktop, a gateway, the program, its tray icon, and a screen reader.

    Use it as a context manager. Pictures of the README, of faults and on sheets are
    scenes in such a session.
    """

    desktop: Desktop
    gateway: ScriptedGateway
    tray: TrayItem
    screen: ScreenReader

    def __init__(
        self,
        kind: DesktopKind = "xfce",
        *,
        keyring: Keyring = "unlocked",
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = SCREEN,
    ) -> None:
        self.desktop = Desktop(kind, keyring=keyring, env=env, size=size)
        self.programs: list[subprocess.Popen[str]] = []
        """The programs that were started here, except commands."""
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            exits.enter_context(self.desktop)
            self.gateway = exits.enter_context(ScriptedGateway())
            bus = self.desktop.env["DBUS_SESSION_BUS_ADDRESS"]
            self.tray = exits.enter_context(TrayItem(bus))
            self.screen = exits.enter_context(ScreenReader(bus))
            self._exits = exits.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    # --- files --------------------------------------------------------------------

    @property
    def config(self) -> Path:
        """The path of the settings file."""
        return self.desktop.home / ".config/balance-tray/config.toml"

    @property
    def history(self) -> Path:
        """The path of the history's database."""
        return self.desktop.home / ".local/share/balance-tray/history.sqlite3"

    def record_past(
        self,
        account_id: str,
        balances: Iterable[Balance],
        *,
        ago: timedelta = HOUR,
    ) -> None:
        """Store balances of an account, one an hour; the last one is `ago` old."""
        last = datetime.now(UTC) - ago
        self.history.parent.mkdir(parents=True, exist_ok=True)
        with HistoryStore(self.history) as store:
            store.record_past(
                account_id,
                (
                    Reading(balance, last - HOUR * hours)
                    for hours, balance in enumerate(reversed(list(balances)))
                ),
            )

    # --- the program --------------------------------------------------------------

    @property
    def program(self) -> Accessible:
        """The program as a screen reader sees it, as soon as it is there."""
        return self.screen.program("alance", within_s=PATIENCE_S)

    def start(
        self,
        *args: str | Path,
        command: Sequence[str | Path] = PROGRAM,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start the program; its output goes into the desktop's log `program`."""
        process = self.desktop.spawn([*command, *args], log="program", env=env)
        self.programs.append(process)
        return process

    def quit(self) -> int:
        """End the program with its own command, and return its exit code."""
        self.desktop.run([*PROGRAM, "--quit"])
        return self.programs.pop().wait(PATIENCE_S)

    def wait_for_tray(
        self, accepts: Callable[[str], bool], what: str, timeout_s: float = PATIENCE_S
    ) -> str:
        """Wait until the icon's tooltip is accepted, and return the tooltip.

        Raise `StepError` if the program ends meanwhile.
        """
        tooltip = ""

        def is_shown() -> bool:
            nonlocal tooltip
            self._check_running()
            try:
                tooltip = self.tray.tooltip()
            except NoTrayIconError:
                return False
            return accepts(tooltip)

        wait_until(is_shown, f"the tray icon: {what}", timeout_s)
        return tooltip

    def click_tray(self) -> None:
        """Click on the icon, as soon as it is there."""

        def is_clicked() -> bool:
            self._check_running()
            try:
                self.tray.activate()
            except NoTrayIconError:
                return False
            return True

        wait_until(is_clicked, "the tray icon", PATIENCE_S)

    def _check_running(self) -> None:
        for process in self.programs:
            if (code := process.poll()) is not None:
                message = f"the program ended by itself with exit code {code}"
                raise StepError(message)

    # --- input and windows --------------------------------------------------------

    def keys(self, *keys: str) -> None:
        """Press keys, named as xdotool does."""
        self.desktop.run(["xdotool", "key", "--clearmodifiers", *keys])

    def find_window(self, *criteria: str) -> str:
        """Wait for a visible window, and return its number.

        The criteria are those of `xdotool search`, such as `--name` and a title.
        """
        find = ["xdotool", "search", "--onlyvisible", *criteria]

        def is_visible() -> bool:
            return self.desktop.run(find).returncode == 0

        wait_until(is_visible, f"a window: {' '.join(criteria)}", PATIENCE_S)
        return self.desktop.run(find).stdout.split()[-1]

    def window_geometry(self, number: str) -> tuple[QRect, tuple[int, int, int, int]]:
        """Return a window without its frame, and the frame: left, right, top, bottom.

        All in pixels of the screen; a window without a frame has zeros.
        """
        report = self.desktop.run(["xwininfo", "-id", number]).stdout
        left, top, width, height = (
            int(re.findall(rf"{words}:\s+(-?\d+)", report)[0])
            for words in ("left X", "left Y", "Width", "Height")
        )
        ask = ["xprop", "-id", number, "_NET_FRAME_EXTENTS"]
        frame = [int(one) for one in re.findall(r"\d+", self.desktop.run(ask).stdout)]
        inner = QRect(left, top, width, height)
        if not frame:
            return inner, (0, 0, 0, 0)
        before, after, above, below = frame
        return inner, (before, after, above, below)

    # --- pictures -----------------------------------------------------------------

    def still_screen(self) -> QImage:
        """Return a picture of the screen once nothing changes on it."""
        file = self.desktop.folder / "screen.ppm"
        before, since = b"", time.monotonic()

        def is_still() -> bool:
            nonlocal before, since
            self.desktop.screenshot(file)
            if (now := file.read_bytes()) != before:
                before, since = now, time.monotonic()
            return time.monotonic() - since > _STILL_S

        wait_until(is_still, "a still screen", PATIENCE_S)
        return QImage(str(file))

    def save_screen(self, target: Path, part: QRect | None = None) -> None:
        """Save the still screen, or a part of it, and print the file's name."""
        screen = self.still_screen()
        part = screen.rect() if part is None else part.intersected(screen.rect())
        target.parent.mkdir(parents=True, exist_ok=True)
        screen.copy(part).save(str(target))
        say(f"{target.name}: {target.stat().st_size // 1024} KB")
