from typing import Any

from jeepney import DBusAddress as DBusAddress
from jeepney import Message
from jeepney import new_method_call as new_method_call

class DBusErrorResponse(Exception):
    name: str
    data: tuple[Any, ...]

class MessageGenerator: ...

def unwrap_msg(msg: Message) -> tuple[Any, ...]: ...
