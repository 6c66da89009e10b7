"""The keyring of each operating system, used directly.

`keyring.get_password` chooses a backend by itself. If there was no keyring at login, it
never looks again. And an environment variable, a configuration file or an installed
package can make it choose a backend that stores keys in plain text.
"""

import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

from trayapp.core.errors import (
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringProblem,
)
from trayapp.services.keyring.keychain import SERVICE, Vault

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_T = TypeVar("_T")


def system_vault() -> Vault:
    """Return the vault of this operating system; its calls show whether one runs."""
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring  # noqa: PLC0415  # its own

        return BackendVault(WinVaultKeyring)
    if sys.platform == "darwin":
        from keyring.backends.macOS import Keyring  # noqa: PLC0415  # its own system

        return BackendVault(Keyring)
    from trayapp.services.keyring.secret_service import (  # noqa: PLC0415  # Linux only
        SecretServiceVault,
    )

    return SecretServiceVault()


class BackendVault:
    """A vault over a backend class of `keyring`; each call makes a new instance."""

    def __init__(self, backend: "type[KeyringBackend]") -> None:
        self._backend = backend

    def is_locked(self) -> bool:
        """Return False: Windows has no lock, and macOS prompts when a key is read."""
        return False

    def unlock(self, account_ids: Collection[str], *, writing: bool) -> None:
        """Do nothing, as the system prompts when a key is read."""

    def get(self, account_id: str) -> str | None:
        """Return the stored key, or None."""
        return _translated(lambda: self._backend().get_password(SERVICE, account_id))

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""
        _translated(lambda: self._backend().set_password(SERVICE, account_id, key))

    def remove(self, account_id: str) -> None:
        """Remove a key; one that is not stored is no error."""
        from keyring.errors import PasswordDeleteError  # noqa: PLC0415  # not on Linux

        def delete() -> None:
            try:
                self._backend().delete_password(SERVICE, account_id)
            except PasswordDeleteError:
                return

        _translated(delete)


def _translated(call: Callable[[], _T]) -> _T:
    """Run a call and turn its exceptions into a `KeyringProblem`, without their text.

    They are not chained, not even as the context, because some exceptions quote the
    key that could not be stored.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001  # any backend, any fault
        problem = _keyring_problem(error)
    raise problem


def _keyring_problem(error: Exception) -> KeyringProblem:
    from keyring.errors import (  # noqa: PLC0415  # not on Linux
        InitError,
        KeyringLocked,
        NoKeyringError,
    )

    detail = type(error).__name__
    if isinstance(error, KeyringLocked):
        return KeyringDenied()
    if isinstance(error, InitError | NoKeyringError):
        return KeyringAbsent(detail=detail)
    return KeyringFailed(detail=detail)
