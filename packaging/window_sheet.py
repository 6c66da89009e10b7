"""Sheets of every window and dialog: light and dark, English and Spanish, two scales.

    python3 packaging/window_sheet.py [FOLDER]

The running program is driven into each state on a desktop of its own, as a person
would, and photographed; each look becomes one sheet.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from atspi import Screen
from desktop import Desktop
from environment import WORK
from processes import wait_until
from shots import ACCOUNTS, FRAME, PROGRAM, Scene, add_account, end, remember
from steps import say
from tray_probe import Tray
from trayapp.demo_scripted import ScriptedGateway
from trayapp.services.catalogs import catalog

if TYPE_CHECKING:
    import subprocess

FOLDER: Final = WORK / "sheets"
_GROUND: Final = QColor("#3d5a73")
_GAP: Final = 16
_PER_ROW: Final = 4
_PATIENCE_S: Final = 20.0
_HOURS: Final = 60 * 24
_GTK_DARK: Final = "[Settings]\ngtk-application-prefer-dark-theme=1\n"
_TABS: Final = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How the program looks on one sheet."""

    code: str
    dark: bool = False
    scale: int = 1

    @property
    def name(self) -> str:
        """Say it in a file's name."""
        shade = "dark" if self.dark else "light"
        return f"{self.code}-{shade}-{self.scale}x"

    def says(self, sentence: str) -> str:
        """Give a sentence as the program says it, without its mnemonic."""
        return catalog(self.code).gettext(sentence).replace("&", "")


LOOKS: Final = (
    Look("en"),
    Look("en", dark=True),
    Look("es"),
    Look("es", dark=True),
    Look("en", scale=2),
)


class Photographer:
    """Takes the windows of one look, one after the other."""

    def __init__(self, look: Look, scene: Scene) -> None:
        self._look, self._scene = look, scene
        self.pictures: list[QImage] = []

    def take(self) -> None:
        """Photograph the window that is in front, once it stands still."""
        whole = self._scene.desktop.folder / "whole.png"
        before = b""

        def is_still() -> bool:
            nonlocal before
            self._scene.desktop.screenshot(whole)
            now = whole.read_bytes()
            still, before = now == before, now
            return still

        wait_until(is_still, "a still screen", _PATIENCE_S)
        screen = QImage(str(whole))
        self.pictures.append(screen.copy(self._front().intersected(screen.rect())))

    def press(self, sentence: str) -> None:
        """Press a button by what it says."""
        ours = self._scene.screen.program("alance")
        ours.find("push button", self._look.says(sentence)).press()

    def keys(self, *keys: str) -> None:
        """Press keys."""
        self._scene.desktop.run(["xdotool", "key", "--clearmodifiers", *keys])

    def wait_for(self, sentence: str) -> None:
        """Wait for a window by its title."""
        title = self._look.says(sentence).partition("{")[0]
        find = ["xdotool", "getactivewindow", "getwindowname"]

        def is_in_front() -> bool:
            return title in self._scene.desktop.run(find).stdout

        wait_until(is_in_front, f"the window {title!r}", _PATIENCE_S)

    def _front(self) -> QRect:
        """Give where the window in front is."""
        ask = ["xdotool", "getactivewindow", "getwindowgeometry", "--shell"]
        lines = self._scene.desktop.run(ask).stdout.splitlines()
        shape = {key: int(value) for key, value in (one.split("=") for one in lines)}
        # The y that X tells is already moved down by the title bar, once too often.
        top = shape["Y"] - FRAME
        return QRect(shape["X"], top, shape["WIDTH"], shape["HEIGHT"])


