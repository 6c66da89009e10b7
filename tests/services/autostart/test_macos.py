"""Start at login on macOS, with a temporary home and a fake `launchctl`."""

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
    """Prints a list of disabled agents, and records which are enabled."""

    def __init__(self) -> None:
        self.listed = "disabled services = {\n}\n"
        self.enabled: list[str] = []

    def disabled(self) -> str:
        """Return the list."""
        return self.listed

    def enable(self, label: str) -> None:
        """Record the label, and empty the list."""
        self.enabled.append(label)
        self.listed = ""


class Mac:
    """A home with a program."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.control = folder, FakeLaunchctl()
        self.path = folder / "Library/LaunchAgents" / f"{LABEL}.plist"
        self.program = self.new_program("Applications/Balance Tray.app/balance-tray")
        self.agent = self.agent_of(self.program)

    def new_program(self, name: str) -> Path:
        """Make a program."""
        path = self.folder / name
        path.parent.mkdir(parents=True)
        path.touch()
        path.chmod(0o755)
        return path

    def agent_of(self, program: Path, *, is_temporary: bool = False) -> LaunchAgent:
        """Return the launch agent of this copy of the program."""
        command = LaunchCommand((str(program),), is_temporary=is_temporary)
        return LaunchAgent(command, self.control, self.folder)

    @property
    def written(self) -> dict[str, object]:
        """Read the agent."""
        agent = plistlib.loads(self.path.read_bytes())
        assert isinstance(agent, dict)
        return agent

    def add(self, **values: object) -> None:
        """Add values to the agent, as a person may."""
        self.path.write_bytes(plistlib.dumps({**self.written, **values}))


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    """Make a home without login entries."""
    return Mac(tmp_path)


def test_on_and_off(mac: Mac) -> None:
    """The agent starts the program once at login, and not again when it ends."""
    assert mac.agent.state() is LoginEntryState.OFF
    mac.agent.switch(on=True)
    assert mac.agent.state() is LoginEntryState.ON
    assert mac.written == {
        "Label": LABEL,
        "ProgramArguments": [str(mac.program), "--minimized"],
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    mac.agent.switch(on=False)
    assert mac.agent.state() is LoginEntryState.OFF
    assert list(mac.path.parent.iterdir()) == []
    mac.agent.switch(on=False)


@pytest.mark.parametrize("word", ["disabled", "true"])
def test_an_agent_that_a_person_disabled_is_off(mac: Mac, word: str) -> None:
    """Newer and older systems print different words. Switching it on enables it."""
    mac.agent.switch(on=True)
    assert mac.control.enabled == []
    mac.control.listed = f'\t"other" => enabled\n\t"{LABEL}" => {word}\n'
    assert mac.agent.state() is LoginEntryState.SWITCHED_OFF
    mac.agent.switch(on=True)
    assert mac.control.enabled == [LABEL]
    assert mac.agent.state() is LoginEntryState.ON


@pytest.mark.parametrize("line", [f'"{LABEL}" => enabled', f'"{LABEL}-x" => disabled'])
def test_the_switches_of_other_agents_do_not_count(mac: Mac, line: str) -> None:
    """A label may begin like ours."""
    mac.agent.switch(on=True)
    mac.control.listed = line
    assert mac.agent.state() is LoginEntryState.ON


def test_an_agent_with_the_key_disabled_is_off(mac: Mac) -> None:
    """Older systems use it. Switching it on removes that key alone."""
    mac.agent.switch(on=True)
    mac.add(Disabled=True, Nice=5)
    assert mac.agent.state() is LoginEntryState.SWITCHED_OFF
    mac.agent.switch(on=True)
    assert mac.agent.state() is LoginEntryState.ON
    assert mac.written["Nice"] == 5


def test_a_command_that_a_person_changed_stays(mac: Mac) -> None:
    """It stays as long as it can be started."""
    mac.agent.switch(on=True)
    changed = [str(mac.program), "--minimized", "--verbose"]
    mac.add(ProgramArguments=changed, RunAtLoad=False)
    assert mac.agent.state() is LoginEntryState.OFF
    mac.agent.switch(on=True)
    assert mac.agent.state() is LoginEntryState.ON
    assert mac.written["ProgramArguments"] == changed


def test_the_entry_of_a_moved_program_is_updated(mac: Mac) -> None:
    """The copy that runs updates it at its start."""
    mac.agent.switch(on=True)
    mac.program.unlink()
    moved = mac.agent_of(mac.new_program("New/balance-tray"))
    assert moved.state() is LoginEntryState.OFF
    assert moved.repair() is True
    assert moved.state() is LoginEntryState.ON
    assert moved.repair() is False


def test_a_disabled_or_missing_agent_is_not_repaired(mac: Mac) -> None:
    """Only a person switches it on."""
    moved = mac.agent_of(mac.new_program("New/balance-tray"))
    assert moved.repair() is False
    mac.agent.switch(on=True)
    mac.add(Disabled=True)
    before = mac.written
    assert moved.repair() is False
    assert mac.written == before


def test_a_temporary_program_cannot_be_switched_on(mac: Mac) -> None:
    """An entry of another copy that is on stays on."""
    temporary = mac.agent_of(
        mac.new_program("AppTranslocation/balance-tray"), is_temporary=True
    )
    assert temporary.state() is LoginEntryState.TEMPORARY
    mac.agent.switch(on=True)
    assert temporary.state() is LoginEntryState.ON
    assert temporary.repair() is False


@pytest.mark.parametrize("raw", [b"", b"<plist>", b"\0\1", plistlib.dumps([1])])
def test_an_invalid_agent_is_off(mac: Mac, raw: bytes) -> None:
    """Switching it on replaces the file."""
    mac.path.parent.mkdir(parents=True)
    mac.path.write_bytes(raw)
    assert mac.agent.state() is LoginEntryState.OFF
    mac.agent.switch(on=True)
    assert mac.agent.state() is LoginEntryState.ON


def test_an_agent_that_cannot_be_written_or_removed_is_an_error(mac: Mac) -> None:
    """The state is off then."""
    mac.path.mkdir(parents=True)
    (mac.path / "something").touch()
    for on in (True, False):
        with pytest.raises(LoginUnchanged, match=LABEL):
            mac.agent.switch(on=on)
    assert mac.agent.state() is LoginEntryState.OFF
