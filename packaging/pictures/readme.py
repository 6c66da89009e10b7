"""Takes the README's pictures from the running program, on a desktop of our own.

    python3 packaging/dev.py shots

Nothing is painted or retouched: the accounts are made up, the rest is what people see.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Final

from PySide6.QtCore import QRect

from desktop.first_run import enter_key, name_service
from pictures.session import PATIENCE_S, PROGRAM, PictureSession
from tooling.environment import ROOT
from tooling.processes import wait_until

PICTURES: Final = ROOT / "packaging/screenshots"
MARGIN: Final = 24
ACCOUNTS: Final = (
    ("Shop — sign-in codes", "made-up-key-shop", "350.1200", "EUR", "50"),
    ("Support — reminders", "made-up-key-support", "42.0000", "CREDITS", "100"),
    ("Old shop", "made-up-key-old", "12.3000", "EUR", "10"),
)
NOW: Final = timedelta()
MONTHS: Final = 24 * 60
"""Two months, in hours."""
WIDE: Final = QRect(150, 0, 1130, 760)


class ReadmeSession(PictureSession):
    """A session whose pictures lie in the repository."""

    def wait_for_tooltip(self, words: str) -> None:
        """Wait until the icon's tooltip holds these words."""
        self.wait_for_tray(lambda tooltip: words in tooltip, words)

    def move_window(self, title: str, left: int, top: int) -> QRect:
        """Move a window, and return the rectangle of it, its title bar and a margin."""
        window = self.find_window("--name", title)
        move = ["xdotool", "windowmove", "--sync", window, str(left), str(top)]
        self.desktop.run(move)
        inner, (_, _, title_bar, _) = self.window_geometry(window)
        return inner.adjusted(-MARGIN, -title_bar - MARGIN, MARGIN, MARGIN)

    def save(self, name: str, part: QRect) -> None:
        """Save a part of the screen, once it is still."""
        self.save_screen(PICTURES / f"{name}.png", part)

    def add_account(self, name: str, key: str, low: str) -> None:
        """Add an account on the command line; write its website into the settings."""
        custom = ["--service", "custom", "--base-url", self.gateway.url]
        add = [*PROGRAM, "account", "add", name, *custom, "--low", low, "--key-stdin"]
        self.desktop.run(add, stdin=f"{key}\n")
        text = self.config.read_text()
        text = text.replace('panel = ""', 'panel = "https://panel.example"')
        self.config.write_text(text)

    def last_account(self) -> str:
        """Return the id of the account that was added last."""
        ids = re.findall(r'^id = "(\w+)"', self.config.read_text(), re.MULTILINE)
        return str(ids[-1])


def main() -> int:
    """Take all pictures."""
    for scenes in ((first_run, accounts), (history,), (warnings,)):
        with ReadmeSession() as session:
            for scene in scenes:
                scene(session)
    return 0


def first_run(session: ReadmeSession) -> None:
    """Photograph the steps in which the first account is set up and tested."""
    name, key, amount, unit, low = ACCOUNTS[0]
    session.gateway.set_balance(key, amount, unit)
    session.start()
    program = session.program
    step = name_service(program, session.gateway.url)
    step.find("text", "Name").type(name)
    step.find("text", "API key").type(key)
    step.find("push button", "Test").press()
    step.says("350.12")
    session.save("account", session.move_window("Welcome", 380, 120))
    enter_key(program, key, name).find("text", "Warn below").type(low)
    program.says("Warns below")
    session.save("limit", session.move_window("Welcome", 380, 120))
    session.quit()


def accounts(session: ReadmeSession) -> None:
    """Photograph the window with a fine, a low and a rejected account."""
    pasts = ("demo-main", "demo-sub", "demo-revoked")
    for (name, key, amount, unit, low), past in zip(ACCOUNTS, pasts, strict=True):
        session.gateway.set_balance(key, amount, unit)
        session.add_account(name, key, low)
        balances = session.gateway.past_balances(past, MONTHS)
        session.record_past(session.last_account(), balances, ago=NOW)
    session.desktop.run([*PROGRAM, "check"])
    session.gateway.revoke(ACCOUNTS[2][1])
    session.start()
    session.wait_for_tooltip("Low")
    session.screen.program("xfce4-notifyd").find("push button", "Snooze")
    session.click_tray()
    session.save("window", session.move_window("Balance Tray", 170, 80))
    session.save("desktop", WIDE)
    session.quit()


def history(session: ReadmeSession) -> None:
    """Photograph the window and the chart of accounts with a past."""
    session.start("--demo")
    session.wait_for_tooltip("Low")
    session.click_tray()
    program = session.program
    wait_until(lambda: "asking" not in program.outline(), "all answers", PATIENCE_S)
    session.save("accounts", session.move_window("Balance Tray", 170, 80))
    program.find("push button", "History").press()
    session.desktop.stop_notifications()  # one on the screen would cover the chart
    session.desktop.start_notifications()
    session.save("history", session.move_window("History", 180, 60))
    session.quit()


def warnings(session: ReadmeSession) -> None:
    """Photograph a warning in days, a drain, the snoozed state and the reasons."""
    key_days, key_drain = "made-up-key-days", "made-up-key-drain"
    past = session.gateway.past_balances("demo-main", MONTHS)
    lower = [replace(balance, amount=balance.amount - 130) for balance in past]
    calm = [replace(balance, amount=balance.amount / 10) for balance in past]
    for name, key, balances in (
        ("Sign-in codes", key_days, lower),
        ("Newsletter", key_drain, calm),
    ):
        session.gateway.set_balance(key, f"{balances[-1].amount:.4f}", "EUR")
        session.add_account(name, key, "5")
        session.record_past(session.last_account(), balances, ago=NOW)
    session.start()
    session.wait_for_tooltip("Newsletter")
    notifications = session.screen.program("xfce4-notifyd")
    notifications.says("runs out")
    session.gateway.set_balance(key_drain, "6.1200", "EUR")
    session.click_tray()
    program = session.program
    program.find("push button", "Refresh").press()
    notifications.says("unusual spending")
    session.move_window("Balance Tray", 170, 80)
    session.save("warnings", WIDE)
    notifications.find("push button", "Snooze").press()
    program.says("Snoozed until")
    session.save("snoozed", WIDE)
    session.gateway.set_balance(key_drain, "4.9000", "EUR")
    program.find("push button", "Refresh").press()
    program.says("Low: below")
    program.find("push button", "Why").press()
    program.says("snoozed")
    session.save("why", session.move_window("Why", 40, 120))
    session.quit()


if __name__ == "__main__":
    sys.exit(main())
