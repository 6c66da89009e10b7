"""The keychain: the accounts' API keys, stored only in the system's keyring."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from trayapp.core.errors import (
    BalanceTrayError,
    KeyMissing,
    KeyNotKept,
    KeyProblem,
    KeyringDenied,
    KeyringLocked,
    KeyringProblem,
    KeyringSlow,
)
from trayapp.core.secret import Secret
from trayapp.services.keyring.daemon_threads import DaemonThreads

SERVICE: Final = "balance-tray"
"""The keyring's service name; the user name is the account's id."""
TIMEOUT_S: Final = 10.0
"""Seconds until a call to the keyring counts as slow."""
CHANGE_TIMEOUT_S: Final = 60.0
"""Seconds to write or remove a key; KeePassXC may ask a person for each access."""
PROMPT_TIMEOUT_S: Final = 300.0
"""Seconds for a person to type the keyring's password."""
MAX_CALLS: Final = 4
"""The most calls to the keyring at a time, besides the one that shows a prompt."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Vault(Protocol):
    """One system's keyring, as blocking calls that may never return.

    A vault stores keys; a `Keychain` calls it with time limits and keeps what it read.
    All methods may raise a `KeyringProblem`, and `KeyringLocked` where the keyring's
    password is needed. Only `unlock` may show a prompt for it. But some keyrings make a
    person confirm each reading.
    """

    def is_locked(self) -> bool:
        """Return whether storing a new key would ask for the keyring's password."""

    def unlock(self, account_ids: Collection[str], *, writing: bool) -> None:
        """Prompt for the passwords that these keys need, and wait.

        Without accounts, it is the password for a new key. If the keys are `writing`, a
        key that is not found is a new one.
        """

    def get(self, account_id: str) -> str | None:
        """Return the stored key, or None."""

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""

    def remove(self, account_id: str) -> None:
        """Remove all copies of a key; one that is not stored is no error."""


class MemoryVault:
    """A vault in memory, for the demo and for tests."""

    def __init__(self, keys: dict[str, str] | None = None) -> None:
        self._keys = dict(keys or {})

    def is_locked(self) -> bool:
        """Return False, as it is never locked."""
        return False

    def unlock(self, account_ids: Collection[str], *, writing: bool) -> None:
        """Do nothing, as it is never locked."""

    def get(self, account_id: str) -> str | None:
        """Return the stored key, or None."""
        return self._keys.get(account_id)

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""
        self._keys[account_id] = key

    def remove(self, account_id: str) -> None:
        """Remove a key; one that is not stored is no error."""
        self._keys.pop(account_id, None)


