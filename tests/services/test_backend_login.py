"""Start at login as the dialog's OK applies it: with all else, or not at all."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.changes import Changes
from trayapp.core.errors import LoginUnchanged
from trayapp.core.settings import Settings
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import LoginEntryRead, SaveFinished
from trayapp.services.messages.requests import ApplyChanges, ReadLoginEntry

HOURLY = Settings(interval=timedelta(hours=1))
Step = Callable[[Backend], Coroutine[None, None, None]]


class System:
    """Start at login, in memory; it can refuse to change."""

    def __init__(self) -> None:
        self.on = False
        self.repairs = 0
        self.fault: Exception | None = None

    def state(self) -> LoginEntryState:
        """Say what is."""
        return LoginEntryState.ON if self.on else LoginEntryState.OFF

    def switch(self, *, on: bool) -> None:
        """Switch it, or refuse."""
        if self.fault is not None:
            raise self.fault
        self.on = on

    def repair(self) -> bool:
        """Count it, and fail where that is wanted."""
        self.repairs += 1
        if self.fault is not None:
            raise self.fault
        return True


class Scene:
    """A profile without accounts, on a system of the test's own."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.now, self.system, self.events = now, System(), EventLog()
        self.places = Paths(
            folder / "config" / "config.toml",
            folder / "data" / "history.sqlite3",
            folder / "log",
            folder / "run",
        )

    def play(self, step: Step) -> None:
        """Run the backend, and the step beside it."""

        async def run() -> None:
            environment = Environment(
                Keychain(MemoryVault()),
                GatewayClient(),
                lambda: self.now,
                NotificationImage(1, bytes(4)),
                UTC,
                self.system,
            )
            backend = Backend(self.places, self.events.record, environment)
            running = asyncio.create_task(backend.run())
            await asyncio.sleep(0)
            try:
                await step(backend)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

        asyncio.run(run())

    @property
    def stored(self) -> Settings:
        """The settings as the file has them."""
        return ConfigFile(self.places.config).load().config.settings


@pytest.fixture
def scene(tmp_path: Path, now: datetime) -> Scene:
    """Give an empty profile."""
    return Scene(tmp_path, now)


def saving(*, at_login: bool | None) -> Step:
    """Press OK with another interval, too."""

    async def step(backend: Backend) -> None:
        changes = Changes((Account("a", "A"),), HOURLY, at_login=at_login)
        await backend.handle(ApplyChanges(changes, frozenset()))

    return step


async def looking(backend: Backend) -> None:
    """Open the dialog."""
    await backend.handle(ReadLoginEntry())


def test_what_the_system_has_is_told_when_it_is_asked_for(scene: Scene) -> None:
    """Each time anew: a person may have switched it in the desktop's settings."""
    scene.play(looking)
    scene.system.on = True
    scene.play(looking)
    assert [one.state for one in scene.events.of(LoginEntryRead)] == [
        LoginEntryState.OFF,
        LoginEntryState.ON,
    ]


def test_it_is_switched_with_the_settings(scene: Scene) -> None:
    """By one OK."""
    scene.play(saving(at_login=True))
    assert (scene.system.on, scene.stored) == (True, HOURLY)
    assert [one.problem for one in scene.events.of(SaveFinished)] == [None]


def test_settings_are_saved_without_it(scene: Scene) -> None:
    """Where it can't be changed, the rest still can."""
    scene.system.fault = LoginUnchanged(detail="no")
    scene.play(saving(at_login=None))
    assert (scene.system.on, scene.stored) == (False, HOURLY)


def test_nothing_is_saved_where_it_can_not_be_switched(scene: Scene) -> None:
    """The dialog stays and says why."""
    scene.system.fault = LoginUnchanged(detail="no")
    scene.play(saving(at_login=True))
    (said,) = scene.events.of(SaveFinished)
    assert said.problem is not None
    assert said.problem.kind is LoginUnchanged
    assert scene.stored == Settings()


def test_it_is_as_before_where_the_settings_can_not_be_saved(scene: Scene) -> None:
    """All or nothing."""
    scene.places.config.mkdir(parents=True)
    scene.play(saving(at_login=True))
    (said,) = scene.events.of(SaveFinished)
    assert said.problem is not None
    assert scene.system.on is False


@pytest.mark.parametrize("fault", [None, LoginUnchanged(detail="no"), KeyError("x")])
def test_it_is_repaired_at_each_start(scene: Scene, fault: Exception | None) -> None:
    """A fault in it keeps nothing else from starting."""
    scene.system.fault = fault

    async def still_alive(backend: Backend) -> None:
        await asyncio.sleep(0)
        await backend.handle(ReadLoginEntry())

    scene.play(still_alive)
    assert scene.system.repairs == 1
    assert [one.state for one in scene.events.of(LoginEntryRead)] == [
        LoginEntryState.OFF
    ]
