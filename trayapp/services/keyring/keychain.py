"""The API keys in the operating system's keyring, and never anywhere else."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from trayapp.core.errors import (
    BalanceTrayError,
    KeyMissing,
    KeyProblem,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringProblem,
    KeyringSlow,
)
from trayapp.core.secret import Secret
from trayapp.services.keyring.daemon_threads import DaemonThreads

SERVICE: Final = "balance-tray"
"""The keyring's service name; the user name is the account's id."""
PATIENCE_S: Final = 10.0
"""Seconds that a keyring may take to answer before it counts as slow."""
PROMPT_PATIENCE_S: Final = 300.0
"""Seconds that a person may take to type the keyring's password."""
AT_ONCE: Final = 4
"""How many calls the keyring gets at a time, beside the one that asks a person."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Vault(Protocol):
    """The operating system's keyring, as blocking calls that may never return.

    All raise a `KeyringProblem`. Only `unlock` asks for the keyring's password; some
    keyrings have a person confirm each reading, and nothing can be done about that.
    """

    def is_locked(self) -> bool:
        """Say whether reading would ask for the keyring's password."""

    def unlock(self) -> None:
        """Ask a person for the keyring's password."""

    def get(self, account_id: str) -> str | None:
        """Give the stored key."""

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""

    def remove(self, account_id: str) -> None:
        """Remove a key; one that isn't there is as good."""


class MemoryVault:
    """A keyring for the demo and for tests: it is gone when the program ends."""

    def __init__(self, keys: dict[str, str] | None = None) -> None:
        self._keys = dict(keys or {})

    def is_locked(self) -> bool:
        """Say no: nothing is locked."""
        return False

    def unlock(self) -> None:
        """Do nothing: nothing is locked."""

    def get(self, account_id: str) -> str | None:
        """Give the kept key."""
        return self._keys.get(account_id)

    def put(self, account_id: str, key: str) -> None:
        """Keep a key."""
        self._keys[account_id] = key

    def remove(self, account_id: str) -> None:
        """Forget a key."""
        self._keys.pop(account_id, None)


