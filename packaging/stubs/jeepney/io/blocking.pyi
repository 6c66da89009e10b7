import socket
from collections import deque
from contextlib import AbstractContextManager
from typing import Any, Self

from jeepney import MatchRule, Message
from jeepney.wrappers import MessageGenerator

class DBusConnection:
    sock: socket.socket
    unique_name: str | None
    def __init__(self, sock: socket.socket, enable_fds: bool = False) -> None: ...
    def send(self, message: Message, serial: int | None = None) -> None: ...
    def receive(self, *, timeout: float | None = None) -> Message: ...
    def send_and_get_reply(
        self, message: Message, *, timeout: float | None = None
    ) -> Message: ...
    def filter(
        self,
        rule: MatchRule,
        *,
        queue: deque[Message] | None = None,
        bufsize: int = 1,
    ) -> AbstractContextManager[deque[Message]]: ...
    def recv_until_filtered(
        self, queue: deque[Message], *, timeout: float | None = None
    ) -> Message: ...
    def recv_messages(self, *, timeout: float | None = None) -> None: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> bool | None: ...

class Proxy:
    def __init__(
        self,
        msggen: MessageGenerator,
        connection: DBusConnection,
        *,
        timeout: float | None = None,
    ) -> None: ...
    def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401

def prep_socket(
    addr: str, enable_fds: bool = False, timeout: float = 2.0
) -> socket.socket: ...
def open_dbus_connection(
    bus: str = "SESSION", enable_fds: bool = False, auth_timeout: float = 1.0
) -> DBusConnection: ...
