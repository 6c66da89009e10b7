"""A fake Secret Service on a session bus, whose faults tests can set."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

from tooling.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

NAME: Final = "org.freedesktop.secrets"
FAILED: Final = "org.freedesktop.DBus.Error.Failed"
_ROOT: Final = "/org/freedesktop/secrets"
_DEFAULT: Final = f"{_ROOT}/aliases/default"
_PROMPT: Final = f"{_ROOT}/prompt/p"
_COLLECTIONS: Final = f"{_ROOT}/collection/"
_LOGIN: Final = f"{_COLLECTIONS}login"
_INTERFACE: Final = "org.freedesktop.Secret."
_NO_DIFFIE_HELLMAN: Final = "org.freedesktop.DBus.Error.NotSupported"
_UNKNOWN: Final = "org.freedesktop.DBus.Error.UnknownMethod"
_WITHIN_S: Final = 10.0
_Reply = tuple[str, tuple[Any, ...]] | str
"""A signature and a body, or an error's name."""


@dataclass(slots=True)
class FakeCollection:
    """A collection beside the login collection, with keys by account id."""

    keys: dict[str, str] = field(default_factory=dict)
    locked: bool = False
    hides_entries: bool = False
    """Whether it shows no entries while it is locked, as KeePassXC does."""
    modified: int = 0
    """When its entries were last changed, in seconds since 1970."""


