"""Start at login on Windows, on a registry of the test's own."""

from pathlib import Path

import pytest

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.errors import LoginUnchanged
from trayapp.services.autostart.windows import APPROVED, NAME, RUN, RunKey, split

OFF_BY_HAND = bytes([3, 0, 0, 0, *range(8)])
ON_BY_HAND = bytes([2, 0, 0, 0, *bytes(8)])


class FakeRegistry:
    """Values in memory; can be made to fail."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}
        self.fault: OSError | None = None

    def read(self, key: str, name: str) -> str | bytes | None:
        """Give a value."""
        if self.fault:
            raise self.fault
        return self.values.get((key, name))

    def write(self, key: str, name: str, value: str) -> None:
        """Keep a value."""
        if self.fault:
            raise self.fault
        self.values[key, name] = value

    def remove(self, key: str, name: str) -> None:
        """Forget a value."""
        if self.fault:
            raise self.fault
        self.values.pop((key, name), None)


@pytest.fixture
def registry() -> FakeRegistry:
    """Give an empty registry."""
    return FakeRegistry()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Make a program in a folder with a space in its name."""
    return made(tmp_path / "Program Files")


@pytest.fixture
def run_key(registry: FakeRegistry, program: Path) -> RunKey:
    """Give the value of that program."""
    return RunKey(LaunchCommand((str(program),)), registry)


def made(folder: Path) -> Path:
    """Make a program that can be started."""
    folder.mkdir()
    path = folder / "balance-tray.exe"
    path.touch()
    path.chmod(0o755)
    return path


def test_on_and_off(run_key: RunKey, registry: FakeRegistry, program: Path) -> None:
    """The path is quoted; nothing stays behind."""
    assert run_key.look() is LoginEntryState.OFF
    run_key.switch(on=True)
    assert registry.values == {(RUN, NAME): f'"{program}" --minimized'}
    assert run_key.look() is LoginEntryState.ON
    run_key.switch(on=False)
    assert registry.values == {}
    run_key.switch(on=False)


def test_a_persons_own_switch_counts(run_key: RunKey, registry: FakeRegistry) -> None:
    """It is the Task Manager's; a tick here takes it away."""
    run_key.switch(on=True)
    registry.values[APPROVED, NAME] = ON_BY_HAND
    assert run_key.look() is LoginEntryState.ON
    registry.values[APPROVED, NAME] = OFF_BY_HAND
    assert run_key.look() is LoginEntryState.SWITCHED_OFF
    run_key.switch(on=True)
    assert run_key.look() is LoginEntryState.ON
    assert (APPROVED, NAME) not in registry.values


@pytest.mark.parametrize("switch", [b"", "text"])
def test_a_switch_that_says_nothing_is_none(
    run_key: RunKey, registry: FakeRegistry, switch: str | bytes
) -> None:
    """Windows starts the program then."""
    run_key.switch(on=True)
    registry.values[APPROVED, NAME] = switch
    assert run_key.look() is LoginEntryState.ON


def test_a_program_that_is_gone_is_not_started(run_key: RunKey, program: Path) -> None:
    """Whatever the value says."""
    run_key.switch(on=True)
    program.unlink()
    assert run_key.look() is LoginEntryState.OFF


def test_a_moved_program_is_followed(
    run_key: RunKey, registry: FakeRegistry, program: Path, tmp_path: Path
) -> None:
    """At its next start, by the copy that runs."""
    run_key.switch(on=True)
    program.unlink()
    moved = RunKey(LaunchCommand((str(made(tmp_path / "new")),)), registry)
    assert moved.repair() is True
    assert moved.look() is LoginEntryState.ON
    assert moved.repair() is False


def test_nothing_is_repaired_that_is_off_or_not_there(
    run_key: RunKey, registry: FakeRegistry, tmp_path: Path
) -> None:
    """Nobody switches it on but a person."""
    moved = RunKey(LaunchCommand((str(made(tmp_path / "new")),)), registry)
    assert moved.repair() is False
    run_key.switch(on=True)
    registry.values[APPROVED, NAME] = OFF_BY_HAND
    before = dict(registry.values)
    assert moved.repair() is False
    assert registry.values == before


def test_what_windows_refuses_is_an_error_in_words(
    run_key: RunKey, registry: FakeRegistry
) -> None:
    """As where an administrator forbids it."""
    registry.fault = PermissionError(5, "Access is denied")
    assert run_key.look() is LoginEntryState.OFF
    for act in (
        lambda: run_key.switch(on=True),
        lambda: run_key.switch(on=False),
        run_key.repair,
    ):
        with pytest.raises(LoginUnchanged, match="Access is denied"):
            act()


def test_a_command_that_windows_would_not_run_is_not_written(
    registry: FakeRegistry,
) -> None:
    """It runs none that is longer than 260 characters."""
    deep = RunKey(LaunchCommand(("C:\\" + "x" * 250 + "\\balance-tray.exe",)), registry)
    with pytest.raises(LoginUnchanged, match="too many"):
        deep.switch(on=True)
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
def test_a_command_is_read_word_by_word(line: str, words: tuple[str, ...]) -> None:
    """Quoted or not."""
    assert split(line) == words
