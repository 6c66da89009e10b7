"""The whole of the main job on real desktops, each looked at in a picture.

The pictures are left in packaging/.work/sessions, one for each desktop: what is warned
of, and the window below.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from desktop.atspi import ScreenReader
from desktop.desktop import Desktop, DesktopKind
from desktop.scripted_gateway import ScriptedGateway
from sessions.desktop_screen import drawn, wait_for_icon, wait_for_notification
from sessions.program import Ours, Program
from sessions.session_bus import Icon, Notifications
from sessions.xembed_icon import XembedIcon
from tooling.processes import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

PICTURES: Final = Path(__file__).parents[2] / "packaging/.work/sessions"
TITLE: Final = "Balance Tray"
FINE, LOW = "#14713f", "#b45309"
LINE: Final = "Shop: €350.12"
COVER: Final = """\
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
cover = QLabel("Something else")
cover.setWindowTitle("Something else")
cover.resize(900, 700)
cover.show()
cover.activateWindow()
application.exec()
"""
WITH_ITEMS: Final[list[DesktopKind]] = ["xfce", "plasma", "gnome", "sway"]
WITHOUT_TRAY: Final[list[DesktopKind]] = ["gnome-bare", "none"]


class DesktopRun:
    """One desktop, with the program that an account was added to."""

    def __init__(self, desktop: Desktop, gateway: ScriptedGateway, key: str) -> None:
        self.desktop, self.gateway, self.key = desktop, gateway, key
        self.program = Program(desktop, [sys.executable, "-m", "trayapp"])
        self.picture = PICTURES / f"{desktop.kind}.png"

    def start(self, screen: ScreenReader, *args: str) -> Ours:
        """Add the account, with its key in the keyring, and start the program."""
        self.program.add_account("Shop", self.gateway.url, self.key)
        assert self.program.stored_key() == self.key
        self.program.start(*args)
        self.gateway.wait_for_requests(1, 10)
        return Ours(screen)

    def run_low(self) -> None:
        """Have less left than the account's threshold, from the next question on."""
        self.gateway.set_balance(self.key, "4.5000", "EUR")

    def is_told_once(self, heard: Notifications, screen: ScreenReader) -> None:
        """Check that the desktop itself shows the warning, and that it is the only one.

        What Qt draws in place of a notification would be on the screen as well.
        """
        heard.wait_for(1)
        wait_for_notification(self.desktop, screen, "Shop: low balance")
        others = [one for one in drawn(screen, "alance") if one.name != TITLE]
        assert [one.role for one in others if one.role != "tool tip"] == []
        (low,) = heard.sent
        assert low.title == "Shop: low balance"
        assert low.body.startswith("€4.50 left, less than €10.00.")
        assert "snooze" in low.actions

    def opens(self, ours: Ours) -> None:
        """Check that a second start brings up the window; leave the picture."""
        assert self.program.run().returncode == 0
        self.program.wait_for_front(TITLE)
        ours.says("€4.50")
        ours.says("Low: below €10.00")
        self.desktop.screenshot(self.picture)

    def cover(self, ours: Ours) -> None:
        """Have a window of another program in front, and the program know of it.

        A compositor may give the focus away some time before the program learns that.
        """
        self.desktop.spawn([sys.executable, "-c", COVER], log="cover")
        front = self.desktop.session.active_window
        wait_until(lambda: front() == "Something else", "the other window", 10)
        ours.wait_until_behind(TITLE)

    def comes_forward(self, ours: Ours) -> None:
        """Check that a second start brings a covered window forward."""
        self.cover(ours)
        assert self.program.run().returncode == 0
        self.program.wait_for_front(TITLE)


