"""All that happens on the poller's loop: watching, saving, trying a key, telling."""

import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from trayapp.core.account import Account
from trayapp.core.changes import Changes, Trial
from trayapp.core.errors import (
    BalanceTrayError,
    Failure,
    HistoryProblem,
    InternalFault,
    KeyProblem,
    KeyringProblem,
)
from trayapp.core.known import Known, Outcome
from trayapp.core.notices import Button, Notice, Picture
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings
from trayapp.services.config_file import Config, ConfigFile
from trayapp.services.gateway import Gateway
from trayapp.services.history import History
from trayapp.services.keychain import Keychain
from trayapp.services.places import Places
from trayapp.services.refresh import Refresh
from trayapp.services.watch import Watch

if TYPE_CHECKING:
    from trayapp.services.notifier import Notifier

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is known at the start, before anything was asked."""

    known: tuple[Known, ...]
    settings: Settings
    problems: tuple[Failure, ...] = ()
    """What the person should know of the program's own files."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of OK in the settings dialog."""

    accounts: tuple[Account, ...] = ()
    settings: Settings = field(default_factory=Settings)
    problem: Failure | None = None
    """Why nothing was changed."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the backend reaches the world with; the demo and tests bring their own."""

    keychain: Keychain
    gateway: Gateway
    clock: Callable[[], datetime]
    """The current time, aware and in UTC."""
    picture: Picture
    """What every notification shows beside its words."""


class Listener(Protocol):
    """Who is told what happens, on the loop's thread."""

    def loaded(self, loaded: Loaded) -> None:
        """Hear what was stored."""

    def asking(self, account_id: str) -> None:
        """Hear that an account is being asked."""

    def answered(self, outcome: Outcome) -> None:
        """Hear what came of it."""

    def tried(self, trial: Trial, outcome: Outcome) -> None:
        """Hear what a trial came to."""

    def saved(self, saved: Saved) -> None:
        """Hear what became of the changes."""

    def pressed(self, account_id: str, button: Button) -> None:
        """Hear that a person answered a notification."""


