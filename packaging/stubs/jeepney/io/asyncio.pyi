import asyncio
from contextlib import AbstractContextManager
from typing import Any, Self

from jeepney import MatchRule, Message
from jeepney.wrappers import MessageGenerator

class DBusConnection:
    writer: asyncio.StreamWriter
    unique_name: str | None
    async def close(self) -> None: ...

class DBusRouter:
    def __init__(self, conn: DBusConnection) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> bool | None: ...
    async def send_and_get_reply(self, message: Message) -> Message: ...
    def _dispatch(self, msg: Message) -> None: ...
    def filter(
        self,
        rule: MatchRule,
        *,
        queue: asyncio.Queue[Message] | None = None,
        bufsize: int = 1,
    ) -> AbstractContextManager[asyncio.Queue[Message]]: ...

class Proxy:
    def __init__(self, msggen: MessageGenerator, router: DBusRouter) -> None: ...
    def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401

async def open_dbus_connection(bus: str = "SESSION") -> DBusConnection: ...