@pytest.fixture
def desktop_run(
    request: pytest.FixtureRequest, gateway: ScriptedGateway, key: str
) -> Iterator[DesktopRun]:
    """Start the desktop that the test is parametrized with."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Desktop(request.param) as desktop:
        yield DesktopRun(desktop, gateway, key)


@pytest.mark.parametrize("desktop_run", WITH_ITEMS, indirect=True)
def test_the_main_job_where_a_taskbar_takes_icons(desktop_run: DesktopRun) -> None:
    """Icon, menu, tooltip, a warning by the desktop itself, the window, and the end."""
    does_the_main_job(desktop_run)


@pytest.mark.bundle
@pytest.mark.parametrize("desktop_run", ["sway"], indirect=True)
def test_the_main_job_of_the_bundle_on_wayland(desktop_run: DesktopRun) -> None:
    """What was built brings along all that Wayland needs."""
    desktop_run.program.command = [os.environ["BALANCE_TRAY_BUNDLE"]]
    does_the_main_job(desktop_run)


def does_the_main_job(desktop_run: DesktopRun) -> None:
    """Live through it with an icon that the bus knows of."""
    with (
        Icon(desktop_run.program.bus) as icon,
        Notifications(desktop_run.program.bus) as heard,
        ScreenReader(desktop_run.program.bus) as screen,
    ):
        ours = desktop_run.start(screen, "--minimized")
        icon.says(f"{LINE}, as of ")
        assert icon.menu()[0].startswith(LINE)
        assert icon.menu()[1:3] == ["Open", "Refresh"]
        wait_for_icon(desktop_run.desktop, desktop_run.picture, FINE)
        assert drawn(screen, "alance") == []
        desktop_run.run_low()
        icon.middle_click()
        desktop_run.is_told_once(heard, screen)
        wait_for_icon(desktop_run.desktop, desktop_run.picture, LOW)
        desktop_run.opens(ours)
        desktop_run.comes_forward(ours)
        desktop_run.cover(ours)
        icon.activate()
        desktop_run.program.wait_for_front(TITLE)
        assert icon.menu()[0].startswith("Shop: €4.50")
        icon.choose("Quit")
        desktop_run.program.seconds_to_end()
        assert len(heard.sent) == 1


@pytest.mark.parametrize("desktop_run", ["xembed"], indirect=True)
def test_the_main_job_in_the_old_kind_of_tray(desktop_run: DesktopRun) -> None:
    """The same by mouse and keyboard; Qt's balloon does not take the warning."""
    with (
        Notifications(desktop_run.program.bus) as heard,
        ScreenReader(desktop_run.program.bus) as screen,
    ):
        icon = XembedIcon(desktop_run.desktop, screen)
        ours = desktop_run.start(screen, "--minimized")
        wait_for_icon(desktop_run.desktop, desktop_run.picture, FINE)
        assert drawn(screen, "alance") == []
        icon.says(LINE)
        assert icon.first_line().startswith(LINE)
        desktop_run.run_low()
        icon.middle_click()
        desktop_run.is_told_once(heard, screen)
        wait_for_icon(desktop_run.desktop, desktop_run.picture, LOW)
        desktop_run.opens(ours)
        desktop_run.comes_forward(ours)
        desktop_run.cover(ours)
        icon.activate()
        desktop_run.program.wait_for_front(TITLE)
        icon.choose("q")
        desktop_run.program.seconds_to_end()
        assert len(heard.sent) == 1


@pytest.mark.parametrize("desktop_run", WITHOUT_TRAY, indirect=True)
def test_the_main_job_without_any_tray(desktop_run: DesktopRun) -> None:
    """The window takes the icon's place; it warns and it ends like everywhere."""
    with (
        Notifications(desktop_run.program.bus) as heard,
        ScreenReader(desktop_run.program.bus) as screen,
    ):
        ours = desktop_run.start(screen)
        desktop_run.program.wait_for_front(TITLE)
        ours.says("This desktop shows no tray icons")
        ours.says("€350.12")
        desktop_run.run_low()
        ours.press("push button", "Refresh")
        desktop_run.is_told_once(heard, screen)
        desktop_run.opens(ours)
        desktop_run.comes_forward(ours)
        assert desktop_run.program.run("--quit").returncode == 0
        desktop_run.program.seconds_to_end()
        assert len(heard.sent) == 1
