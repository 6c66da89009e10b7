"""The Secret Service (GNOME Keyring, KeePassXC, KWallet) over the session bus."""

import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import secretstorage
from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    MessageFlag,
    MessageType,
    new_method_call,
)
from secretstorage.exceptions import (
    ItemNotFoundException,
    SecretStorageException,
)

from trayapp.core.errors import (
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringProblem,
)
from trayapp.services.keyring.keychain import SERVICE
from trayapp.services.keyring.secret_service_connection import (
    SecretServiceConnection,
    agree_on_session,
    run_on_connection,
    secret_service,
)

_APPLICATION: Final = {"application": "Python keyring library"}
"""As `keyring` writes it, so that its entries are replaced, not doubled."""
_KWALLETS: Final = (
    ("org.kde.kwalletd6", "/modules/kwalletd6"),
    ("org.kde.kwalletd5", "/modules/kwalletd5"),
)
"""KWallet's own services, of Plasma 6 and 5."""
_log = logging.getLogger(__name__)


class SecretServiceVault:
    """The entries of all collections; each call opens a D-Bus connection of its own.

    An entry is found by its attributes, wherever it is: a person may make another
    collection the default one. Only a new key goes to the default collection. If an
    account has several entries, the newest one that can be read counts.

    No call but `unlock` reads or writes a locked collection, because that would prompt
    for its password. KeePassXC may lock single entries and prompt on each connection,
    so the other calls unlock the entry on the connection that uses it.
    """

    def is_locked(self) -> bool:
        """Return whether the default collection is locked, or does not exist.

        KeePassXC has none while no database is open.
        """
        return run_on_connection(lambda connection: _open_default(connection) is None)

    def unlock(self, account_ids: Collection[str], *, writing: bool) -> None:
        """Prompt for the passwords of the collections that are needed, and wait.

        These hold the accounts' entries, or may hold those that are not found. A new
        entry needs the default collection alone, which is created if there is none.
        """

        def unlock(connection: SecretServiceConnection) -> None:
            needed: dict[str, None] = {}
            if not account_ids:
                default = secretstorage.get_default_collection(connection)
                needed = {default.collection_path: None}
            for account_id in account_ids:
                found = _search(connection, account_id)
                needed |= {entry.collection: None for entry in found.locked}
                if not found.entries:
                    default = secretstorage.get_default_collection(connection)
                    hidden = () if writing else found.opaque
                    needed |= dict.fromkeys((default.collection_path, *hidden))
            for path in needed:
                collection = secretstorage.Collection(connection, path)
                if _is_locked(collection):
                    collection.unlock()
                    if collection.is_locked():
                        raise KeyringDenied

        run_on_connection(unlock)

    def get(self, account_id: str) -> str | None:
        """Return the stored key, or None.

        Raises `KeyringLocked` if a locked collection holds it or may hold it.
        """

        def read(connection: SecretServiceConnection) -> str | None:
            found = _search(connection, account_id)
            for entry in found.readable:
                with suppress(ItemNotFoundException):  # it was deleted meanwhile
                    return entry.open(connection).get_secret().decode()
            if found.locked or found.may_be_incomplete:
                raise KeyringLocked
            return None

        return run_on_connection(read)

    def put(self, account_id: str, key: str) -> None:
        """Store a key in place of the account's entries; a new one in the default.

        A locked entry beside others stays, and the new one is newer. Raises
        `KeyringLocked` if all entries are locked, or the default collection is.
        """

        def write(connection: SecretServiceConnection) -> None:
            found = _search(connection, account_id)
            if found.readable:
                newest, *others = found.readable
                # KeePassXC would prompt if `CreateItem` replaced an entry.
                newest.open(connection).set_secret(key.encode())
                for entry in others:
                    entry.try_to_delete(connection)
                return
            path = _open_default(connection)
            if found.locked or path is None:
                raise KeyringLocked
            attributes = _attributes(account_id) | _APPLICATION
            label = f"Password for '{account_id}' on '{SERVICE}'"
            session = agree_on_session(connection)
            collection = secretstorage.Collection(connection, path, session)
            collection.create_item(label, attributes, key.encode(), replace=True)

        run_on_connection(write)

    def remove(self, account_id: str) -> None:
        """Remove every entry of an account; an account without one is no error.

        Raises `KeyringLocked` if an entry stays because it is locked, or if a locked
        collection may hold the only one.
        """

        def remove(connection: SecretServiceConnection) -> None:
            found = _search(connection, account_id)
            for entry in found.readable:
                entry.delete(connection)
            if found.locked or (not found.entries and found.may_be_incomplete):
                raise KeyringLocked
            if found.entries and _search(connection, account_id).entries:
                raise KeyringFailed(detail="an entry stayed")

        run_on_connection(remove)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the Secret Service, which calls it an item."""

    collection: str
    path: str
    is_locked: bool
    """Whether its collection is locked. The entry itself may be, too; see `open`."""
    modified: int
    """The time of its last change, in seconds since 1970."""

    def open(self, connection: SecretServiceConnection) -> secretstorage.Item:
        """Return the item; prompt for it if it alone is locked."""
        session = agree_on_session(connection)
        item = secretstorage.Item(connection, self.path, session)
        if item.is_locked():
            item.unlock()
            if item.is_locked():
                raise KeyringDenied
        return item

    def delete(self, connection: SecretServiceConnection) -> None:
        """Delete it; one that is gone is no error."""
        with suppress(ItemNotFoundException):
            self.open(connection).delete()

    def try_to_delete(self, connection: SecretServiceConnection) -> None:
        """Delete it if that is allowed; the newest entry counts anyway."""
        try:
            self.delete(connection)
        except (DBusErrorResponse, SecretStorageException, KeyringProblem) as error:
            _log.warning("an older copy of a key stays: %s", type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """The result of a search for an account's entries."""

    entries: tuple[_Entry, ...]
    """The newest first."""
    opaque: tuple[str, ...]
    """The locked collections that don't show what they hold."""
    may_be_incomplete: bool
    """Whether an entry may exist that the search did not find."""

    @property
    def readable(self) -> list[_Entry]:
        return [entry for entry in self.entries if not entry.is_locked]

    @property
    def locked(self) -> list[_Entry]:
        return [entry for entry in self.entries if entry.is_locked]


