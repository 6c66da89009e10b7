"""The program on a desktop, and its windows, as the end-to-end stories use them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tooling.processes import wait_until

if TYPE_CHECKING:
    import signal
    import subprocess
    from collections.abc import Sequence

    from desktop.atspi import Accessible, ScreenReader
    from desktop.desktop import Desktop

END_S: Final = 10.0


@dataclass
class Program:
    """The program on a desktop: started, looked at, and ended."""

    desktop: Desktop
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None

    @property
    def bus(self) -> str:
        """Give the session bus's address."""
        return self.desktop.env["DBUS_SESSION_BUS_ADDRESS"]

    def start(self, *args: str) -> None:
        """Start it; what it writes goes into the log `program`."""
        self.process = self.desktop.spawn([*self.command, *args], log="program")

    def run(self, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a window-less command to its end."""
        return self.desktop.run([*self.command, *args], stdin=stdin)

    def add_account(self, name: str, url: str, key: str, *args: str) -> None:
        """Add an account on the command line."""
        custom = ("--service", "custom", "--base-url", url, "--key-stdin")
        done = self.run("account", "add", name, *custom, *args, stdin=f"{key}\n")
        assert (done.returncode, done.stdout) == (0, "")

    def stored_key(self) -> str:
        """Give what the keyring holds for the first account; empty for nothing."""
        config = self.desktop.home / ".config/balance-tray/config.toml"
        if not config.exists():
            return ""
        found = re.search(r'^id = "(\w+)"', config.read_text(), re.MULTILINE)
        assert found
        entry = ["service", "balance-tray", "username", found[1]]
        return self.desktop.run(["secret-tool", "lookup", *entry]).stdout

    def seconds_to_end(self, number: signal.Signals | None = None) -> float:
        """Wait for its end, after a signal if one is given; it must end well.

        That is with exit code 0 and not a word on standard error.
        """
        assert self.process is not None
        begun = time.monotonic()
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(END_S)
        passed = time.monotonic() - begun
        end = code, self.desktop.log("program")
        assert end == (0, ""), end
        return passed

    def windows(self) -> set[str]:
        """Give the titles of its windows that are on the screen."""
        assert self.process is not None
        return self.desktop.session.windows(self.process.pid)

    def click_docked(self, button: int) -> None:
        """Click on its icon in the old kind of tray, where that is an X window.

        It must have no other on the screen.
        """
        wait_until(lambda: len(self.x_windows()) == 1, "the icon", END_S)
        (icon,) = self.x_windows()
        click = ["mousemove", "--window", icon, "12", "12", "click", str(button)]
        self.desktop.run(["xdotool", *click])

    def x_windows(self) -> list[str]:
        """Give the numbers of its X windows on the screen, whatever they are."""
        assert self.process is not None
        mine = ["--onlyvisible", "--pid", str(self.process.pid)]
        return self.desktop.run(["xdotool", "search", *mine]).stdout.split()

    def wait_for_window(self, title: str, within_s: float = END_S) -> None:
        """Wait until one of its windows is on the screen."""
        wait_until(lambda: title in self.windows(), f"the window {title!r}", within_s)

    def wait_for_front(self, title: str) -> None:
        """Wait until one of its windows is in front of all others."""
        self.wait_for_window(title)
        front = self.desktop.session.active_window
        wait_until(lambda: front() == title, f"{title!r} in front", END_S)


class Ours:
    """The program as assistive technology knows it, found when it is looked at."""

    def __init__(self, screen: ScreenReader) -> None:
        self._screen = screen

    def find(self, role: str, name: str) -> Accessible:
        """Wait for something in the program's windows."""
        return self._screen.program("alance").find(role, name)

    def says(self, words: str) -> None:
        """Wait until these words are on the screen."""
        self._screen.program("alance").says(words)

    def press(self, role: str, name: str) -> None:
        """Press something, as soon as it is there."""
        self.find(role, name).press()

    def wait_until_behind(self, title: str) -> None:
        """Wait until the program knows that this window of it is not in front."""
        window = self.find("frame", title)
        wait_until(lambda: not window.has("active"), f"{title!r} behind", END_S)
