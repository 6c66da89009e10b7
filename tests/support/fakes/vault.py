"""A keyring in memory that tests lock and break."""

from typing import TYPE_CHECKING

from trayapp.services.keyring.keychain import MemoryVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.core.errors import BalanceTrayError


class FakeVault(MemoryVault):
    """A keyring that records its calls, and can be locked or fail."""

    def __init__(self, **keys: str) -> None:
        super().__init__(keys)
        self.calls: list[str] = []
        """All unlocks and changes, as `put a`."""
        self.locked = False
        self.error: type[BalanceTrayError] | None = None
        """Raised by `is_locked` and `unlock`."""
        self.before: Callable[[str], object] = lambda _: None
        """Called with each of `calls`, before it is recorded; it may raise."""

    def is_locked(self) -> bool:
        """Return `locked`, or raise `error`."""
        if self.error is not None:
            raise self.error
        return self.locked

    def unlock(self) -> None:
        """Open the keyring, or raise `error`."""
        self._record("unlock")
        if self.error is not None:
            raise self.error
        self.locked = False

    def put(self, account_id: str, key: str) -> None:
        """Record the call, and store the key."""
        self._record(f"put {account_id}")
        super().put(account_id, key)

    def remove(self, account_id: str) -> None:
        """Record the call, and remove the key."""
        self._record(f"remove {account_id}")
        super().remove(account_id)

    def _record(self, call: str) -> None:
        self.before(call)
        self.calls.append(call)
