"""The Secret Service (GNOME Keyring, KeePassXC, KWallet) over the session bus."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final, TypeVar

import secretstorage
from jeepney import DBusErrorResponse, MatchRule, Message
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy
from secretstorage.exceptions import (
    ItemNotFoundException,
    LockedException,
    PromptDismissedException,
    SecretServiceNotAvailableException,
)
from secretstorage.util import add_match_rules

from trayapp.core.errors import (
    BalanceTrayError,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringProblem,
    KeyringSlow,
    SessionBusAbsent,
)
from trayapp.services.desktop.dbus_connection import NoBusError, bus_socket
from trayapp.services.keyring.keychain import SERVICE

_NAME: Final = "org.freedesktop.secrets"
_REPLY_S: Final = 30.0
"""Seconds for one call. A prompt is no call and has no time limit here."""
_APPLICATION: Final = {"application": "Python keyring library"}
"""As `keyring` writes it, so that its entries are replaced, not doubled."""
_ERRORS: Final[dict[str, type[KeyringProblem]]] = {
    "org.freedesktop.Secret.Error.IsLocked": KeyringLocked,
    "org.freedesktop.DBus.Error.AccessDenied": KeyringDenied,
    "org.freedesktop.DBus.Error.NameHasNoOwner": KeyringAbsent,
    "org.freedesktop.DBus.Error.TimedOut": KeyringSlow,
    "org.freedesktop.DBus.Error.Timeout": KeyringSlow,
}
_T = TypeVar("_T")


class SecretServiceVault:
    """The default collection; each call opens a D-Bus connection of its own.

    No call but `unlock` reads or writes a locked collection, because that would prompt
    for its password. KeePassXC may lock single entries and prompt on each connection,
    so `get` unlocks the entry on the connection that reads it.
    """

    def is_locked(self) -> bool:
        """Return whether the collection is locked, or does not exist; see `unlock`.

        KeePassXC has none while no database is open. The key is not missing then.
        """

        def check(connection: _Connection) -> bool:
            try:
                _open_collection(connection)
            except KeyringLocked:
                return True
            return False

        return _run(check)

    def unlock(self) -> None:
        """Prompt for the password, or for that of a new collection, and wait for it."""

        def unlock(connection: _Connection) -> None:
            collection = secretstorage.get_default_collection(connection)
            if collection.is_locked():
                collection.unlock()
                if collection.is_locked():
                    raise KeyringDenied

        _run(unlock)

    def get(self, account_id: str) -> str | None:
        """Return the stored key, or None."""

        def read(connection: _Connection) -> str | None:
            for item in _items(connection, account_id):
                if item.is_locked():
                    item.unlock()
                    if item.is_locked():
                        raise KeyringDenied
                return item.get_secret().decode()
            return None

        return _run(read)

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""

        def write(connection: _Connection) -> None:
            attributes = _attributes(account_id) | _APPLICATION
            label = f"Password for '{account_id}' on '{SERVICE}'"
            collection = _open_collection(connection)
            collection.create_item(label, attributes, key.encode(), replace=True)

        _run(write)

    def remove(self, account_id: str) -> None:
        """Remove a key; one that is not stored is no error."""

        def remove(connection: _Connection) -> None:
            for item in tuple(_items(connection, account_id)):
                item.delete()

        _run(remove)


class _Connection(DBusConnection):
    """A connection that stops waiting for a reply or a prompt that can't come.

    SecretStorage waits for a reply without a limit. It waits for the end of a prompt
    even when the service that showed it is gone.
    """

    def __init__(self) -> None:
        super().__init__(bus_socket("SESSION"))
        self._owners: deque[Message] = deque()
        add_match_rules(self)
        rule = MatchRule(
            type="signal",
            sender="org.freedesktop.DBus",
            interface="org.freedesktop.DBus",
            member="NameOwnerChanged",
        )
        rule.add_arg_condition(0, _NAME)
        Proxy(message_bus, self).AddMatch(rule)
        self.filter(rule, queue=self._owners)

    def send_and_get_reply(
        self, message: Message, *, timeout: float | None = None
    ) -> Message:
        """Wait for the reply; `TimeoutError` after 30 seconds."""
        return super().send_and_get_reply(message, timeout=timeout or _REPLY_S)

    def recv_until_filtered(
        self, queue: deque[Message], *, timeout: float | None = None
    ) -> Message:
        """Wait for the end of a prompt, or of the service that showed it."""
        while not queue:
            for _, old_owner, _ in (signal.body for signal in self._owners):
                if old_owner:  # without one, our own call has just started the service
                    raise SecretServiceNotAvailableException(_NAME)
            self.recv_messages(timeout=timeout)
        return queue.popleft()


def _open_collection(connection: _Connection) -> secretstorage.Collection:
    """Return the default collection; `KeyringLocked` if it is locked or missing."""
    try:
        collection = secretstorage.Collection(connection)
    except ItemNotFoundException:
        raise KeyringLocked from None
    if collection.is_locked():
        raise KeyringLocked
    return collection


def _items(connection: _Connection, account_id: str) -> Iterator[secretstorage.Item]:
    return _open_collection(connection).search_items(_attributes(account_id))


def _attributes(account_id: str) -> dict[str, str]:
    return {"service": SERVICE, "username": account_id}


def _run(operation: Callable[[_Connection], _T]) -> _T:
    """Run an operation on a new connection, and close the connection.

    A foreign exception becomes a `KeyringProblem`. It is not chained, not even as the
    context, because some exceptions quote the key that could not be stored.
    """
    try:
        with closing(_Connection()) as connection:
            return operation(connection)
    except BalanceTrayError:
        raise
    except Exception as error:  # noqa: BLE001  # translated below
        problem = _keyring_problem(error)
    raise problem


def _keyring_problem(error: Exception) -> KeyringProblem:
    """Translate an exception of SecretStorage, D-Bus or the system."""
    detail = type(error).__name__
    if isinstance(error, DBusErrorResponse):
        return _ERRORS.get(error.name, KeyringFailed)(detail=error.name)
    # The last one: the service has left the bus, or the bus itself has ended.
    for kind, problem in (
        (PromptDismissedException, KeyringDenied()),
        (LockedException, KeyringLocked()),
        (TimeoutError, KeyringSlow(detail=detail)),
        (NoBusError, SessionBusAbsent()),
        ((SecretServiceNotAvailableException, OSError), KeyringAbsent(detail=detail)),
    ):
        if isinstance(error, kind):
            return problem
    return KeyringFailed(detail=detail)