class Keychain:
    """The accounts' keys: read once per start, and written only when they change.

    Each call to the vault runs on a daemon thread and has a time limit. Thus a keyring
    that never responds, as one that waits for its password, delays neither the other
    accounts nor the program's end. After the time limit a reading or a prompt goes on.
    The next caller joins it, and its result is kept.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        mask: Callable[[Secret], None] = lambda _key: None,
        timeout_s: float = TIMEOUT_S,
        change_timeout_s: float = CHANGE_TIMEOUT_S,
        prompt_timeout_s: float = PROMPT_TIMEOUT_S,
    ) -> None:
        """Pass each key to `mask`, the log's redactor, before any other use."""
        self._vault = vault
        self.mask = mask
        self.finished_late: Callable[[], None] = lambda: None
        """Called when a reading or a prompt succeeds after its time limit."""
        self._timeout_s = timeout_s
        self._change_timeout_s = change_timeout_s
        self._prompt_timeout_s = prompt_timeout_s
        self._threads = DaemonThreads(MAX_CALLS)
        self._prompts = DaemonThreads(1)
        self._keys: dict[str, Secret] = {}
        self._denied: set[str] = set()
        self._readings: dict[str, asyncio.Future[Secret]] = {}
        self._prompt: asyncio.Future[None] | None = None
        self._prompted: tuple[frozenset[str], bool] = frozenset(), False
        """What the last prompt was for."""
        self._overdue: set[asyncio.Future[Any]] = set()

    async def key(self, account_id: str) -> Secret:
        """Return an account's key without a prompt for the keyring's password.

        Raises `KeyMissing` only if the keyring was read and holds no key, and a
        `KeyringProblem` if it could not be read. A reading that a person denied is
        not repeated before `unlock`, because its prompt would appear at every poll.
        """
        if account_id in self._keys:
            return self._keys[account_id]
        if account_id in self._denied:
            raise KeyringDenied
        return await self._wait(self._reading(account_id), self._timeout_s)

    async def unlock(
        self, account_ids: Collection[str] = (), *, writing: bool = False
    ) -> None:
        """Let the keyring prompt for its password, with one prompt at a time.

        Returns when the keys of these accounts can be read, or written. Raises
        `KeyringDenied` if a person closed the prompt, and `KeyringSlow` after five
        minutes without a password.
        """
        self._denied.clear()
        needed = frozenset(account_ids), writing
        if self._prompt is None or self._prompt.done() or self._prompted != needed:
            # One that still waits for a person comes first, and may suffice.
            unlock = partial(self._vault.unlock, needed[0], writing=writing)
            self._prompt, self._prompted = self._prompts.start(unlock), needed
        await self._wait(self._prompt, self._prompt_timeout_s)

    async def store(self, account_id: str, key: Secret) -> None:
        """Store a key and read it back; a key that is stored already is not written.

        Raises a `KeyringProblem`, which is `KeyNotKept` if the keyring returned another
        key. The old key is then put back. It also is if a slow keyring stores the key
        after `KeyringSlow` was raised: the person saw that storing it failed.
        """
        self.mask(key)

        def write(timed_out: threading.Event) -> None:
            old = self._old_key(account_id)
            if old == key.reveal() or timed_out.is_set():
                return
            self._vault.put(account_id, key.reveal())
            stored = self._vault.get(account_id)
            is_kept = stored is not None and Secret(stored).same_as(key)
            if not is_kept or timed_out.is_set():
                self._put_back(account_id, old)
            if not is_kept:
                raise KeyNotKept

        await self._change(write)
        self.invalidate(account_id)
        self._keys[account_id] = key

    async def remove(self, account_id: str) -> None:
        """Remove all copies of an account's key from the keyring.

        Raises a `KeyringProblem` if one stays.
        """

        def remove(timed_out: threading.Event) -> None:
            if not timed_out.is_set():
                self._vault.remove(account_id)

        await self._change(remove)
        self.invalidate(account_id)

    @property
    def is_busy(self) -> bool:
        """Whether a call to the keyring runs or waits; any thread may read it."""
        return self._threads.is_busy or self._prompts.is_busy

    async def describe(self) -> str:
        """Describe the keyring and whether it is locked, without a time limit."""
        kind = type(self._vault).__name__.strip("_")
        try:
            locked = await self._threads.start(self._vault.is_locked)
        except KeyringProblem as error:
            return f"{kind}, {error}"
        return f"{kind}, {'locked' if locked else 'open'}"

    def invalidate(self, account_id: str) -> None:
        """Drop an account's key from memory, so that its next use reads the keyring."""
        self._keys.pop(account_id, None)
        self._readings.pop(account_id, None)
        self._denied.discard(account_id)

    def _reading(self, account_id: str) -> asyncio.Future[Secret]:
        """Return the reading that runs, or start one."""
        reading = self._readings.get(account_id)
        if reading is None:
            reading = self._threads.start(partial(self._read_key, account_id))
            reading.add_done_callback(partial(self._end_reading, account_id))
            self._readings[account_id] = reading
        return reading

    def _end_reading(self, account_id: str, reading: asyncio.Future[Secret]) -> None:
        """Keep the key of a finished reading, even if its callers have timed out."""
        if self._readings.get(account_id) is not reading:
            return  # the key was changed or removed meanwhile
        del self._readings[account_id]
        error = reading.exception()
        if error is None:
            key = reading.result()
            self.mask(key)
            self._keys[account_id] = key
        elif isinstance(error, KeyringDenied):
            self._denied.add(account_id)

    async def _wait(self, call: asyncio.Future[_T], timeout_s: float) -> _T:
        """Wait for a call, but not after the timeout; the call may outlive it."""
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(call)
        except TimeoutError:
            if call not in self._overdue:
                self._overdue.add(call)
                call.add_done_callback(self._end_overdue)
            raise KeyringSlow from None

    def _end_overdue(self, call: asyncio.Future[Any]) -> None:
        self._overdue.discard(call)
        if call.exception() is None:
            self.finished_late()

    async def _change(self, call: Callable[[threading.Event], None]) -> None:
        """Run a call that changes the keyring; its event says that its time is over."""
        timed_out = threading.Event()
        try:
            async with asyncio.timeout(self._change_timeout_s):
                await self._threads.start(partial(call, timed_out))
        except TimeoutError:
            raise KeyringSlow from None
        finally:
            timed_out.set()

    # --- on the keyring's threads -------------------------------------------------

    def _read_key(self, account_id: str) -> Secret:
        # Wrapped on this thread: asyncio's debug messages show the results of futures.
        stored = self._vault.get(account_id)
        if stored is None:
            raise KeyMissing
        return Secret.parse(stored)

    def _old_key(self, account_id: str) -> str | None:
        """Return the key that is to be replaced; None if it can't be found.

        It may be in a locked collection. Then the new key is stored beside it, or the
        vault refuses to store it.
        """
        try:
            return self._vault.get(account_id)
        except KeyringLocked:
            return None

    def _put_back(self, account_id: str, old: str | None) -> None:
        if old is None:
            self._vault.remove(account_id)
        else:
            self._vault.put(account_id, old)


@asynccontextmanager
async def keys_stored(
    keychain: Keychain,
    keys: Mapping[str, Secret],
    on_unlocked: Callable[[], None] = lambda: None,
) -> AsyncIterator[None]:
    """Store keys, and put the old ones back if the `with` block raises.

    Without keys, a locked keyring is not unlocked and shows no prompt. `on_unlocked` is
    called before the first key is written.
    """
    if keys:
        await keychain.unlock(keys, writing=True)
        on_unlocked()
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


async def remove_key(keychain: Keychain, account_id: str) -> None:
    """Remove a key; a failure is logged."""
    try:
        await keychain.remove(account_id)
    except BalanceTrayError as error:
        _log.warning("the key of %s stays in the keyring: %s", account_id, error)


async def _stored_key(keychain: Keychain, account_id: str) -> Secret | None:
    try:
        return await keychain.key(account_id)
    except (KeyProblem, KeyringLocked):  # a new key may go to an open collection
        return None


async def _put_back(keychain: Keychain, account_id: str, key: Secret | None) -> None:
    """Restore a key after a change that failed."""
    if key is None:
        await remove_key(keychain, account_id)
        return
    try:
        await keychain.store(account_id, key)
    except BalanceTrayError as error:
        _log.warning("the old key of %s is lost: %s", account_id, error)