class Keychain:
    """The keys of the accounts: read once per start, written only when changed.

    Every call to the vault runs on a daemon thread that nobody joins, so a keyring
    that never answers (one that waits for its password does not) holds up neither the
    other accounts nor the program's end. Whoever asks loses patience; the reading or
    the prompt goes on, is joined by whoever asks next, and what it brings is kept.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        seen: Callable[[Secret], None] = lambda _key: None,
        patience_s: float = PATIENCE_S,
        prompt_patience_s: float = PROMPT_PATIENCE_S,
    ) -> None:
        """Show each key to `seen` before anything is done with it (the log's mask)."""
        self._vault = vault
        self.seen = seen
        self.came_late: Callable[[], None] = lambda: None
        """Called when a reading or a prompt went well after patience had run out."""
        self._patience_s = patience_s
        self._prompt_patience_s = prompt_patience_s
        self._threads = DaemonThreads(AT_ONCE)
        self._prompts = DaemonThreads(1)
        self._keys: dict[str, Secret] = {}
        self._denied: set[str] = set()
        self._readings: dict[str, asyncio.Future[Secret]] = {}
        self._prompt: asyncio.Future[None] | None = None
        self._given_up: set[asyncio.Future[Any]] = set()

    async def key(self, account_id: str) -> Secret:
        """Give an account's key without ever asking a person for a password.

        Raises `KeyMissing` only if the keyring was read and holds none, and a
        `KeyringProblem` if it could not be read. A reading that a person denied is
        not repeated before `unlock`: it would put up its question every minute.
        """
        if account_id in self._keys:
            return self._keys[account_id]
        if account_id in self._denied:
            raise KeyringDenied
        return await self._patiently(self._reading(account_id), self._patience_s)

    async def unlock(self) -> None:
        """Let the keyring ask for its password, once at a time.

        Returns when it is open. Raises `KeyringDenied` if the question was closed
        without a password, `KeyringSlow` if nobody answered it for five minutes.
        """
        self._denied.clear()
        if self._prompt is None or self._prompt.done():
            self._prompt = self._prompts.start(self._vault.unlock)
        await self._patiently(self._prompt, self._prompt_patience_s)

    async def store(self, account_id: str, key: Secret) -> None:
        """Store a key and read it back; nothing is written if it is there already.

        Raises a `KeyringProblem`, `KeyringFailed` too if the keyring gave back
        something else than it was given. What a slow keyring does after `KeyringSlow`
        was raised is taken back: to the person it failed.
        """
        self.seen(key)

        def write(given_up: threading.Event) -> None:
            old = self._read_unlocked(account_id)
            if old == key.reveal() or given_up.is_set():
                return
            self._vault.put(account_id, key.reveal())
            kept = self._vault.get(account_id)
            if given_up.is_set():
                self._put_back(account_id, old)
            elif kept is None or not Secret(kept).same_as(key):
                raise KeyringFailed(detail="the key was not kept")

        await self._ask(write)
        self.read_anew(account_id)
        self._keys[account_id] = key

    async def forget(self, account_id: str) -> None:
        """Remove an account's key."""

        def remove(given_up: threading.Event) -> None:
            if self._vault.is_locked():
                raise KeyringLocked
            if not given_up.is_set():
                self._vault.remove(account_id)

        await self._ask(remove)
        self.read_anew(account_id)

    async def describe(self) -> str:
        """Say which keyring this is and how it is, however long that takes."""
        kind = type(self._vault).__name__.strip("_")
        try:
            locked = await self._threads.start(self._vault.is_locked)
        except KeyringProblem as error:
            return f"{kind}, {error}"
        return f"{kind}, {'locked' if locked else 'open'}"

    def read_anew(self, account_id: str) -> None:
        """Read an account's key again when it is next needed: it was rejected."""
        self._keys.pop(account_id, None)
        self._readings.pop(account_id, None)
        self._denied.discard(account_id)

    def _reading(self, account_id: str) -> asyncio.Future[Secret]:
        """Give the reading that is under way, or begin one."""
        reading = self._readings.get(account_id)
        if reading is None:
            reading = self._threads.start(partial(self._read_key, account_id))
            reading.add_done_callback(partial(self._end_reading, account_id))
            self._readings[account_id] = reading
        return reading

    def _end_reading(self, account_id: str, reading: asyncio.Future[Secret]) -> None:
        """Keep what a reading brought, whoever still waits for it."""
        if self._readings.get(account_id) is not reading:
            return  # the key was changed or removed meanwhile
        del self._readings[account_id]
        error = reading.exception()
        if error is None:
            key = reading.result()
            self.seen(key)
            self._keys[account_id] = key
        elif isinstance(error, KeyringDenied):
            self._denied.add(account_id)

    async def _patiently(self, answer: asyncio.Future[_T], patience_s: float) -> _T:
        """Wait for something that goes on when nobody waits for it any more."""
        try:
            async with asyncio.timeout(patience_s):
                return await asyncio.shield(answer)
        except TimeoutError:
            if answer not in self._given_up:
                self._given_up.add(answer)
                answer.add_done_callback(self._end_late)
            raise KeyringSlow from None

    def _end_late(self, answer: asyncio.Future[Any]) -> None:
        self._given_up.discard(answer)
        if answer.exception() is None:
            self.came_late()

    async def _ask(self, call: Callable[[threading.Event], None]) -> None:
        """Let a call change something, and tell it when nobody waits for it."""
        given_up = threading.Event()
        try:
            async with asyncio.timeout(self._patience_s):
                await self._threads.start(partial(call, given_up))
        except TimeoutError:
            raise KeyringSlow from None
        finally:
            given_up.set()

    # --- on the keyring's threads -------------------------------------------------

    def _read_key(self, account_id: str) -> Secret:
        # Made a secret here already: asyncio's own words may show what a future holds.
        stored = self._read_unlocked(account_id)
        if stored is None:
            raise KeyMissing
        return Secret.parse(stored)

    def _read_unlocked(self, account_id: str) -> str | None:
        if self._vault.is_locked():
            raise KeyringLocked
        return self._vault.get(account_id)

    def _put_back(self, account_id: str, old: str | None) -> None:
        if old is None:
            self._vault.remove(account_id)
        else:
            self._vault.put(account_id, old)


@asynccontextmanager
async def keys_stored(
    keychain: Keychain, keys: Mapping[str, Secret]
) -> AsyncIterator[None]:
    """Store keys, and put the old ones back if anything fails within.

    Without any key the keyring is left alone: a locked one asks no question.
    """
    if keys:
        await keychain.unlock()
    before: dict[str, Secret | None] = {}
    try:
        for account_id, key in keys.items():
            before[account_id] = await _stored_key(keychain, account_id)
            await keychain.store(account_id, key)
        yield
    except Exception:
        for account_id, old in before.items():
            await _put_back(keychain, account_id, old)
        raise


async def forget_key(keychain: Keychain, account_id: str) -> None:
    """Remove a key; one that can't be is a line in the log."""
    try:
        await keychain.forget(account_id)
    except BalanceTrayError as error:
        _log.warning("the key of %s stays in the keyring: %s", account_id, error)


async def _stored_key(keychain: Keychain, account_id: str) -> Secret | None:
    try:
        return await keychain.key(account_id)
    except KeyProblem:
        return None


async def _put_back(keychain: Keychain, account_id: str, key: Secret | None) -> None:
    """Give the keyring back what it held before a change that failed."""
    if key is None:
        await forget_key(keychain, account_id)
        return
    try:
        await keychain.store(account_id, key)
    except BalanceTrayError as error:
        _log.warning("the old key of %s is lost: %s", account_id, error)
