"""A keyring in memory that tests lock and break."""

from collections.abc import Callable, Collection

from trayapp.core.errors import BalanceTrayError, KeyringLocked
from trayapp.services.keyring.keychain import MemoryVault


class FakeVault(MemoryVault):
    """A keyring that records its calls, and can be locked or fail."""

    def __init__(self, **keys: str) -> None:
        super().__init__(keys)
        self.calls: list[str] = []
        """All unlocks and changes, as `put a`."""
        self.prompts: list[tuple[list[str], bool]] = []
        """The accounts of each unlock, and whether their keys were to be written."""
        self.locked = False
        self.error: type[BalanceTrayError] | None = None
        """Raised by each call."""
        self.before: Callable[[str], object] = lambda _: None
        """Called with each of `calls`, before it is recorded; it may raise."""

    def is_locked(self) -> bool:
        """Return `locked`, or raise `error`."""
        if self.error is not None:
            raise self.error
        return self.locked

    def unlock(self, account_ids: Collection[str], *, writing: bool) -> None:
        """Open the keyring, or raise `error`."""
        self.prompts.append((sorted(account_ids), writing))
        self._record("unlock")
        if self.error is not None:
            raise self.error
        self.locked = False

    def get(self, account_id: str) -> str | None:
        """Return the stored key, or None."""
        self._refuse()
        return super().get(account_id)

    def put(self, account_id: str, key: str) -> None:
        """Record the call, and store the key."""
        self._refuse()
        self._record(f"put {account_id}")
        super().put(account_id, key)

    def remove(self, account_id: str) -> None:
        """Record the call, and remove the key."""
        self._refuse()
        self._record(f"remove {account_id}")
        super().remove(account_id)

    def _refuse(self) -> None:
        """Raise what a locked or broken keyring raises."""
        if self.is_locked():
            raise KeyringLocked

    def _record(self, call: str) -> None:
        self.before(call)
        self.calls.append(call)
