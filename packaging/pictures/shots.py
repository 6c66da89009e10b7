"""Takes the README's pictures from the running program, on a desktop of our own.

    python3 packaging/dev.py shots

Nothing is painted or retouched: the accounts are made up, the rest is what people see.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from desktop.atspi import Screen
from desktop.desktop import Desktop
from desktop.first_run import enter_key, name_service
from desktop.scripted_gateway import ScriptedGateway
from desktop.tray_probe import NoTrayIconError, Tray
from tooling.environment import ROOT
from tooling.processes import wait_until
from tooling.steps import say
from trayapp.core.balance import Reading
from trayapp.services.history.store import HistoryStore

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

    from trayapp.core.balance import Balance

PICTURES: Final = ROOT / "packaging/screenshots"
PROGRAM: Final = [sys.executable, "-m", "trayapp"]
MARGIN: Final = 24
PATIENCE_S: Final = 15.0
ACCOUNTS: Final = (
    ("Shop — sign-in codes", "made-up-key-shop", "350.1200", "EUR", "50"),
    ("Support — reminders", "made-up-key-support", "42.0000", "CREDITS", "100"),
    ("Old shop", "made-up-key-old", "12.3000", "EUR", "10"),
)
FRAME: Final = 30
WIDE: Final = QRect(150, 0, 1130, 760)


@dataclass(frozen=True, slots=True)
class Scene:
    """The desktop that is photographed, and who speaks on it."""

    desktop: Desktop
    gateway: ScriptedGateway
    tray: Tray
    screen: Screen

    def start(self) -> subprocess.Popen[str]:
        """Start the program."""
        return self.desktop.spawn(PROGRAM, log="program")

    def tray_says(self, words: str) -> None:
        """Wait until the tooltip holds these words."""

        def says() -> bool:
            try:
                return words in self.tray.tooltip()
            except NoTrayIconError:
                return False

        wait_until(says, f"the tray icon: {words}", PATIENCE_S)

    def place(self, title: str, left: int, top: int) -> QRect:
        """Put a window somewhere, and give the rectangle around it and its frame."""
        find = ["xdotool", "search", "--onlyvisible", "--name", title]

        def is_there() -> bool:
            return self.desktop.run(find).returncode == 0

        wait_until(is_there, f"the window {title!r}", PATIENCE_S)
        window = self.desktop.run(find).stdout.split()[-1]
        move = ["xdotool", "windowmove", "--sync", window, str(left), str(top)]
        self.desktop.run(move)
        shape = self.desktop.run(["xdotool", "getwindowgeometry", "--shell", window])
        values = dict(line.split("=") for line in shape.stdout.splitlines())
        width, height = int(values["WIDTH"]), int(values["HEIGHT"])
        x, y = int(values["X"]), int(values["Y"])
        # The y that X tells is already moved down by the title bar, once too often.
        frame = QRect(x, y - 2 * FRAME, width, height + FRAME)
        return frame.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def take(self, name: str, part: QRect) -> None:
        """Save a part of the screen, once it stands still."""
        whole = self.desktop.folder / "whole.png"
        before = b""

        def is_still() -> bool:
            nonlocal before
            self.desktop.screenshot(whole)
            now = whole.read_bytes()
            still, before = now == before, now
            return still

        wait_until(is_still, "a still screen", PATIENCE_S)
        PICTURES.mkdir(exist_ok=True)
        picture = QImage(str(whole))
        target = PICTURES / f"{name}.png"
        picture.copy(part.intersected(picture.rect())).save(str(target))
        say(f"{target.name}: {target.stat().st_size // 1024} KB")


def main() -> int:
    """Take all pictures."""
    for story in ((first_run, accounts), (history,), (warnings,)):
        with Desktop("xfce") as desktop, ScriptedGateway() as gateway:
            bus = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
            with Tray(bus) as tray, Screen(bus) as screen:
                scene = Scene(desktop, gateway, tray, screen)
                for part in story:
                    part(scene)
    return 0


def first_run(scene: Scene) -> None:
    """Photograph the steps in which the first account is set up and tried out."""
    name, key, amount, unit, low = ACCOUNTS[0]
    scene.gateway.set_balance(key, amount, unit)
    program = scene.start()
    ours = scene.screen.program("alance")
    step = name_service(ours, scene.gateway.url)
    step.find("text", "Name").type(name)
    step.find("text", "API key").type(key)
    step.find("push button", "Test").press()
    step.says("350.12")
    scene.take("account", scene.place("Welcome", 380, 120))
    enter_key(ours, key, name).find("text", "Warn below").type(low)
    ours.says("Warns below")
    scene.take("limit", scene.place("Welcome", 380, 120))
    end(scene, program)


def accounts(scene: Scene) -> None:
    """Photograph the window with a fine, a low and a rejected account."""
    pasts = ("demo-main", "demo-sub", "demo-revoked")
    for (name, key, amount, unit, low), past in zip(ACCOUNTS, pasts, strict=True):
        scene.gateway.set_balance(key, amount, unit)
        add_account(scene, name, key, low)
        remember(scene, scene.gateway.past(past, 60 * 24))
    scene.desktop.run([*PROGRAM, "check"])
    scene.gateway.revoke(ACCOUNTS[2][1])
    program = scene.start()
    scene.tray_says("Low")
    scene.screen.program("xfce4-notifyd").find("push button", "Snooze")
    scene.tray.activate()
    scene.take("window", scene.place("Balance Tray", 170, 80))
    scene.take("desktop", WIDE)
    end(scene, program)


def history(scene: Scene) -> None:
    """Photograph the window and the chart of accounts with a past."""
    program = scene.desktop.spawn([*PROGRAM, "--demo"], log="demo")
    scene.tray_says("Low")
    scene.tray.activate()
    ours = scene.screen.program("alance")
    wait_until(lambda: "asking" not in ours.outline(), "all answers", PATIENCE_S)
    scene.take("accounts", scene.place("Balance Tray", 170, 80))
    ours.find("push button", "History").press()
    scene.desktop.stop_notifications()  # the one on the screen would lie over the chart
    scene.desktop.start_notifications()
    scene.take("history", scene.place("History", 180, 60))
    end(scene, program)


def warnings(scene: Scene) -> None:
    """Photograph a warning in days, a drain, the snoozed state and the reasons."""
    key_days, key_drain = "made-up-key-days", "made-up-key-drain"
    past = scene.gateway.past("demo-main", 60 * 24)
    calm = [replace(one, amount=one.amount / 10) for one in past]
    for name, key, readings in (
        (
            "Sign-in codes",
            key_days,
            [replace(one, amount=one.amount - 130) for one in past],
        ),
        ("Newsletter", key_drain, calm),
    ):
        last = f"{readings[-1].amount:.4f}"
        scene.gateway.set_balance(key, last, "EUR")
        add_account(scene, name, key, "5")
        remember(scene, readings)
    program = scene.start()
    scene.tray_says("Newsletter")
    notifications = scene.screen.program("xfce4-notifyd")
    notifications.says("runs out")
    scene.gateway.set_balance(key_drain, "6.1200", "EUR")
    scene.tray.activate()
    ours = scene.screen.program("alance")
    ours.find("push button", "Refresh").press()
    notifications.says("unusual spending")
    scene.place("Balance Tray", 170, 80)
    scene.take("warnings", WIDE)
    notifications.find("push button", "Snooze").press()
    ours.says("Snoozed until")
    scene.take("snoozed", WIDE)
    scene.gateway.set_balance(key_drain, "4.9000", "EUR")
    ours.find("push button", "Refresh").press()
    ours.says("Low: below")
    ours.find("push button", "Why").press()
    ours.says("snoozed")
    scene.take("why", scene.place("Why", 40, 120))
    end(scene, program)


def add_account(scene: Scene, name: str, key: str, low: str) -> None:
    """Add an account on the command line; its panel is typed into the settings."""
    custom = ["--service", "custom", "--base-url", scene.gateway.url]
    add = [*PROGRAM, "account", "add", name, *custom, "--low", low, "--key-stdin"]
    scene.desktop.run(add, stdin=f"{key}\n")
    file = scene.desktop.home / ".config/balance-tray/config.toml"
    text = file.read_text()
    file.write_text(text.replace('panel = ""', 'panel = "https://panel.example"'))


def remember(scene: Scene, balances: Sequence[Balance]) -> None:
    """Give the account that was added last a past, one balance an hour."""
    home, now = scene.desktop.home, datetime.now(UTC)
    config = (home / ".config/balance-tray/config.toml").read_text()
    account_id = re.findall(r'^id = "(\w+)"', config, re.MULTILINE)[-1]
    with HistoryStore(home / ".local/share/balance-tray/history.sqlite3") as kept:
        kept.record_past(
            account_id,
            (
                Reading(one, now - timedelta(hours=hour))
                for hour, one in enumerate(reversed(balances))
            ),
        )


def end(scene: Scene, program: subprocess.Popen[str]) -> None:
    """End the program as a person would."""
    scene.desktop.run([*PROGRAM, "--quit"])
    program.wait(PATIENCE_S)


if __name__ == "__main__":
    sys.exit(main())
