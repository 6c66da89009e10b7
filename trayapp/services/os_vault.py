"""The three keyrings that are trusted with a key, each used directly.

`keyring.get_password` would choose a backend by itself: it remembers for good that no
keyring was there at login, and an environment variable, a configuration file or an
installed package can make it choose one that keeps keys in plain text.
"""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import keyring.errors
from keyring.backend import KeyringBackend

from trayapp.core.errors import (
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
)
from trayapp.services.keychain import SERVICE, Vault

_DEFAULT_COLLECTION: Final = "/org/freedesktop/secrets/aliases/default"


def os_vault() -> Vault:
    """Give this operating system's keyring; whether one runs shows when it is used."""
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring  # noqa: PLC0415  # its own

        return _BackendVault(WinVaultKeyring)
    if sys.platform == "darwin":
        from keyring.backends.macOS import Keyring  # noqa: PLC0415  # its own system

        return _BackendVault(Keyring)
    return _SecretServiceVault()


class _BackendVault:
    """A keyring backend class of one system, made anew for each call."""

    def __init__(self, backend: type[KeyringBackend]) -> None:
        self._backend = backend

    def is_locked(self) -> bool:
        """Say no: Windows has no lock of its own, macOS asks by itself."""
        return False

    def unlock(self) -> None:
        """Do nothing: the system asks when a key is read."""

    def get(self, account_id: str) -> str | None:
        with _translated():
            return self._backend().get_password(SERVICE, account_id)

    def put(self, account_id: str, key: str) -> None:
        with _translated():
            self._backend().set_password(SERVICE, account_id, key)

    def remove(self, account_id: str) -> None:
        with _translated():
            try:
                self._backend().delete_password(SERVICE, account_id)
            except keyring.errors.PasswordDeleteError:
                return


class _SecretServiceVault(_BackendVault):
    """GNOME Keyring, KeePassXC or KWallet, over the session bus (Linux).

    The state of the default collection is looked at first, because reading from a
    locked one asks for a password and waits for it without end.
    """

    def __init__(self) -> None:
        from keyring.backends.SecretService import Keyring  # noqa: PLC0415  # Linux only

        super().__init__(Keyring)

    def is_locked(self) -> bool:
        return self._default_is_locked() is True

    def unlock(self) -> None:
        with _translated():
            collection = self._backend().get_preferred_collection()  # type: ignore[attr-defined]  # the Secret Service's backend has it
            collection.connection.close()

    def get(self, account_id: str) -> str | None:
        if self._default_is_locked() is None:
            return None  # reading would offer to create a keyring
        return super().get(account_id)

    def remove(self, account_id: str) -> None:
        if self._default_is_locked() is not None:
            super().remove(account_id)

    def _default_is_locked(self) -> bool | None:
        """Say whether the default collection is locked; None if there is none."""
        import secretstorage  # noqa: PLC0415  # Linux only

        with _translated(), closing(secretstorage.dbus_init()) as connection:
            if not secretstorage.check_service_availability(connection):
                raise KeyringAbsent
            try:
                default = secretstorage.Collection(connection, _DEFAULT_COLLECTION)
                return default.is_locked()
            except secretstorage.exceptions.ItemNotFoundException:
                return None


@contextmanager
def _translated() -> Iterator[None]:
    """Turn a backend's exceptions into ours, without their texts.

    They are not chained: some quote the value that could not be stored.
    """
    try:
        yield
    except keyring.errors.KeyringLocked:
        raise KeyringDenied from None
    except (keyring.errors.InitError, keyring.errors.NoKeyringError) as error:
        raise KeyringAbsent(detail=type(error).__name__) from None
    except keyring.errors.KeyringError as error:
        raise KeyringFailed(detail=type(error).__name__) from None
    except Exception as error:  # noqa: BLE001  # sorted out below, by its module
        raise _secret_service_problem(error) from None


def _secret_service_problem(error: Exception) -> Exception:
    """Name what SecretStorage or D-Bus said; anything unknown goes on as it is."""
    detail = type(error).__name__
    if isinstance(error, FileNotFoundError | ConnectionError):
        return KeyringAbsent(detail=detail)  # the session's bus has ended
    if not type(error).__module__.startswith(("secretstorage", "jeepney")):
        return error
    if detail in {"SecretServiceNotAvailableException", "DBusErrorResponse"}:
        return KeyringAbsent(detail=detail)
    if detail == "LockedException":
        return KeyringLocked()
    if detail == "PromptDismissedException":
        return KeyringDenied()
    return KeyringFailed(detail=detail)
