"""The three keyrings that are trusted with a key, each used directly.

`keyring.get_password` would choose a backend by itself: it remembers for good that no
keyring was there at login, and an environment variable, a configuration file or an
installed package can make it choose one that keeps keys in plain text.
"""

import sys
from collections.abc import Callable
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
    """Give this operating system's keyring; whether one runs shows when it is used."""
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
    """A backend class of `keyring` for one system, made anew for each call."""

    def __init__(self, backend: "type[KeyringBackend]") -> None:
        self._backend = backend

    def is_locked(self) -> bool:
        """Say no: Windows has no lock of its own, macOS asks by itself."""
        return False

    def unlock(self) -> None:
        """Do nothing: the system asks when a key is read."""

    def get(self, account_id: str) -> str | None:
        """Give the stored key."""
        return _done(lambda: self._backend().get_password(SERVICE, account_id))

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""
        _done(lambda: self._backend().set_password(SERVICE, account_id, key))

    def remove(self, account_id: str) -> None:
        """Remove a key; one that isn't there is as good."""
        from keyring.errors import PasswordDeleteError  # noqa: PLC0415  # not on Linux

        def delete() -> None:
            try:
                self._backend().delete_password(SERVICE, account_id)
            except PasswordDeleteError:
                return

        _done(delete)


def _done(call: Callable[[], _T]) -> _T:
    """Make a call whose exceptions are told in our words, without their own.

    They are not chained, not even as the context: some quote the value that could not
    be stored.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001  # any backend, any fault
        problem = _as_ours(error)
    raise problem


def _as_ours(error: Exception) -> KeyringProblem:
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
