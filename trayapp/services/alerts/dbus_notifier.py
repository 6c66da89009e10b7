"""Native notifications over D-Bus (Linux and the BSDs).

`QSystemTrayIcon.showMessage` loses them on X11 without a tray and can't replace one,
and `PySide6.QtDBus` can't marshal the call, so the bus is spoken to with jeepney.
"""

import asyncio
import contextlib
import html
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusRouter, Proxy
from jeepney.wrappers import DBusErrorResponse, new_method_call, unwrap_msg

from trayapp.core.alerts.notification import (
    Notification,
    NotificationButton,
    NotificationImage,
)
from trayapp.core.i18n.plain_text import one_line, shorten
from trayapp.services.desktop.dbus_connection import BUS_ERRORS, connect
from trayapp.services.messages.events import ButtonPressed

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.services.messages.events import Emit

_NAME: Final = "org.freedesktop.Notifications"
_SERVER: Final = DBusAddress(
    "/org/freedesktop/Notifications", bus_name=_NAME, interface=_NAME
)
_ANSWER_S: Final = 5.0
_BUS_S: Final = 1.0
"""The bus itself asks nobody before it answers."""
_LONGEST_TITLE: Final = 120
_LONGEST_BODY: Final = 400
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Server:
    """What must be known of a notification server to speak to it."""

    takes_markup: bool
    draws_default: bool
    """Whether the default action has a button: then ours would be a second one."""


class Router(DBusRouter):
    """Hears the first reply to a call, and outlives a second one.

    mako 1.7, the server that goes with sway, answers `GetCapabilities` twice: with what
    it can do, and with an error. At that jeepney stops listening for good.
    """

    def _dispatch(self, msg: Message) -> None:
        with contextlib.suppress(asyncio.InvalidStateError):
            super()._dispatch(msg)