class Backend:
    """The services behind the window, for one profile.

    Made on the thread whose loop runs it: the database belongs to that thread.
    """

    def __init__(
        self,
        places: Places,
        listener: Listener,
        outside: Outside,
    ) -> None:
        """Open the profile's files; one that can't be opened is told by `loaded`."""
        clock = outside.clock
        self._listener = listener
        self._clock = clock
        self._file = ConfigFile(places.config)
        self._problems: list[Failure] = []
        self._keyless: set[str] = set()
        self._history = self._open_history(places)
        self._keychain = outside.keychain
        self._refresh = Refresh(outside.keychain, outside.gateway, self._history, clock)
        self._watch = Watch(
            self._refresh,
            self,
            clock=clock,
            jitter=lambda: random.uniform(-1, 1),  # noqa: S311  # nothing secret
        )
        self._notifier = _notifier(listener, outside.picture)

    async def run(self) -> None:
        """Load what is stored, and watch the accounts until cancelled."""
        try:
            self.reload()
            await self._watch.run()
        finally:
            if self._notifier is not None:
                await self._notifier.close()
            if self._history is not None:
                self._history.close()

    def reload(self) -> None:
        """Read the settings file: at the start, or when the command line changed it."""
        loaded = self._file.load()
        problems = [*self._problems, *([loaded.problem] if loaded.problem else [])]
        known = tuple(map(self._remembered, loaded.config.accounts))
        self._listener.loaded(Loaded(known, loaded.config.settings, tuple(problems)))
        self._watch.set(loaded.config.accounts, loaded.config.settings)

    def ask_now(self, account_ids: Iterable[str] | None = None) -> None:
        """Ask these accounts, or all, at once: a person wants to know."""
        self._watch.ask_now(account_ids)

    async def try_out(self, trial: Trial) -> None:
        """Ask for a balance and store nothing; the listener hears what came."""
        if trial.key is not None:
            self._keychain.seen(trial.key)
        outcome = await self._refresh.ask(trial.account, trial.key)
        self._listener.tried(trial, outcome)

    async def save(self, changes: Changes, shown: frozenset[str]) -> None:
        """Apply what the dialog changed, all of it or nothing.

        `shown` are the ids of the accounts that the dialog was opened with: another
        that the command line added meanwhile is kept.
        """
        try:
            self._listener.saved(await self._save(changes, shown))
        except BalanceTrayError as error:
            _log.warning("the settings were not saved: %s", error)
            self._listener.saved(Saved(problem=error.as_failure()))
        except Exception as error:  # noqa: BLE001  # the dialog waits for an answer
            _log.exception("saving the settings failed")
            fault = InternalFault(detail=type(error).__name__)
            self._listener.saved(Saved(problem=fault.as_failure()))

    async def unlock(self) -> None:
        """Let the keyring ask for its password, and go on with what waited for it."""
        waiting = frozenset(self._keyless)
        try:
            await self._keychain.unlock()
        except BalanceTrayError as error:
            for account_id in waiting:
                now, failure = self._clock(), error.as_failure()
                self._listener.answered(Outcome(account_id, now, failure))
        else:
            self._watch.ask_now(waiting)

    async def tell(self, notice: Notice) -> None:
        """Show a native notification, where that is done over D-Bus."""
        if self._notifier is not None:
            await self._notifier.tell(notice)

    def asking(self, account_id: str) -> None:
        """Pass on that an account is being asked."""
        self._listener.asking(account_id)

    def answered(self, outcome: Outcome) -> None:
        """Pass on an outcome, and note which accounts wait for the keyring."""
        self._keyless.discard(outcome.account_id)
        if isinstance(outcome.result, Failure) and issubclass(
            outcome.result.kind, KeyringProblem
        ):
            self._keyless.add(outcome.account_id)
        self._listener.answered(outcome)

    async def _save(self, changes: Changes, shown: frozenset[str]) -> Saved:
        stored = self._file.load().config.accounts
        known = {account.id for account in stored}
        kept = tuple(one for one in stored if one.id not in shown)
        accounts = changes.accounts + kept
        removed = known - {account.id for account in accounts}
        if changes.keys:
            await self._keychain.unlock()
        before: dict[str, Secret | None] = {}
        try:
            for account_id, key in changes.keys.items():
                before[account_id] = await self._stored_key(account_id)
                await self._keychain.store(account_id, key)
            self._file.save(Config(accounts, changes.settings))
        except Exception:
            for account_id, old in before.items():
                await self._put_back(account_id, old)
            raise
        for account_id in removed:
            await self._forget_key(account_id)
            self._refresh.forget(account_id)
        for account_id in changes.keys:
            self._refresh.key_changed(account_id)
        self._watch.set(accounts, changes.settings)
        for account_id in changes.keys:
            self._watch.ask_anew(account_id)
        return Saved(accounts, changes.settings)

    async def _stored_key(self, account_id: str) -> Secret | None:
        try:
            return await self._keychain.key(account_id)
        except KeyProblem:
            return None

    async def _put_back(self, account_id: str, key: Secret | None) -> None:
        """Give the keyring back what it held before a change that failed."""
        if key is None:
            await self._forget_key(account_id)
            return
        try:
            await self._keychain.store(account_id, key)
        except BalanceTrayError as error:
            _log.warning("the old key of %s is lost: %s", account_id, error)

    async def _forget_key(self, account_id: str) -> None:
        try:
            await self._keychain.forget(account_id)
        except BalanceTrayError as error:
            _log.warning("the key of %s stays in the keyring: %s", account_id, error)

    def _remembered(self, account: Account) -> Known:
        return Known(
            account,
            self._refresh.last(account.id),
            self._refresh.watched(account.id).failure,
        )

    def _open_history(self, places: Places) -> History | None:
        try:
            return History(places.history)
        except HistoryProblem as error:
            _log.warning("%s", error)
            self._problems.append(error.as_failure())
            return None


def _notifier(listener: Listener, picture: Picture) -> "Notifier | None":
    """Make the notifier, but on systems that have no D-Bus and no library for it."""
    try:
        from trayapp.services.notifier import Notifier  # noqa: PLC0415  # as said
    except ImportError:
        return None
    return Notifier(listener.pressed, app_name="Balance Tray", picture=picture)
