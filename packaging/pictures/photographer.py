"""Takes pictures of the program's windows, of one look, one after the other."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from desktop.tray_probe import NoTrayIconError
from tooling.processes import wait_until
from trayapp.core.account import Account, Service
from trayapp.core.balance import Reading
from trayapp.core.settings import Settings
from trayapp.services.files.config_text import Config, to_toml
from trayapp.services.history.store import HistoryStore

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Sequence

    from desktop.atspi import Screen, Thing
    from desktop.desktop import Desktop
    from desktop.scripted_gateway import ScriptedGateway
    from desktop.tray_probe import Tray
    from pictures.looks import Look
    from trayapp.core.balance import Balance

PATIENCE_S: Final = 30.0
_POSED: Final = Path(__file__).with_name("posed.py")
_STILL_S: Final = 0.3
"""So long nothing changes in what stands still; a cursor blinks more slowly."""
_HOUR: Final = timedelta(hours=1)


@dataclass
class Photographer:
    """Poses the program on a desktop, and photographs it."""

    look: Look
    desktop: Desktop
    gateway: ScriptedGateway
    tray: Tray
    screen: Screen
    pictures: dict[str, list[tuple[str, QImage]]] = field(default_factory=dict)
    """By the sheet that they come on; each with what it shows."""
    sheet: str = ""
    _program: subprocess.Popen[str] | None = None
    _pose: dict[str, object] = field(
        default_factory=lambda: {"fails": {}, "keys": {}, "full": False}
    )

    # --- what is posed ------------------------------------------------------------

    def account(self, number: int, name: str, low: int) -> Account:
        """Give an account at the gateway."""
        return Account(
            id=f"a{number}",
            name=name,
            service=Service.CUSTOM,
            base_url=self.gateway.url,
            low_below=Decimal(low),
            panel="https://panel.example",
        )

    def set_balance(self, account: Account, amount: str, unit: str) -> None:
        """Fix what the gateway tells of an account."""
        self.gateway.set_balance(key_of(account), amount, unit)

    def have(
        self,
        accounts: Sequence[Account],
        *,
        discreet: bool = False,
        loud: bool = False,
    ) -> None:
        """Have these accounts, each with a key of its own, and nothing else.

        Who is not `loud` is told of nothing: notifications would cover the windows.
        """
        for folder in (".config", ".local/share", ".local/state", ".cache"):
            shutil.rmtree(
                self.desktop.home / folder / "balance-tray", ignore_errors=True
            )
        settings = Settings(language=self.look.code, discreet=discreet)
        if not loud:
            settings = replace(settings, alert_kinds=frozenset())
        file = self.desktop.home / ".config/balance-tray/config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(to_toml(Config(tuple(accounts), settings)))
        self.pose(keys={one.id: key_of(one) for one in accounts}, fails={}, full=False)

    def hold_answers(self, *, on: bool) -> None:
        """Have the gateway hold its answers back, or let them all go."""
        self.gateway.hang(on=on)

    def pose(self, **parts: object) -> None:
        """Let other things fail from now on."""
        self._pose.update(parts)
        (self.desktop.folder / "pose.json").write_text(json.dumps(self._pose))

    def remember(
        self, account: Account, past: Iterable[Balance], *, ago: timedelta = _HOUR
    ) -> None:
        """Give an account a past, one balance an hour, up to some time ago."""
        last = datetime.now(UTC) - ago
        file = self.desktop.home / ".local/share/balance-tray/history.sqlite3"
        file.parent.mkdir(parents=True, exist_ok=True)
        with HistoryStore(file) as history:
            history.record_past(
                account.id,
                (
                    Reading(one, last - _HOUR * hours)
                    for hours, one in enumerate(reversed(list(past)))
                ),
            )

    # --- the program --------------------------------------------------------------

    @property
    def ours(self) -> Thing:
        """The program, as a screen reader sees it."""
        return self.screen.program("alance", within_s=PATIENCE_S)

    def start(self, *args: str) -> None:
        """Start the program."""
        pose = str(self.desktop.folder / "pose.json")
        command = [sys.executable, str(_POSED), pose, *args]
        self._program = self.desktop.spawn(command, log="program")

    def open(self, answers: int, *args: str) -> None:
        """Start the program, and bring its window up after so many questions."""
        asked = len(self.gateway.requests)
        self.start("--minimized", *args)
        self.gateway.wait_for_requests(asked + answers, PATIENCE_S)
        self.raise_window()

    def raise_window(self) -> None:
        """Click on the icon, and wait for the window."""

        def is_open() -> bool:
            try:
                self.tray.activate()
            except NoTrayIconError:
                return False
            return True

        wait_until(is_open, "the tray icon", PATIENCE_S)
        self.wait_for("Balance Tray")

    def end(self) -> None:
        """End the program as a person would."""
        if self._program is not None:
            self.desktop.run([sys.executable, "-m", "trayapp", "--quit"])
            self._program.wait(PATIENCE_S)
            self._program = None

    # --- the picture --------------------------------------------------------------

    def take(self, name: str) -> None:
        """Photograph the window that is in front, once it stands still."""
        screen = self._still()
        self._keep(name, screen, self._front())

    def take_part(self, name: str, part: QRect) -> None:
        """Photograph a part of the screen, once it stands still."""
        self._keep(name, self._still(), part)

    def _keep(self, name: str, screen: QImage, part: QRect) -> None:
        picture = screen.copy(part.intersected(screen.rect()))
        self.pictures.setdefault(self.sheet, []).append((name, picture))

    def _still(self) -> QImage:
        """Give the screen once nothing moves on it."""
        whole = self.desktop.folder / "whole.ppm"
        before, since = b"", time.monotonic()

        def is_still() -> bool:
            nonlocal before, since
            self.desktop.screenshot(whole)
            if (now := whole.read_bytes()) != before:
                before, since = now, time.monotonic()
            return time.monotonic() - since > _STILL_S

        wait_until(is_still, "a still screen", PATIENCE_S)
        return QImage(str(whole))

    def size(self, width: int, height: int) -> None:
        """Give the window in front another size, in points, at the left and top."""
        scale = self.look.scale
        sized = ["windowsize", "--sync", str(width * scale), str(height * scale)]
        self.desktop.run(["xdotool", "getactivewindow", *sized])
        self.desktop.run(["xdotool", "getactivewindow", "windowmove", "8", "40"])

    # --- what a person does -------------------------------------------------------

    def press(self, sentence: str, role: str = "push button") -> None:
        """Press a button by what it says."""
        self.ours.find(role, self.look.says(sentence)).press()

    def press_choice(self, words: str) -> None:
        """Choose one of several by what it says."""
        self.ours.find("radio button", words).press()

    def refresh(self, answers: int) -> None:
        """Have the gateway asked anew, so many times."""
        asked = len(self.gateway.requests)
        self.keys("F5")
        self.gateway.wait_for_requests(asked + answers, PATIENCE_S)

    def type(self, label: str, text: str) -> None:
        """Put a text into a field."""
        self.ours.find("text", self.look.says(label)).type(text)

    def says(self, sentence: str) -> None:
        """Wait until the program says a sentence."""
        self.ours.says(self.look.says(sentence), within_s=PATIENCE_S)

    def keys(self, *keys: str) -> None:
        """Press keys."""
        self.desktop.run(["xdotool", "key", "--clearmodifiers", *keys])

    def point(self, left: int, top: int, *, button: int = 0) -> None:
        """Move the pointer somewhere, in pixels, and press one of its buttons."""
        click = ["click", str(button)] if button else []
        move = ["mousemove", "--sync", str(left), str(top)]
        self.desktop.run(["xdotool", *move, *click])

    def hover_icon(self) -> None:
        """Put the pointer on the tray icon, and wait for what appears there."""
        before = self._windows()
        self.point(self.desktop.session.size[0] - 80, 14)
        wait_until(lambda: bool(self._windows() - before), "the tooltip", PATIENCE_S)

    def corner(self, width: int, height: int) -> QRect:
        """Give so many points of the corner where the tray is."""
        right, scale = self.desktop.session.size[0], self.look.scale
        return QRect(right - width * scale, 0, width * scale, height * scale)

    def _windows(self) -> set[str]:
        find = ["xdotool", "search", "--onlyvisible", "--name", ""]
        return set(self.desktop.run(find).stdout.split())

    def wait_for(self, sentence: str) -> None:
        """Wait for a window by its title."""
        title = self.look.says(sentence)
        find = ["xdotool", "getactivewindow", "getwindowname"]

        def is_in_front() -> bool:
            return self.desktop.run(find).stdout.startswith(title)

        wait_until(is_in_front, f"the window {title!r}", PATIENCE_S)

    def _front(self) -> QRect:
        """Give where the window in front is, with its frame."""
        number = self.desktop.run(["xdotool", "getactivewindow"]).stdout.strip()
        told = self.desktop.run(["xwininfo", "-id", number]).stdout
        left, top, width, height = (
            int(re.findall(rf"{words}:\s+(-?\d+)", told)[0])
            for words in ("left X", "left Y", "Width", "Height")
        )
        inside = QRect(left, top, width, height)
        ask = ["xprop", "-id", number, "_NET_FRAME_EXTENTS"]
        frame = [int(one) for one in re.findall(r"\d+", self.desktop.run(ask).stdout)]
        if not frame:
            return inside
        before, after, above, below = frame
        return inside.adjusted(-before, -above, after, below)


def key_of(account: Account) -> str:
    """Give the key of an account; it opens nothing."""
    return f"made-up-key-{account.id}"