class DBusNotifier:
    """The desktop's notification server.

    A notification that can't be shown is a line in the log: tray and window show the
    same alarm. A newer notice on a topic replaces the older one on the screen.
    """

    def __init__(
        self,
        emit: "Emit",
        *,
        app_name: str,
        picture: NotificationImage,
    ) -> None:
        """Take the picture that every notification shows."""
        self._emit = emit
        self._app_name = app_name
        self._picture = picture
        self._router: DBusRouter | None = None
        self._leaving = contextlib.AsyncExitStack()
        """What there is to do to leave the bus."""
        self._shown: dict[str, tuple[int, str]] = {}
        """By topic: the server's id of what is shown, and the account's id."""
        self._connecting = asyncio.Lock()
        self.server_changed: Callable[[], None] = lambda: None
        """Called, on the loop's thread, when another server comes or the last goes."""

    async def tell(self, notice: Notification) -> bool:
        """Show a notification; False if no server took it."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                server = await _server(router)
                # Only now is it known whether the old ids are still this server's.
                old, _ = self._shown.get(notice.topic, (0, ""))
                call = self._notify(notice, old, server)
                reply = await router.send_and_get_reply(call)
                (number,) = unwrap_msg(reply)
        except BUS_ERRORS as error:
            _log.warning("no notification could be shown: %s", type(error).__name__)
            await self._close_after(error)
            return False
        self._shown[notice.topic] = (number, notice.account_id)
        return True

    async def describe(self) -> str:
        """Say which server this desktop has and what it can do, for a report."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                said = await _call(router, "GetServerInformation")
                (capabilities,) = await _call(router, "GetCapabilities")
        except BUS_ERRORS as error:
            await self._close_after(error)
            return f"no server ({type(error).__name__})"
        return one_line(f"{', '.join(said)}; {', '.join(capabilities)}", _LONGEST_BODY)

    async def is_served(self) -> bool:
        """Say whether a server is there and answers, or the bus can start one.

        Nothing is started for it: at login that may be another desktop's server, which
        keeps the right one out.
        """
        try:
            async with asyncio.timeout(_ANSWER_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                bus = Proxy(message_bus, router)
                (is_there,) = await bus.NameHasOwner(_NAME)
                if is_there:
                    await _server(router)
                    return True
                (startable,) = await bus.ListActivatableNames()
        except BUS_ERRORS as error:
            await self._close_after(error)
            return False
        return _NAME in startable

    async def close(self) -> None:
        """Leave the bus; what is shown stays until the desktop takes it away."""
        self._router = None
        self._shown.clear()
        leaving = self._leaving.pop_all()
        with contextlib.suppress(*BUS_ERRORS):  # why the bus was lost, once more
            await leaving.aclose()

    async def _close_after(self, error: Exception) -> None:
        """Leave the bus if it is the trouble, to join it anew; hear it if it is not."""
        if isinstance(error, DBusErrorResponse):
            return
        if isinstance(error, TimeoutError) and await self._bus_answers():
            return  # the server hangs: the next one is heard of from the bus
        await self.close()

    async def _bus_answers(self) -> bool:
        if self._router is None:
            return False
        try:
            async with asyncio.timeout(_BUS_S):
                await Proxy(message_bus, self._router).NameHasOwner(_NAME)
        except BUS_ERRORS:
            return False
        return True

    async def _connect(self) -> DBusRouter:
        connection = await connect("SESSION")
        self._leaving.callback(connection.writer.close)
        router = await self._leaving.enter_async_context(Router(connection))
        queue: asyncio.Queue[Message] = asyncio.Queue()
        bus = Proxy(message_bus, router)
        for rule in (
            MatchRule(type="signal", interface=_NAME, path=_SERVER.object_path),
            _owner_changed(),
        ):
            self._leaving.enter_context(router.filter(rule, queue=queue))
            await bus.AddMatch(rule)
        self._router = router
        listening = asyncio.create_task(self._listen(queue))
        self._leaving.callback(listening.cancel)
        return router

    async def _listen(self, queue: asyncio.Queue[Message]) -> None:
        owner = await self._owner()
        while True:
            signal = await queue.get()
            fields = signal.header.fields
            member = str(fields.get(HeaderFields.member))
            if member == "NameOwnerChanged":
                # Another server counts from one again: the old ids mean nothing to it.
                self._shown.clear()
                owner = signal.body[2]
                self.server_changed()
            elif fields.get(HeaderFields.sender) == owner:
                self._hear(member, signal.body)

    async def _owner(self) -> str:
        if self._router is None:
            return ""
        with contextlib.suppress(*BUS_ERRORS):
            (owner,) = await Proxy(message_bus, self._router).GetNameOwner(_NAME)
            return str(owner)
        return ""

    def _hear(self, member: str, body: tuple[object, ...]) -> None:
        """Take what the server says of one of ours; it tells everybody everything."""
        for topic, (number, account_id) in tuple(self._shown.items()):
            if number != body[0]:
                continue
            if member == "NotificationClosed":
                del self._shown[topic]
            elif member == "ActionInvoked" and body[1] in set(NotificationButton):
                button = NotificationButton(str(body[1]))
                self._emit(ButtonPressed(account_id, button))

    def _notify(self, notice: Notification, replaces: int, server: _Server) -> Message:
        # A line for each account stays a line of its own.
        lines = (one_line(line, _LONGEST_BODY) for line in notice.body.splitlines())
        body = shorten("\n".join(filter(None, lines)), _LONGEST_BODY)
        if server.takes_markup:
            body = html.escape(body, quote=False)
        actions = [
            text
            for button, label in notice.buttons
            if not (server.draws_default and button is NotificationButton.OPEN)
            for text in (button.value, label)
        ]
        return new_method_call(
            _SERVER,
            "Notify",
            "susssasa{sv}i",
            (
                self._app_name,
                replaces,
                "",
                one_line(notice.title, _LONGEST_TITLE),
                body,
                actions,
                {
                    "urgency": ("y", int(notice.urgency)),
                    "desktop-entry": ("s", "balance-tray"),
                    "image-data": ("(iiibiiay)", _image_data(self._picture)),
                },
                -1,
            ),
        )


def _image_data(
    picture: NotificationImage,
) -> tuple[int, int, int, bool, int, int, bytes]:
    """Give a picture as the specification wants it, its measures first."""
    size = picture.size
    return (size, size, size * 4, True, 8, 4, picture.rgba)


async def _server(router: DBusRouter) -> _Server:
    """Ask what the server is like: another may have taken its place meanwhile."""
    (capabilities,) = await _call(router, "GetCapabilities")
    (name, *_) = await _call(router, "GetServerInformation")
    return _Server("body-markup" in capabilities, name.startswith("Xfce"))


async def _call(router: DBusRouter, method: str) -> tuple[Any, ...]:
    asked = new_method_call(_SERVER, method)
    reply: tuple[Any, ...] = unwrap_msg(await router.send_and_get_reply(asked))
    return reply


def _owner_changed() -> MatchRule:
    rule = MatchRule(
        type=MessageType.signal,
        sender="org.freedesktop.DBus",
        interface="org.freedesktop.DBus",
        member="NameOwnerChanged",
    )
    rule.add_arg_condition(0, _NAME)
    return rule
