"""Start at login on macOS, in a home and with a `launchctl` of the test's own."""

import plistlib
import sys
from pathlib import Path

import pytest

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.errors import LoginUnchanged
from trayapp.services.autostart.macos import LABEL, LaunchAgent

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="its files are made executable"
)


class FakeLaunchctl:
    """Knows which agents a person disabled."""

    def __init__(self) -> None:
        self.said = "disabled services = {\n}\n"
        self.enabled: list[str] = []

    def disabled(self) -> str:
        """Print them."""
        return self.said

    def enable(self, label: str) -> None:
        """Forget one."""
        self.enabled.append(label)
        self.said = ""


class Mac:
    """A home and a program."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.control = folder, FakeLaunchctl()
        self.path = folder / "Library/LaunchAgents" / f"{LABEL}.plist"
        self.program = self.made("Applications/Balance Tray.app/balance-tray")
        self.agent = self.of(self.program)

    def made(self, name: str) -> Path:
        """Make a program."""
        path = self.folder / name
        path.parent.mkdir(parents=True)
        path.touch()
        path.chmod(0o755)
        return path

    def of(self, program: Path, *, is_passing: bool = False) -> LaunchAgent:
        """Give what this copy of the program sees."""
        starter = LaunchCommand((str(program),), is_temporary=is_passing)
        return LaunchAgent(starter, self.control, self.folder)

    @property
    def written(self) -> dict[str, object]:
        """Read the agent."""
        found = plistlib.loads(self.path.read_bytes())
        assert isinstance(found, dict)
        return found

    def add(self, **values: object) -> None:
        """Change the agent by hand."""
        self.path.write_bytes(plistlib.dumps({**self.written, **values}))


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    """Give a home where nothing starts at login."""
    return Mac(tmp_path)


def test_on_and_off(mac: Mac) -> None:
    """It is started once at login, and not held up when it is ended."""
    assert mac.agent.look() is LoginEntryState.OFF
    mac.agent.switch(on=True)
    assert mac.agent.look() is LoginEntryState.ON
    assert mac.written == {
        "Label": LABEL,
        "ProgramArguments": [str(mac.program), "--minimized"],
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    mac.agent.switch(on=False)
    assert mac.agent.look() is LoginEntryState.OFF
    assert list(mac.path.parent.iterdir()) == []
    mac.agent.switch(on=False)


@pytest.mark.parametrize("word", ["disabled", "true"])
def test_a_persons_own_switch_counts(mac: Mac, word: str) -> None:
    """As newer and older systems print it; a tick here takes it away."""
    mac.agent.switch(on=True)
    assert mac.control.enabled == []
    mac.control.said = f'\t"other" => enabled\n\t"{LABEL}" => {word}\n'
    assert mac.agent.look() is LoginEntryState.SWITCHED_OFF
    mac.agent.switch(on=True)
    assert mac.control.enabled == [LABEL]
    assert mac.agent.look() is LoginEntryState.ON


@pytest.mark.parametrize("said", [f'"{LABEL}" => enabled', f'"{LABEL}-x" => disabled'])
def test_others_switches_are_not_ours(mac: Mac, said: str) -> None:
    """One label may begin like another."""
    mac.agent.switch(on=True)
    mac.control.said = said
    assert mac.agent.look() is LoginEntryState.ON


def test_an_agent_that_says_itself_that_it_is_disabled_is(mac: Mac) -> None:
    """The older way; a tick takes it away, and what else is there stays."""
    mac.agent.switch(on=True)
    mac.add(Disabled=True, Nice=5)
    assert mac.agent.look() is LoginEntryState.SWITCHED_OFF
    mac.agent.switch(on=True)
    assert mac.agent.look() is LoginEntryState.ON
    assert mac.written["Nice"] == 5


def test_a_command_that_a_person_changed_stays(mac: Mac) -> None:
    """As long as it can be started."""
    mac.agent.switch(on=True)
    theirs = [str(mac.program), "--minimized", "--verbose"]
    mac.add(ProgramArguments=theirs, RunAtLoad=False)
    assert mac.agent.look() is LoginEntryState.OFF
    mac.agent.switch(on=True)
    assert mac.agent.look() is LoginEntryState.ON
    assert mac.written["ProgramArguments"] == theirs


def test_a_moved_program_is_followed(mac: Mac) -> None:
    """At its next start, by the copy that runs."""
    mac.agent.switch(on=True)
    mac.program.unlink()
    moved = mac.of(mac.made("New/balance-tray"))
    assert moved.look() is LoginEntryState.OFF
    assert moved.repair() is True
    assert moved.look() is LoginEntryState.ON
    assert moved.repair() is False


def test_nothing_is_repaired_that_is_disabled_or_not_there(mac: Mac) -> None:
    """Nobody switches it on but a person."""
    moved = mac.of(mac.made("New/balance-tray"))
    assert moved.repair() is False
    mac.agent.switch(on=True)
    mac.add(Disabled=True)
    before = mac.written
    assert moved.repair() is False
    assert mac.written == before


def test_where_the_program_is_for_a_moment_only_it_can_not_be_chosen(mac: Mac) -> None:
    """One that is on can be switched off all the same."""
    passing = mac.of(mac.made("AppTranslocation/balance-tray"), is_passing=True)
    assert passing.look() is LoginEntryState.TEMPORARY
    mac.agent.switch(on=True)
    assert passing.look() is LoginEntryState.ON
    assert passing.repair() is False


@pytest.mark.parametrize("raw", [b"", b"<plist>", b"\0\1", plistlib.dumps([1])])
def test_what_is_no_agent_starts_nothing(mac: Mac, raw: bytes) -> None:
    """And is replaced by one."""
    mac.path.parent.mkdir(parents=True)
    mac.path.write_bytes(raw)
    assert mac.agent.look() is LoginEntryState.OFF
    mac.agent.switch(on=True)
    assert mac.agent.look() is LoginEntryState.ON


def test_what_can_not_be_written_or_removed_is_an_error_in_words(mac: Mac) -> None:
    """And nothing starts."""
    mac.path.mkdir(parents=True)
    (mac.path / "something").touch()
    for on in (True, False):
        with pytest.raises(LoginUnchanged, match=LABEL):
            mac.agent.switch(on=on)
    assert mac.agent.look() is LoginEntryState.OFF
