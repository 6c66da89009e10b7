"""Start at login, from the box in the settings to the session manager of a desktop."""

import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from desktop.atspi import Accessible, ScreenReader
from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from desktop.sessions import Xfce
from sessions.program import Ours, Program
from sessions.session_bus import Icon
from tooling.processes import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

BOX = "Start Balance Tray when I log in"
QUIETLY = "It then starts in the tray, without a window."
ELSEWHERE = "It is switched off in the desktop's own settings"


class Session:
    """A person's session on Xfce, which begins and ends as others do."""

    def __init__(self, desktop: Desktop) -> None:
        assert isinstance(desktop.session, Xfce)
        self._desktop, self._xfce = desktop, desktop.session
        self._folder = desktop.home / ".config/autostart"
        self.entry = self._folder / "balance-tray.desktop"
        self._begun = desktop.home / "begun"

    def log_in(self) -> None:
        """Log in, and wait until all that starts then was started."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._begun.unlink(missing_ok=True)
        other = f"[Desktop Entry]\nType=Application\nName=Z\nExec=touch {self._begun}\n"
        (self._folder / "z.desktop").write_text(other)
        self._xfce.log_in()
        wait_until(self._begun.exists, "another program that starts at login", 20)

    def log_out(self) -> None:
        """Log out; what that leaves behind is ended as systemd does."""
        self._xfce.log_out()
        for number in self.programs():
            os.kill(number, signal.SIGTERM)
        wait_until(lambda: self.programs() == [], "the program's end", 10)

    def programs(self) -> list[int]:
        """Give the processes of the program, however it was started."""
        found = []
        for number in self._desktop.members():
            try:
                words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"--minimized" in words:
                found.append(number)
        return found

    def windows(self) -> set[str]:
        """Give the titles of the program's windows."""
        (number,) = self.programs()
        return self._desktop.session.windows(number)

    def switch(self, value: str) -> None:
        """Do what the desktop's own settings do to an entry."""
        text = re.sub(r"^Hidden=.*\n", "", self.entry.read_text(), flags=re.MULTILINE)
        self.entry.write_text(f"{text}Hidden={value}\n")


@pytest.fixture
def session(desktop: Desktop) -> Session:
    """Give a session that is not begun yet."""
    desktop.stop_taskbar()
    return Session(desktop)


def box(icon: Icon, ours: Ours) -> Accessible:
    """Open the settings where the box is."""
    icon.choose("Settings")
    ours.press("page tab", "General")
    found = ours.find("check box", BOX)
    wait_until(lambda: found.has("enabled"), "what the desktop has", 10)
    return found


def read(entry: Path) -> str:
    """Read an entry; nothing for none."""
    return entry.read_text() if entry.exists() else ""


def press_ok(ours: Ours, entry: Path, words: str) -> None:
    """Save, and wait for what the entry says then; nothing for no entry."""
    ours.press("push button", "OK")

    def is_so() -> bool:
        return entry.exists() is bool(words) and words in read(entry)

    wait_until(is_so, f"an entry with {words!r}", 10)


def test_it_starts_at_login_when_a_person_chose_so(
    program: Program,
    session: Session,
    icon: Icon,
    ours: Ours,
    gateway: ScriptedGateway,
    key: str,
) -> None:
    """On in the settings, off in the desktop's, on again, and off for good."""
    program.add_account("Shop", gateway.url, key)
    session.log_in()
    assert session.programs() == [], "nothing starts that nobody asked for"
    program.start("--minimized")
    icon.says("Shop: €350.12")

    # On: the desktop's own checker and the session manager agree with it.
    found = box(icon, ours)
    assert (found.has("checked"), found.description) == (False, QUIETLY)
    found.press()
    press_ok(ours, session.entry, "Exec=")
    check = program.desktop.run(["desktop-file-validate", str(session.entry)])
    assert (check.returncode, check.stdout) == (0, "")
    session.log_out()
    session.log_in()
    icon.says("Shop: €350.12")
    assert session.windows() == set()

    # Off in the desktop's own settings: it does not start, and the box says so.
    session.switch("true")
    session.log_out()
    session.log_in()
    assert session.programs() == []
    program.start("--minimized")
    icon.says("Shop: €350.12")
    found = box(icon, ours)
    assert not found.has("checked")
    assert ELSEWHERE in found.description

    # On again.
    found.press()
    press_ok(ours, session.entry, "X-LXQt-Need-Tray=true\n")
    wait_until(lambda: "Hidden" not in session.entry.read_text(), "no mark", 10)
    session.log_out()
    session.log_in()
    icon.says("Shop: €350.12")

    # Off for good.
    found = box(icon, ours)
    assert found.has("checked")
    found.press()
    press_ok(ours, session.entry, "")
    session.log_out()
    session.log_in()
    assert session.programs() == []


@pytest.mark.bundle
def test_a_program_that_was_moved_starts_from_its_new_place(
    desktop: Desktop, session: Session
) -> None:
    """Once it was started there: at the next login nobody has to do it."""
    built = Path(os.environ["BALANCE_TRAY_BUNDLE"])
    old, new = desktop.home / "old", desktop.home / "new place"
    shutil.copytree(built.parent, old, symlinks=True)
    session.log_in()
    program = Program(desktop, [str(old / built.name)])
    with Icon(program.bus) as icon, ScreenReader(program.bus) as screen:
        program.start("--minimized")
        icon.says("Not set up")
        ours = Ours(screen)
        box(icon, ours).press()
        press_ok(ours, session.entry, f"TryExec={old}/")
        icon.choose("Quit")
        program.seconds_to_end()

        old.rename(new)
        session.log_out()
        session.log_in()
        assert session.programs() == [], "a desktop leaves out what is gone"
        program.command = [str(new / built.name)]
        program.start("--minimized")
        wait_until(lambda: f"TryExec={new}/" in read(session.entry), "the repair", 20)
        icon.says("Not set up")
        icon.choose("Quit")
        program.seconds_to_end()
        session.log_out()
        session.log_in()
        icon.says("Not set up")
        assert session.windows() == set()


def test_what_can_not_be_switched_is_told_and_nothing_is_saved(
    program: Program,
    desktop: Desktop,
    icon: Icon,
    screen: ScreenReader,
    gateway: ScriptedGateway,
    key: str,
) -> None:
    """The rest can be saved once the box is as it was."""
    program.add_account("Shop", gateway.url, key)
    (desktop.home / ".config/autostart").touch()  # no folder can be made there
    program.start("--minimized")
    icon.says("Shop: €350.12")
    ours = Ours(screen)
    found = box(icon, ours)
    found.press()
    ours.press("push button", "OK")
    ours.says("Start at login can't be changed")
    assert found.has("checked")
    found.press()
    ours.press("push button", "OK")
    wait_until(lambda: program.windows() == set(), "the settings to close", 10)
    icon.choose("Quit")
    program.seconds_to_end()
