"""A profile that is polled and saved as fast as it goes, in a process to be killed.

    polling_process.py FOLDER URL           polls until it is killed
    polling_process.py FOLDER URL --fork    starts such a child for each line it reads

It says on standard output what a person would have been shown, a line each:

    P <process id>                     a child has been started
    L <number> <problems>              the settings were loaded, those of this number
    R <account> <milliseconds> <digits>    a balance is shown
    B <number>                         settings are about to be saved
    S <number>                         they are, as the dialog is told
    F <error>                          they could not be
    E                                  the child has ended
"""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.balance import Reading
from trayapp.core.changes import Base, Changes
from trayapp.core.settings import Settings
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.rows import to_ms
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import (
    Emit,
    Event,
    ProfileLoaded,
    RefreshFinished,
    SaveFinished,
)
from trayapp.services.messages.requests import ApplyChanges

_SAMPLE_KEY: Final = "399d2b438a53ebed3db8a7d52107f846"
_IDS: Final = ("a", "b", "c")


def paths(folder: Path) -> Paths:
    """Give the profile's files, each kind in a folder of its own."""
    return Paths(
        folder / "config" / "config.toml",
        folder / "data" / "history.sqlite3",
        folder / "state" / "log",
        folder / "run",
    )


def config(number: int, url: str) -> Config:
    """Make the settings of a number, which can be read from them again."""
    accounts = (
        Account(one, f"{one} {number}", Service.CUSTOM, url, low_below=Decimal(number))
        for one in _IDS
    )
    return Config(tuple(accounts), Settings(timedelta(minutes=5 + number % 50)))


def number_of(accounts: tuple[Account, ...]) -> int:
    """Give the number that settings were made of."""
    return int(accounts[0].low_below)


def backend_of(profile: Paths, emit: Emit) -> Backend:
    """Make the program's own backend, with a keyring that knows every account."""
    environment = Environment(
        Keychain(MemoryVault(dict.fromkeys(_IDS, _SAMPLE_KEY)), mask=lambda _: None),
        GatewayClient(),
        lambda: datetime.now(UTC),
        NotificationImage(1, bytes(4)),
    )
    return Backend(profile, emit, environment)


class _Speaker:
    """Prints what a person would see of the events, and asks again at once."""

    def __init__(self) -> None:
        self.backend: Backend
        self.number = 0

    def handle(self, event: Event) -> None:
        match event:
            case ProfileLoaded(accounts, _, problems):
                self.number = number_of(tuple(one.account for one in accounts))
                kinds = ",".join(one.kind.id for one in problems)
                _say(f"L {self.number} {kinds or '-'}")
            case RefreshFinished(Outcome(account_id, _, result)):
                if isinstance(result, Reading):
                    at, digits = to_ms(result.at), result.balance.digits
                    _say(f"R {account_id} {at} {digits}")
                self.backend.request_now([account_id])
            case SaveFinished(accounts, _, None):
                _say(f"S {number_of(accounts)}")
            case SaveFinished(_, _, problem):
                assert problem is not None
                _say(f"F {problem.kind.id}")


async def _poll_and_save(folder: Path, url: str) -> None:
    speaker = _Speaker()
    speaker.backend = backend = backend_of(paths(folder), speaker.handle)
    running = asyncio.create_task(backend.run())
    await asyncio.sleep(0)
    file = ConfigFile(paths(folder).config)
    number = speaker.number
    while not running.done():
        number += 1
        wanted = config(number, url)
        _say(f"B {number}")
        before = file.load().config
        base = Base(before.accounts, before.settings)
        changes = Changes(wanted.accounts, wanted.settings, {}, base=base)
        await backend.handle(ApplyChanges(changes))
        await asyncio.sleep(0.005)
    await running


def _say(line: str) -> None:
    # One write, which a pipe keeps whole, and keeps when its writer is killed.
    os.write(1, f"{line}\n".encode())


def _main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    if "--fork" not in sys.argv:
        sys.exit(asyncio.run(_poll_and_save(folder, url)))
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            _say(f"P {os.getpid()}")
            sys.exit(asyncio.run(_poll_and_save(folder, url)))
        os.waitpid(child, 0)
        _say("E")


if __name__ == "__main__":
    _main()
