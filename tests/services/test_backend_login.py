"""Start at login as the dialog's OK applies it: with all else, or not at all."""

import asyncio
from datetime import timedelta

import pytest

from fakes.autostart import FakeAutostart
from harness.backend import BackendHarness, Step
from trayapp.core.account import Account
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.changes import Changes
from trayapp.core.errors import LoginUnchanged
from trayapp.core.settings import Settings
from trayapp.services.messages.events import LoginEntryRead, SaveFinished
from trayapp.services.messages.requests import ApplyChanges, ReadLoginEntry

HOURLY = Settings(interval=timedelta(hours=1))


@pytest.fixture
def autostart(harness: BackendHarness) -> FakeAutostart:
    """Give the harness a login entry in memory."""
    harness.autostart = autostart = FakeAutostart()
    autostart.was_moved = True
    return autostart


def saving(*, at_login: bool | None) -> Step:
    """Press OK with another interval, too."""

    async def step(harness: BackendHarness) -> None:
        changes = Changes((Account("a", "A"),), HOURLY, at_login=at_login)
        await harness.backend.handle(ApplyChanges(changes))

    return step


async def looking(harness: BackendHarness) -> None:
    """Open the dialog."""
    await harness.backend.handle(ReadLoginEntry())


def test_what_the_system_has_is_told_when_it_is_asked_for(
    harness: BackendHarness, autostart: FakeAutostart
) -> None:
    """Each time anew: a person may have switched it in the desktop's settings."""
    events = harness.play(looking).of(LoginEntryRead)
    autostart.on = True
    events += harness.play(looking).of(LoginEntryRead)
    assert [one.state for one in events] == [
        LoginEntryState.OFF,
        LoginEntryState.ON,
    ]


def test_it_is_switched_with_the_settings(
    harness: BackendHarness, autostart: FakeAutostart
) -> None:
    """By one OK."""
    harness.play(saving(at_login=True))
    assert (autostart.on, harness.stored().settings) == (True, HOURLY)
    assert [one.problem for one in harness.events.of(SaveFinished)] == [None]


def test_settings_are_saved_without_it(
    harness: BackendHarness, autostart: FakeAutostart
) -> None:
    """Where it can't be changed, the rest still can."""
    autostart.error = LoginUnchanged(detail="no")
    harness.play(saving(at_login=None))
    assert (autostart.on, harness.stored().settings) == (False, HOURLY)


def test_nothing_is_saved_where_it_can_not_be_switched(
    harness: BackendHarness, autostart: FakeAutostart
) -> None:
    """The dialog stays and says why."""
    autostart.error = LoginUnchanged(detail="no")
    harness.play(saving(at_login=True))
    (said,) = harness.events.of(SaveFinished)
    assert said.problem is not None
    assert said.problem.kind is LoginUnchanged
    assert harness.stored().settings == Settings()


def test_it_is_as_before_where_the_settings_can_not_be_saved(
    harness: BackendHarness, autostart: FakeAutostart
) -> None:
    """All or nothing."""
    harness.paths.config.mkdir(parents=True)
    harness.play(saving(at_login=True))
    (said,) = harness.events.of(SaveFinished)
    assert said.problem is not None
    assert autostart.on is False


@pytest.mark.parametrize("fault", [None, LoginUnchanged(detail="no"), KeyError("x")])
def test_it_is_repaired_at_each_start(
    harness: BackendHarness, autostart: FakeAutostart, fault: Exception | None
) -> None:
    """A fault in it keeps nothing else from starting."""
    autostart.error = fault

    async def still_alive(harness: BackendHarness) -> None:
        await asyncio.sleep(0)
        await harness.backend.handle(ReadLoginEntry())

    harness.play(still_alive)
    assert autostart.repairs == 1
    assert [one.state for one in harness.events.of(LoginEntryRead)] == [
        LoginEntryState.OFF
    ]