def _open_default(connection: SecretServiceConnection) -> str | None:
    """Return the path of the default collection; None if it is locked or missing."""
    try:
        collection = secretstorage.Collection(connection)
    except ItemNotFoundException:
        return None
    return None if _is_locked(collection) else collection.collection_path


def _search(connection: SecretServiceConnection, account_id: str) -> _Found:
    """Search all collections for an account's entries, without a prompt.

    KeePassXC shows nothing of a locked database, and prompts if it is searched. GNOME
    Keyring shows the entries of a locked collection.
    """
    entries: list[_Entry] = []
    opaque: list[str] = []
    paths = secret_service(connection).get_property("Collections")
    for path in paths:
        with suppress(ItemNotFoundException):  # it was closed meanwhile
            collection = secretstorage.Collection(connection, path)
            is_locked = _is_locked(collection)
            if is_locked and not any(True for _ in collection.get_all_items()):
                opaque.append(path)
                continue
            entries += [
                _Entry(path, item.item_path, is_locked, item.get_modified())
                for item in collection.search_items(_attributes(account_id))
            ]
    entries.sort(key=lambda entry: entry.modified, reverse=True)
    return _Found(
        tuple(entries), tuple(opaque), may_be_incomplete=bool(opaque) or not paths
    )


def _is_locked(collection: secretstorage.Collection) -> bool:
    """Return whether a collection can't be used without its password.

    KWallet calls every collection locked until a program unlocks it, even if the login
    opened the wallet. Unlocking it then shows no prompt.
    """
    if not collection.is_locked():
        return False
    for name, path in _KWALLETS:
        wallet = DBusAddress(path, name, "org.kde.KWallet")
        call = new_method_call(wallet, "isOpen", "s", (collection.get_label(),))
        call.header.flags |= MessageFlag.no_auto_start
        reply = collection.connection.send_and_get_reply(call)
        is_reply = reply.header.message_type is MessageType.method_return
        if is_reply and reply.body[0]:
            collection.unlock()
            return collection.is_locked()
    return True


def _attributes(account_id: str) -> dict[str, str]:
    return {"service": SERVICE, "username": account_id}
