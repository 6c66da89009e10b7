"""Which command starts the program at login, and whose place it takes."""

import pytest

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState, is_ours

HERE = LaunchCommand(("/home/me/new/balance-tray",))
OTHER = ("/home/me/old/balance-tray", "--minimized")


def test_only_one_state_starts_the_program() -> None:
    """All others are different ways of not being started."""
    assert [login for login in LoginEntryState if login.is_on] == [LoginEntryState.ON]


def test_the_program_starts_quietly() -> None:
    """Nobody wants its window at each login."""
    python = LaunchCommand(("/usr/bin/python3", "-m", "trayapp"))
    assert HERE.command == ("/home/me/new/balance-tray", "--minimized")
    assert python.command == ("/usr/bin/python3", "-m", "trayapp", "--minimized")


@pytest.mark.parametrize(
    "command",
    [
        OTHER,
        ("/x/Balance_Tray-0.1.AppImage", "--minimized"),
        ("/usr/bin/python3", "-m", "trayapp", "--minimized"),
    ],
)
def test_a_command_as_we_write_it_is_ours(command: tuple[str, ...]) -> None:
    """Whatever the file is called."""
    assert is_ours(command)
    assert HERE.takes_over(command, is_there=False)


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("balance-tray",),
        ("env", "QT_SCALE_FACTOR=2", "balance-tray", "--minimized"),
        ("balance-tray", "--minimized", "--verbose"),
        ("sh", "-c", "sleep 9; balance-tray"),
    ],
)
def test_what_a_person_changed_is_theirs(command: tuple[str, ...]) -> None:
    """Even if it starts nothing any more."""
    assert not is_ours(command)
    assert not HERE.takes_over(command, is_there=False)


def test_another_copy_is_replaced() -> None:
    """As after an update in another folder, where the old one was left."""
    assert HERE.takes_over(OTHER, is_there=True)


def test_what_the_system_installed_stays_while_it_is_there() -> None:
    """Trying out another copy changes nothing for it."""
    installed = ("/usr/bin/balance-tray", "--minimized")
    assert not HERE.takes_over(installed, is_there=True)
    assert HERE.takes_over(installed, is_there=False)


def test_a_checkout_takes_over_nothing() -> None:
    """Nor does a program that is gone from there in a moment."""
    for starter in (
        LaunchCommand(HERE.words, is_lasting=False),
        LaunchCommand(HERE.words, is_temporary=True),
    ):
        assert not starter.takes_over(OTHER, is_there=False)


def test_there_is_nothing_to_take_over_from_itself() -> None:
    """Nothing is written at a start that changes nothing."""
    assert not HERE.takes_over(HERE.command, is_there=True)
