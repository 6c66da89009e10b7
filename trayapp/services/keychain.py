"""The API keys in the operating system's keyring, and never anywhere else."""

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, TypeVar

from trayapp.core.errors import (
    BalanceTrayError,
    KeyMissing,
    KeyringFailed,
    KeyringLocked,
    KeyringSlow,
)
from trayapp.core.secret import Secret

SERVICE: Final = "balance-tray"
"""The keyring's service name; the user name is the account's id (design.md)."""
PATIENCE_S: Final = 10.0
"""Seconds that a keyring may take to answer before it counts as slow."""
_PROMPT_PATIENCE_S: Final = 300.0
"""Seconds that a person may take to type the keyring's password."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Vault(Protocol):
    """The operating system's keyring, as blocking calls that may never return.

    All raise a `KeyringProblem`. Only `unlock` may ask a person something.
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

    Every call to the vault runs on a daemon thread of its own that nobody joins, so
    a keyring that never answers (one that waits for its password does not) holds up
    neither the other accounts nor the program's end.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        seen: Callable[[Secret], None] = lambda _key: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Show each key to `seen` before anything is done with it (the log's mask)."""
        self._vault = vault
        self.seen = seen
        self._patience_s = patience_s
        self._keys: dict[str, Secret] = {}
        self._prompt: asyncio.Future[None] | None = None

    async def key(self, account_id: str) -> Secret:
        """Give an account's key without ever asking a person for a password.

        Raises `KeyMissing` only if the keyring was read and holds none, and a
        `KeyringProblem` if it could not be read.
        """
        if account_id not in self._keys:
            stored = await self._ask(lambda: self._read_unlocked(account_id))
            if stored is None:
                raise KeyMissing
            key = Secret.parse(stored)
            self.seen(key)
            self._keys[account_id] = key
        return self._keys[account_id]

    async def unlock(self) -> None:
        """Let the keyring ask for its password, once at a time.

        Returns when it is open. Raises `KeyringDenied` if the question was closed
        without a password, `KeyringSlow` if nobody answered it for five minutes.
        """
        if self._prompt is None or self._prompt.done():
            self._prompt = on_daemon_thread(self._vault.unlock)
        await _within(asyncio.shield(self._prompt), _PROMPT_PATIENCE_S)

    async def store(self, account_id: str, key: Secret) -> None:
        """Store a key and read it back; nothing is written if it is there already.

        Raises a `KeyringProblem`, `KeyringFailed` too if the keyring gave back
        something else than it was given.
        """
        self.seen(key)

        def write() -> str | None:
            if self._read_unlocked(account_id) == key.reveal():
                return key.reveal()
            self._vault.put(account_id, key.reveal())
            return self._vault.get(account_id)

        kept = await self._ask(write)
        if kept is None or not Secret(kept).same_as(key):
            raise KeyringFailed(detail="the key was not kept")
        self._keys[account_id] = key

    async def forget(self, account_id: str) -> None:
        """Remove an account's key."""

        def remove() -> None:
            if self._vault.is_locked():
                raise KeyringLocked
            self._vault.remove(account_id)

        await self._ask(remove)
        self._keys.pop(account_id, None)

    def read_anew(self, account_id: str) -> None:
        """Read an account's key again when it is next needed: it was rejected."""
        self._keys.pop(account_id, None)

    def _read_unlocked(self, account_id: str) -> str | None:
        if self._vault.is_locked():
            raise KeyringLocked
        return self._vault.get(account_id)

    async def _ask(self, call: Callable[[], _T]) -> _T:
        return await _within(on_daemon_thread(call), self._patience_s)


async def _within(answer: asyncio.Future[_T], patience_s: float) -> _T:
    try:
        async with asyncio.timeout(patience_s):
            return await answer
    except TimeoutError:
        raise KeyringSlow from None


def on_daemon_thread(call: Callable[[], _T]) -> asyncio.Future[_T]:
    """Run a call that may block for ever where nobody waits for it.

    The future belongs to the running loop. An exception that is not one of ours
    becomes `KeyringFailed`, without its text: a backend's may quote what it was given.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()

    def give(result: _T) -> None:
        if not answer.done():
            answer.set_result(result)

    def fail(error: BalanceTrayError) -> None:
        if not answer.done():
            answer.set_exception(error)
            answer.exception()  # or asyncio would log one that nobody waits for

    def run() -> None:
        tell: Callable[[], None]
        try:
            tell = partial(give, call())
        except BalanceTrayError as error:
            tell = partial(fail, error)
        except Exception as error:  # noqa: BLE001  # any backend, any fault
            _log.warning("the keyring failed: %s", type(error).__name__)
            tell = partial(fail, KeyringFailed(detail=type(error).__name__))
        try:
            loop.call_soon_threadsafe(tell)
        except RuntimeError:
            _log.debug("the keyring answered after the program had ended")

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return answer
