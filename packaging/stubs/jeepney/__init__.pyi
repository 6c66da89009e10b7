# What the program and its tests use of jeepney, which ships no types of its own.
from enum import Enum, IntFlag
from typing import Any

from jeepney.wrappers import DBusErrorResponse as DBusErrorResponse

class MessageType(Enum):
    method_call = 1
    method_return = 2
    error = 3
    signal = 4

class MessageFlag(IntFlag):
    no_reply_expected = 1
    no_auto_start = 2
    allow_interactive_authorization = 4

class HeaderFields(Enum):
    path = 1
    interface = 2
    member = 3
    error_name = 4
    reply_serial = 5
    destination = 6
    sender = 7
    signature = 8

class Header:
    message_type: MessageType
    flags: MessageFlag
    fields: dict[HeaderFields, Any]

class Message:
    header: Header
    body: tuple[Any, ...]
    def serialise(self, serial: int | None = None) -> bytes: ...

class DBusAddress:
    object_path: str
    bus_name: str | None
    interface: str | None
    def __init__(
        self,
        object_path: str,
        bus_name: str | None = None,
        interface: str | None = None,
    ) -> None: ...

class MatchRule:
    def __init__(
        self,
        *,
        type: str | MessageType | None = None,  # noqa: A002
        sender: str | None = None,
        interface: str | None = None,
        member: str | None = None,
        path: str | None = None,
        destination: str | None = None,
    ) -> None: ...
    def add_arg_condition(
        self, argno: int, value: str, kind: str = "string"
    ) -> None: ...
    def serialise(self) -> str: ...
    def matches(self, msg: Message) -> bool: ...

class Properties:
    def __init__(self, obj: DBusAddress) -> None: ...
    def get(self, name: str) -> Message: ...
    def get_all(self) -> Message: ...
    def set(self, name: str, signature: str, value: object) -> Message: ...

def new_method_call(
    remote_obj: DBusAddress,
    method: str,
    signature: str | None = None,
    body: tuple[Any, ...] = (),
) -> Message: ...
def new_method_return(
    parent_msg: Message, signature: str | None = None, body: tuple[Any, ...] = ()
) -> Message: ...
def new_error(
    parent_msg: Message,
    error_name: str,
    signature: str | None = None,
    body: tuple[Any, ...] = (),
) -> Message: ...
def new_signal(
    emitter: DBusAddress,
    signal: str,
    signature: str | None = None,
    body: tuple[Any, ...] = (),
) -> Message: ...
