"""Start at login on Windows, with a fake registry."""

from pathlib import Path

import pytest

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.errors import LoginUnchanged
from trayapp.services.autostart.windows import (
    APPROVED,
    NAME,
    RUN,
    RunKey,
    split_command,
)

SWITCHED_OFF = bytes([3, 0, 0, 0, *range(8)])
SWITCHED_ON = bytes([2, 0, 0, 0, *bytes(8)])


class FakeRegistry:
    """Values in memory, which a test can make fail."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}
        self.error: OSError | None = None

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return a value."""
        if self.error:
            raise self.error
        return self.values.get((key, name))

    def write(self, key: str, name: str, value: str) -> None:
        """Set a value."""
        if self.error:
            raise self.error
        self.values[key, name] = value

    def remove(self, key: str, name: str) -> None:
        """Remove a value."""
        if self.error:
            raise self.error
        self.values.pop((key, name), None)


@pytest.fixture
def registry() -> FakeRegistry:
    """Make an empty registry."""
    return FakeRegistry()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Make a program in a folder with a space in its name."""
    return new_program(tmp_path / "Program Files")


@pytest.fixture
def run_key(registry: FakeRegistry, program: Path) -> RunKey:
    """Make the login entry of that program."""
    return RunKey(LaunchCommand((str(program),)), registry)


def new_program(folder: Path) -> Path:
    """Make a program that can be started."""
    folder.mkdir()
    path = folder / "balance-tray.exe"
    path.touch()
    path.chmod(0o755)
    return path


def test_on_and_off(run_key: RunKey, registry: FakeRegistry, program: Path) -> None:
    """The path is quoted, and no value stays."""
    assert run_key.state() is LoginEntryState.OFF
    run_key.switch(on=True)
    assert registry.values == {(RUN, NAME): f'"{program}" --minimized'}
    assert run_key.state() is LoginEntryState.ON
    run_key.switch(on=False)
    assert registry.values == {}
    run_key.switch(on=False)


def test_the_task_managers_switch_counts(
    run_key: RunKey, registry: FakeRegistry
) -> None:
    """Switching it on here removes the Task Manager's switch."""
    run_key.switch(on=True)
    registry.values[APPROVED, NAME] = SWITCHED_ON
    assert run_key.state() is LoginEntryState.ON
    registry.values[APPROVED, NAME] = SWITCHED_OFF
    assert run_key.state() is LoginEntryState.SWITCHED_OFF
    run_key.switch(on=True)
    assert run_key.state() is LoginEntryState.ON
    assert (APPROVED, NAME) not in registry.values


@pytest.mark.parametrize("switch", [b"", "text"])
def test_an_invalid_switch_does_not_count(
    run_key: RunKey, registry: FakeRegistry, switch: str | bytes
) -> None:
    """Windows starts the program then."""
    run_key.switch(on=True)
    registry.values[APPROVED, NAME] = switch
    assert run_key.state() is LoginEntryState.ON


def test_a_missing_program_is_off(run_key: RunKey, program: Path) -> None:
    """The value does not matter then."""
    run_key.switch(on=True)
    program.unlink()
    assert run_key.state() is LoginEntryState.OFF


def test_the_entry_of_a_moved_program_is_updated(
    run_key: RunKey, registry: FakeRegistry, program: Path, tmp_path: Path
) -> None:
    """The copy that runs updates it at its start."""
    run_key.switch(on=True)
    program.unlink()
    moved = RunKey(LaunchCommand((str(new_program(tmp_path / "new")),)), registry)
    assert moved.repair() is True
    assert moved.state() is LoginEntryState.ON
    assert moved.repair() is False


def test_an_entry_that_is_off_or_missing_is_not_repaired(
    run_key: RunKey, registry: FakeRegistry, tmp_path: Path
) -> None:
    """Only a person switches it on."""
    moved = RunKey(LaunchCommand((str(new_program(tmp_path / "new")),)), registry)
    assert moved.repair() is False
    run_key.switch(on=True)
    registry.values[APPROVED, NAME] = SWITCHED_OFF
    before = dict(registry.values)
    assert moved.repair() is False
    assert registry.values == before


def test_a_refusal_of_windows_is_an_error(
    run_key: RunKey, registry: FakeRegistry
) -> None:
    """An administrator may forbid the change."""
    registry.error = PermissionError(5, "Access is denied")
    assert run_key.state() is LoginEntryState.OFF
    for change in (
        lambda: run_key.switch(on=True),
        lambda: run_key.switch(on=False),
        run_key.repair,
    ):
        with pytest.raises(LoginUnchanged, match="Access is denied"):
            change()


def test_a_command_that_windows_would_not_run_is_not_written(
    registry: FakeRegistry,
) -> None:
    """Windows runs no command of over 260 characters."""
    long_path = RunKey(
        LaunchCommand(("C:\\" + "x" * 250 + "\\balance-tray.exe",)), registry
    )
    with pytest.raises(LoginUnchanged, match="too many"):
        long_path.switch(on=True)
    assert registry.values == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ()),
        ('"C:\\a b\\c.exe" --minimized', ("C:\\a b\\c.exe", "--minimized")),
        ("C:\\a\\c.exe  --minimized ", ("C:\\a\\c.exe", "--minimized")),
        ('"C:\\a b\\c.exe', ("C:\\a b\\c.exe",)),
    ],
)
def test_a_command_is_split_into_words(line: str, words: tuple[str, ...]) -> None:
    """Words may be quoted."""
    assert split_command(line) == words