class FakeSecrets:
    """The service of a login collection and others; its attributes set its faults.

    It serves on a thread of its own, while the context manager is entered or until
    `die`. Keys go over the bus in plain text.
    """

    def __init__(
        self, bus: str = "SESSION", keys: dict[str, str] | None = None
    ) -> None:
        self.keys = dict(keys or {})
        """The stored keys by account id."""
        self.locked = False
        self.is_wallet_open = False
        """Whether the login opened the login collection, as KWallet tells."""
        self.no_encryption = _NO_DIFFIE_HELLMAN
        """The error of a session that would encrypt keys."""
        self.locks_entries = False
        """Whether each entry is locked, too, as in KeePassXC."""
        self.has_collection = True
        self.others: dict[str, FakeCollection] = {}
        """The other collections by name."""
        self.default = "login"
        """The name of the default collection."""
        self.modified = 1
        """When the keys of the login collection were last changed."""
        self.alter: Callable[[str], str] = str
        """What it stores of a key."""
        self.drops_keys = False
        """Whether `CreateItem` and `SetSecret` store nothing."""
        self.keeps_deleted = False
        """Whether `Delete` succeeds and deletes nothing."""
        self.hangs_on: set[str] = set()
        """Methods and properties that get no reply until `release`."""
        self.dies_on = ""
        """The method or property whose call ends the service."""
        self.refuses: dict[str, str] = {}
        """The error that a method or property replies with."""
        self.calls: list[str] = []
        self.prompts = 0
        self._methods: dict[str, Callable[..., _Reply]] = {
            **dict.fromkeys(("Label", "Locked", "Modified"), self._get),
            **dict.fromkeys(("Collections", "Items"), self._list),
            "SetSecret": self._set_secret,
            "OpenSession": self._open_session,
            "SearchItems": self._search,
            "GetSecret": self._get_secret,
            "CreateItem": self._create,
            "Delete": self._delete,
            "Unlock": self._unlock,
            "ReadAlias": self._read_alias,
            "CreateCollection": self._create_collection,
            "Prompt": self._prompt,
            "isOpen": lambda *_: ("b", (self.is_wallet_open,)),
        }
        self._unlocked: set[str] = set()
        self._held: list[Message] = []
        self._prompted: list[str] = []
        self._lock = threading.Lock()
        self._connection = _named(bus)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.die()

    def die(self) -> None:
        """Leave the bus at once, as a process that is killed does."""
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(_WITHIN_S)

    def release(self) -> None:
        """Reply to the calls that hang, and hang no longer."""
        with self._lock:
            self.hangs_on = set()
            held, self._held = self._held, []
            for call in held:
                self._reply(call)

    def close_prompt(self, *, dismissed: bool) -> None:
        """Close the prompt as a person does: with the password, or without."""
        with self._lock:
            if not dismissed:
                self._open_prompted()
            unlocked = [] if dismissed else self._prompted
            prompt = DBusAddress(_PROMPT, interface=f"{_INTERFACE}Prompt")
            body = (dismissed, ("ao", unlocked))
            self._connection.send(new_signal(prompt, "Completed", "bv", body))

    def _open_prompted(self) -> None:
        self.has_collection = True
        self._unlocked.update(self._prompted)
        for path in self._prompted:
            name = path.removeprefix(_COLLECTIONS).partition("/")[0]
            if path == _DEFAULT or name == "login":
                self.locked = False
            elif name in self.others:
                self.others[name].locked = False

    def wait_for_prompt(self, count: int = 1) -> None:
        """Wait until it has shown `count` prompts since its start."""
        wait_until(lambda: self.prompts >= count, f"{count} prompts", _WITHIN_S)

    def wait_for(self, call: str, count: int = 1) -> None:
        """Wait until a method was called `count` times since its start."""
        wait_until(lambda: self.calls.count(call) >= count, call, _WITHIN_S)

    def _serve(self) -> None:
        with self._connection, contextlib.suppress(OSError, _DeathError):
            while True:
                call = self._connection.receive()
                if call.header.message_type is MessageType.method_call:
                    with self._lock:
                        self._receive(call)

    def _receive(self, call: Message) -> None:
        name = _name(call)
        self.calls.append(name)
        if name == self.dies_on:
            raise _DeathError
        if name in self.hangs_on:
            self._held.append(call)
        else:
            self._reply(call)

    def _reply(self, call: Message) -> None:
        name = _name(call)
        path = call.header.fields[HeaderFields.path]
        if name in self.refuses:
            self._connection.send(new_error(call, self.refuses[name]))
            return
        reply = self._methods[name](path, *call.body)
        if isinstance(reply, str):
            self._connection.send(new_error(call, reply, "s", ("no",)))
        else:
            self._connection.send(new_method_return(call, *reply))

    # --- its methods --------------------------------------------------------------

    def _get(self, path: str, _: str, name: str) -> _Reply:
        collection, account_id = self._at(path)
        if collection is None or account_id not in {"", *collection.keys}:
            return _UNKNOWN
        locked = collection.locked
        if account_id and self.locks_entries:
            locked = path not in self._unlocked
        if name == "Modified":
            return "v", (("t", collection.modified),)
        return "v", (("b", locked) if name == "Locked" else ("s", name),)

    def _list(self, path: str, _: str, name: str) -> _Reply:
        if name == "Collections":
            names = [*(["login"] if self.has_collection else []), *self.others]
            return "v", (("ao", [_COLLECTIONS + name for name in names]),)
        collection, _ = self._at(path)
        if collection is None:
            return _UNKNOWN
        hidden = collection.locked and collection.hides_entries
        items = [] if hidden else [f"{path}/{one}" for one in collection.keys]
        return "v", (("ao", items),)

    def _at(self, path: str) -> tuple[FakeCollection | None, str]:
        """Give the collection and the account id of an object's path."""
        place = path.removeprefix(_COLLECTIONS)
        if path.startswith(_DEFAULT):
            place = self.default + path.removeprefix(_DEFAULT)
        name, _, account_id = place.partition("/")
        if name == "login":
            login = FakeCollection(self.keys, self.locked, modified=self.modified)
            return login if self.has_collection else None, account_id
        return self.others.get(name), account_id

    def _open_session(self, _: str, algorithm: str, __: object) -> _Reply:
        if algorithm != "plain":
            return self.no_encryption
        return "vo", (("s", ""), f"{_ROOT}/session/s")

    def _search(self, path: str, attributes: dict[str, str]) -> _Reply:
        collection, _ = self._at(path)
        if collection is None:
            return _UNKNOWN
        if collection.locked and collection.hides_entries:
            self.prompts += 1  # KeePassXC unlocks before it searches
        account_id = attributes["username"]
        items = [f"{path}/{account_id}"] if account_id in collection.keys else []
        return "ao", (items,)

    def _get_secret(self, path: str, session: str) -> _Reply:
        collection, account_id = self._at(path)
        if collection is None:
            return _UNKNOWN
        key = collection.keys[account_id].encode()
        return "(oayays)", ((session, b"", key, "text/plain"),)

    def _set_secret(self, path: str, secret: tuple[Any, ...]) -> _Reply:
        self._store(path, secret)
        return "", ()

    def _create(
        self,
        path: str,
        properties: dict[str, Any],
        secret: tuple[Any, ...],
        _: object,
    ) -> _Reply:
        account_id = properties[f"{_INTERFACE}Item.Attributes"][1]["username"]
        self._store(f"{path}/{account_id}", secret)
        return "oo", (f"{path}/{account_id}", "/")

    def _store(self, path: str, secret: tuple[Any, ...]) -> None:
        collection, account_id = self._at(path)
        if collection is not None and not self.drops_keys:
            collection.keys[account_id] = self.alter(bytes(secret[2]).decode())

    def _delete(self, path: str) -> _Reply:
        collection, account_id = self._at(path)
        if collection is not None and not self.keeps_deleted:
            del collection.keys[account_id]
        return "o", ("/",)

    def _unlock(self, _: str, paths: list[str]) -> _Reply:
        if self.is_wallet_open:
            self.locked = False
            return "aoo", (paths, "/")
        self._prompted = paths
        return "aoo", ([], _PROMPT)

    def _read_alias(self, _: str, __: str) -> _Reply:
        return "o", (_DEFAULT if self.has_collection else "/",)

    def _create_collection(self, _: str, __: object, ___: str) -> _Reply:
        return "oo", ("/", _PROMPT)

    def _prompt(self, _: str, __: str) -> _Reply:
        self.prompts += 1
        return "", ()


class _DeathError(Exception):
    """The service ends during a call."""


def _name(call: Message) -> str:
    """Return the name of the called method, or of the property that is read."""
    name = str(call.header.fields[HeaderFields.member])
    return str(call.body[1]) if name == "Get" else name


def _named(bus: str) -> DBusConnection:
    connection = open_dbus_connection(bus)
    for name in (NAME, "org.kde.kwalletd5"):
        Proxy(message_bus, connection, timeout=_WITHIN_S).RequestName(name)
    return connection
