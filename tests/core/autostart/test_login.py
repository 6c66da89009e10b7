"""The command of a login, and which commands it replaces."""

import pytest

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState, is_ours

HERE = LaunchCommand(("/home/me/new/balance-tray",))
OTHER = ("/home/me/old/balance-tray", "--minimized")


def test_only_one_state_starts_the_program() -> None:
    """All others do not."""
    assert [login for login in LoginEntryState if login.is_on] == [LoginEntryState.ON]


def test_a_login_starts_without_a_window() -> None:
    """The icon alone appears."""
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
    """The path of the program does not matter."""
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
def test_a_changed_command_is_not_replaced(command: tuple[str, ...]) -> None:
    """Not even if it starts nothing any more."""
    assert not is_ours(command)
    assert not HERE.takes_over(command, is_there=False)


def test_another_copy_is_replaced() -> None:
    """As after an update in another folder, where the old copy stayed."""
    assert HERE.takes_over(OTHER, is_there=True)


def test_an_installed_copy_stays_while_it_exists() -> None:
    """A trial of another copy does not replace it."""
    installed = ("/usr/bin/balance-tray", "--minimized")
    assert not HERE.takes_over(installed, is_there=True)
    assert HERE.takes_over(installed, is_there=False)


def test_a_checkout_replaces_no_command() -> None:
    """Neither does a program in a temporary location."""
    for launch in (
        LaunchCommand(HERE.words, is_lasting=False),
        LaunchCommand(HERE.words, is_temporary=True),
    ):
        assert not launch.takes_over(OTHER, is_there=False)


def test_the_same_command_is_not_replaced() -> None:
    """A start without changes writes nothing."""
    assert not HERE.takes_over(HERE.command, is_there=True)
