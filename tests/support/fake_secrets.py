"""A Secret Service that can be told to misbehave, on any session bus."""

from __future__ import annotations

import contextlib
import socket
import threading
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
_ITEM: Final = f"{_ROOT}/collection/login/"
_INTERFACE: Final = "org.freedesktop.Secret."
_NO_DIFFIE_HELLMAN: Final = "org.freedesktop.DBus.Error.NotSupported"
_UNKNOWN: Final = "org.freedesktop.DBus.Error.UnknownMethod"
_WITHIN_S: Final = 10.0
_Reply = tuple[str, tuple[Any, ...]] | str
"""A signature and a body, or an error's name."""


class FakeSecrets:
    """The service of one default collection; its moods are attributes.

    It serves on a thread of its own, from entering to leaving it as a context manager
    or until it has died. Keys go over the bus as they are.
    """

    def __init__(
        self, bus: str = "SESSION", keys: dict[str, str] | None = None
    ) -> None:
        self.keys = dict(keys or {})
        """By account id."""
        self.locked = False
        self.asks_for_each = False
        """Whether each entry is locked too, as with KeePassXC."""
        self.has_collection = True
        self.forgets = False
        self.hangs_on: set[str] = set()
        """Methods and properties that get no answer until `release`."""
        self.dies_on = ""
        """The one at whose call it ends."""
        self.refuses: dict[str, str] = {}
        """Errors by the method that they answer."""
        self.calls: list[str] = []
        self.prompts = 0
        self._methods: dict[str, Callable[..., _Reply]] = {
            **dict.fromkeys(("Label", "Locked"), self._get),
            "OpenSession": self._open_session,
            "SearchItems": self._search,
            "GetSecret": self._get_secret,
            "CreateItem": self._create,
            "Delete": self._delete,
            "Unlock": self._unlock,
            "ReadAlias": self._read_alias,
            "CreateCollection": self._create_collection,
            "Prompt": self._ask,
        }
        self._allowed: set[str] = set()
        self._held: list[Message] = []
        self._asked: list[str] = []
        self._lock = threading.Lock()
        self._connection = _named(bus)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.die()

    def die(self) -> None:
        """End as a process that is killed does; to the bus it is gone at once."""
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(_WITHIN_S)

    def release(self) -> None:
        """Answer all that hangs, and hang no longer."""
        with self._lock:
            self.hangs_on = set()
            held, self._held = self._held, []
            for call in held:
                self._answer(call)

    def close_prompt(self, *, dismissed: bool) -> None:
        """Answer the question as a person does: with the password, or with no."""
        with self._lock:
            if not dismissed:
                self.locked, self.has_collection = False, True
                self._allowed.update(self._asked)
            wanted = [] if dismissed else self._asked
            prompt = DBusAddress(_PROMPT, interface=f"{_INTERFACE}Prompt")
            body = (dismissed, ("ao", wanted))
            self._connection.send(new_signal(prompt, "Completed", "bv", body))

    def wait_for_prompt(self, count: int = 1) -> None:
        """Wait until it has put up so many questions since the beginning."""
        wait_until(lambda: self.prompts >= count, f"{count} prompts", _WITHIN_S)

    def wait_for(self, call: str, count: int = 1) -> None:
        """Wait until something was called so often since the beginning."""
        wait_until(lambda: self.calls.count(call) >= count, call, _WITHIN_S)

    def _serve(self) -> None:
        with self._connection, contextlib.suppress(OSError, _DeathError):
            while True:
                call = self._connection.receive()
                if call.header.message_type is MessageType.method_call:
                    with self._lock:
                        self._take(call)

    def _take(self, call: Message) -> None:
        name = _name(call)
        self.calls.append(name)
        if name == self.dies_on:
            raise _DeathError
        if name in self.hangs_on:
            self._held.append(call)
        else:
            self._answer(call)

    def _answer(self, call: Message) -> None:
        name = _name(call)
        path = call.header.fields[HeaderFields.path]
        if name in self.refuses:
            self._connection.send(new_error(call, self.refuses[name]))
            return
        said = self._methods[name](path, *call.body)
        if isinstance(said, str):
            self._connection.send(new_error(call, said, "s", ("no",)))
        else:
            self._connection.send(new_method_return(call, *said))

    # --- its methods --------------------------------------------------------------

    def _get(self, path: str, _: str, name: str) -> _Reply:
        is_item = path.startswith(_ITEM)
        if not is_item and not self.has_collection:
            return _UNKNOWN
        locked = self.locked
        if is_item and self.asks_for_each:
            locked = path not in self._allowed
        return "v", (("b", locked) if name == "Locked" else ("s", name),)

    def _open_session(self, _: str, algorithm: str, __: object) -> _Reply:
        if algorithm != "plain":
            return _NO_DIFFIE_HELLMAN
        return "vo", (("s", ""), f"{_ROOT}/session/s")

    def _search(self, _: str, attributes: dict[str, str]) -> _Reply:
        account_id = attributes["username"]
        found = [_ITEM + account_id] if account_id in self.keys else []
        return "ao", (found,)

    def _get_secret(self, path: str, session: str) -> _Reply:
        key = self.keys[path.removeprefix(_ITEM)]
        return "(oayays)", ((session, b"", key.encode(), "text/plain"),)

    def _create(
        self, _: str, properties: dict[str, Any], secret: tuple[Any, ...], __: object
    ) -> _Reply:
        account_id = properties[f"{_INTERFACE}Item.Attributes"][1]["username"]
        if not self.forgets:
            self.keys[account_id] = bytes(secret[2]).decode()
        return "oo", (_ITEM + account_id, "/")

    def _delete(self, path: str) -> _Reply:
        del self.keys[path.removeprefix(_ITEM)]
        return "o", ("/",)

    def _unlock(self, _: str, paths: list[str]) -> _Reply:
        self._asked = paths
        return "aoo", ([], _PROMPT)

    def _read_alias(self, _: str, __: str) -> _Reply:
        return "o", (_DEFAULT if self.has_collection else "/",)

    def _create_collection(self, _: str, __: object, ___: str) -> _Reply:
        return "oo", ("/", _PROMPT)

    def _ask(self, _: str, __: str) -> _Reply:
        self.prompts += 1
        return "", ()


class _DeathError(Exception):
    """The service ends in the middle of a call."""


def _name(call: Message) -> str:
    """Name what is called: a method, or the property that is looked at."""
    name = str(call.header.fields[HeaderFields.member])
    return str(call.body[1]) if name == "Get" else name


def _named(bus: str) -> DBusConnection:
    connection = open_dbus_connection(bus)
    Proxy(message_bus, connection, timeout=_WITHIN_S).RequestName(NAME)
    return connection