def main() -> int:
    """Make a sheet of each look."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    application = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    for look in LOOKS:
        target = folder / f"{look.name}.png"
        _sheet(_pictures(look)).save(str(target))
        say(f"{target.name}: {target.stat().st_size // 1024} KB")
    del application
    return 0


def _pictures(look: Look) -> list[QImage]:
    size = (1280 * look.scale, 800 * look.scale)
    env = {"QT_SCALE_FACTOR": str(look.scale)}
    with Desktop("xfce", env=env, size=size) as desktop, ScriptedGateway() as gateway:
        if look.dark:
            settings = desktop.home / ".config/gtk-3.0/settings.ini"
            settings.parent.mkdir(parents=True)
            settings.write_text(_GTK_DARK)
        bus = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        with Tray(bus) as tray, Screen(bus) as screen:
            scene = Scene(desktop, gateway, tray, screen)
            taken = Photographer(look, scene)
            _empty(scene, taken, look)
            _accounts(scene, taken, look)
            return taken.pictures


def _empty(scene: Scene, taken: Photographer, look: Look) -> None:
    """Photograph the first run, and the window without an account."""
    _speak(scene, look)
    program = scene.start()
    taken.wait_for("Welcome to Balance Tray")
    taken.take()
    taken.keys("Escape")
    scene.tray.activate()
    taken.wait_for("Balance Tray")
    taken.take()
    end(scene, program)


def _accounts(scene: Scene, taken: Photographer, look: Look) -> None:
    """Photograph everything else, with one account and then with three."""
    past = scene.gateway.past("demo-main", _HOURS)
    for count, (name, key, amount, unit, low) in enumerate(ACCOUNTS):
        scene.gateway.set_balance(key, amount, unit)
        add_account(scene, name, key, low)
        if count == 0:
            remember(scene, past)
            _speak(scene, look)
            program = _open(scene, taken, 1)
            taken.take()
            end(scene, program)
    scene.desktop.run([*PROGRAM, "check"])
    scene.gateway.revoke(ACCOUNTS[2][1])
    program = _open(scene, taken, len(ACCOUNTS))
    taken.take()
    taken.press("History…")
    taken.wait_for("History — {name}")
    taken.take()
    taken.keys("Escape")
    taken.press("&Why?")
    taken.wait_for("Why was I told, or not?")
    taken.take()
    taken.keys("Escape")
    taken.keys("ctrl+comma")
    taken.wait_for("Settings")
    for _ in range(_TABS):
        taken.take()
        taken.keys("ctrl+Tab")
    taken.keys("Escape")
    end(scene, program)


def _open(scene: Scene, taken: Photographer, count: int) -> subprocess.Popen[str]:
    """Start the program, and bring its window up when `count` accounts were asked."""
    asked = len(scene.gateway.requests)
    program = scene.start()
    scene.gateway.wait_for_requests(asked + count, _PATIENCE_S)
    scene.tray_says("350")
    scene.tray.activate()
    taken.wait_for("Balance Tray")
    return program


def _speak(scene: Scene, look: Look) -> None:
    """Choose the language in the settings file, as the settings dialog would."""
    file = scene.desktop.home / ".config/balance-tray/config.toml"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'version = 1\n[settings]\nlanguage = "{look.code}"\n')
    else:
        text = file.read_text()
        file.write_text(text.replace('language = ""', f'language = "{look.code}"'))


def _sheet(pictures: list[QImage]) -> QImage:
    """Lay the pictures side by side, four in a row."""
    rows = [
        pictures[first : first + _PER_ROW]
        for first in range(0, len(pictures), _PER_ROW)
    ]
    width = max(sum(one.width() + _GAP for one in row) for row in rows) + _GAP
    height = sum(max(one.height() for one in row) + _GAP for row in rows) + _GAP
    sheet = QImage(width, height, QImage.Format.Format_RGB32)
    sheet.fill(_GROUND)
    painter = QPainter(sheet)
    top = _GAP
    for row in rows:
        left = _GAP
        for one in row:
            painter.drawImage(QPoint(left, top), one)
            left += one.width() + _GAP
        top += max(one.height() for one in row) + _GAP
    painter.end()
    return sheet


if __name__ == "__main__":
    sys.exit(main())
