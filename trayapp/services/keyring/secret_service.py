"""GNOME Keyring, KeePassXC or KWallet: the Secret Service over the session bus."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final, TypeVar

import secretstorage
from jeepney import DBusErrorResponse, MatchRule, Message
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, prep_socket
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
)
from trayapp.services.keyring.keychain import SERVICE

_NAME: Final = "org.freedesktop.secrets"
_REPLY_S: Final = 30.0
"""How long a call may take. A prompt is no call: it has all the time that it wants."""
_APPLICATION: Final = {"application": "Python keyring library"}
"""What `keyring` writes, too: an entry of its making is replaced, not doubled."""
_ERRORS: Final[dict[str, type[KeyringProblem]]] = {
    "org.freedesktop.Secret.Error.IsLocked": KeyringLocked,
    "org.freedesktop.DBus.Error.AccessDenied": KeyringDenied,
    "org.freedesktop.DBus.Error.NameHasNoOwner": KeyringAbsent,
    "org.freedesktop.DBus.Error.TimedOut": KeyringSlow,
    "org.freedesktop.DBus.Error.Timeout": KeyringSlow,
}
_T = TypeVar("_T")


class SecretServiceVault:
    """The default collection, looked at on a connection of its own for each call.

    Nothing is read from or written to a locked one, because that would ask for its
    password. KeePassXC may lock each entry and ask a person on each connection: it is
    asked where the key is read.
    """

    def is_locked(self) -> bool:
        """Say whether it is locked; where there is none, `unlock` makes one.

        KeePassXC has none while no database is open: the key is not missing then.
        """

        def look(line: _Line) -> bool:
            try:
                _opened(line)
            except KeyringLocked:
                return True
            return False

        return _spoken(look)

    def unlock(self) -> None:
        """Ask a person for the password, or to choose one for a new collection."""

        def ask(line: _Line) -> None:
            collection = secretstorage.get_default_collection(line)
            if collection.is_locked():
                collection.unlock()
                if collection.is_locked():
                    raise KeyringDenied

        _spoken(ask)

    def get(self, account_id: str) -> str | None:
        """Give the stored key."""

        def read(line: _Line) -> str | None:
            for item in _entries(line, account_id):
                if item.is_locked():
                    item.unlock()
                    if item.is_locked():
                        raise KeyringDenied
                return item.get_secret().decode()
            return None

        return _spoken(read)

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""

        def write(line: _Line) -> None:
            attributes = _attributes(account_id) | _APPLICATION
            label = f"Password for '{account_id}' on '{SERVICE}'"
            collection = _opened(line)
            collection.create_item(label, attributes, key.encode(), replace=True)

        _spoken(write)

    def remove(self, account_id: str) -> None:
        """Remove a key; one that isn't there is as good."""

        def remove(line: _Line) -> None:
            for item in tuple(_entries(line, account_id)):
                item.delete()

        _spoken(remove)


class _Line(DBusConnection):
    """A connection on which nothing is waited for that can't come any more.

    SecretStorage waits for a reply without limit, and for the end of a prompt even
    when the service that put it up is gone.
    """

    def __init__(self) -> None:
        super().__init__(prep_socket(get_bus("SESSION")))
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
        """Wait as long as a call may take; `TimeoutError` after that."""
        return super().send_and_get_reply(message, timeout=timeout or _REPLY_S)

    def recv_until_filtered(
        self, queue: deque[Message], *, timeout: float | None = None
    ) -> Message:
        """Wait for the end of a prompt, or of the service that put it up."""
        while not queue:
            for _, old, _ in (one.body for one in self._owners):
                if old:  # without an old owner it was only started by our call
                    raise SecretServiceNotAvailableException(_NAME)
            self.recv_messages(timeout=timeout)
        return queue.popleft()


def _opened(line: _Line) -> secretstorage.Collection:
    """Give the default collection; `KeyringLocked` if it isn't open, or isn't there."""
    try:
        collection = secretstorage.Collection(line)
    except ItemNotFoundException:
        raise KeyringLocked from None
    if collection.is_locked():
        raise KeyringLocked
    return collection


def _entries(line: _Line, account_id: str) -> Iterator[secretstorage.Item]:
    return _opened(line).search_items(_attributes(account_id))


def _attributes(account_id: str) -> dict[str, str]:
    return {"service": SERVICE, "username": account_id}


def _spoken(talk: Callable[[_Line], _T]) -> _T:
    """Speak to the service on a connection of its own, which is always closed.

    Foreign exceptions are told in our words and not chained, not even as the context:
    some quote the value that could not be stored.
    """
    try:
        with closing(_Line()) as line:
            return talk(line)
    except BalanceTrayError:
        raise
    except Exception as error:  # noqa: BLE001  # sorted out below
        problem = _as_ours(error)
    raise problem


def _as_ours(error: Exception) -> KeyringProblem:
    """Say what SecretStorage, D-Bus or the system's exception means to us."""
    detail = type(error).__name__
    if isinstance(error, DBusErrorResponse):
        return _ERRORS.get(error.name, KeyringFailed)(detail=error.name)
    if isinstance(error, PromptDismissedException):
        return KeyringDenied()
    if isinstance(error, LockedException):
        return KeyringLocked()
    if isinstance(error, TimeoutError):
        return KeyringSlow(detail=detail)
    # An address that is not set, or makes no sense, or where no bus is any more.
    no_bus = SecretServiceNotAvailableException, OSError, KeyError, ValueError
    if isinstance(error, no_bus) and not isinstance(error, UnicodeError):
        return KeyringAbsent(detail=detail)
    return KeyringFailed(detail=detail)
