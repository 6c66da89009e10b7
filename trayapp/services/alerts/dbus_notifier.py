"""Native notifications over D-Bus (Linux and the BSDs), with jeepney.

Qt can't send them. `QSystemTrayIcon.showMessage` loses them on X11 without a tray and
can't replace one, and `PySide6.QtDBus` can't marshal the call.
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
_REPLY_S: Final = 5.0
_BUS_S: Final = 1.0
"""The bus itself replies at once."""
_MAX_TITLE: Final = 120
_MAX_BODY: Final = 400
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Server:
    """The properties of a notification server that change a call."""

    takes_markup: bool
    draws_default: bool
    """Whether it draws a button for the default action, besides our own."""


class Router(DBusRouter):
    """Accepts the first reply to a call, and ignores a second one.

    mako 1.7, the usual server on sway, replies to `GetCapabilities` twice: with its
    capabilities, and with an error. jeepney's own router then stops receiving for good.
    """

    def _dispatch(self, msg: Message) -> None:
        with contextlib.suppress(asyncio.InvalidStateError):
            super()._dispatch(msg)


class DBusNotifier:
    """The client of the desktop's notification server.

    A notification that can't be shown is logged, as tray and window show the alert,
    too. A newer notification on a topic replaces the older one on the screen.
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
        self._closing = contextlib.AsyncExitStack()
        """The callbacks that close the connection."""
        self._shown: dict[str, tuple[int, str]] = {}
        """By topic: the server's id of a shown notification, and the account's id."""
        self._connecting = asyncio.Lock()
        self.server_changed: Callable[[], None] = lambda: None
        """Called on the loop's thread when another server appears or the last ends."""

    async def show(self, notification: Notification) -> bool:
        """Show a notification; False if no server accepted it."""
        try:
            async with asyncio.timeout(_REPLY_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                server = await _server(router)
                # Only now is it certain that the stored ids are this server's.
                old_id, _ = self._shown.get(notification.topic, (0, ""))
                call = self._notify(notification, old_id, server)
                reply = await router.send_and_get_reply(call)
                (new_id,) = unwrap_msg(reply)
        except BUS_ERRORS as error:
            _log.warning("no notification could be shown: %s", type(error).__name__)
            await self._close_after(error)
            return False
        self._shown[notification.topic] = (new_id, notification.account_id)
        return True

    async def describe(self) -> str:
        """Describe the server and its capabilities, for the diagnostics."""
        try:
            async with asyncio.timeout(_REPLY_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                information = await _call(router, "GetServerInformation")
                (capabilities,) = await _call(router, "GetCapabilities")
        except BUS_ERRORS as error:
            await self._close_after(error)
            return f"no server ({type(error).__name__})"
        text = f"{', '.join(information)}; {', '.join(capabilities)}"
        return one_line(text, _MAX_BODY)

    async def is_available(self) -> bool:
        """Return whether a server responds, or the bus can start one.

        It starts none: at login the bus may start another desktop's server, which
        would keep the right one from starting.
        """
        try:
            async with asyncio.timeout(_REPLY_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                bus = Proxy(message_bus, router)
                (is_running,) = await bus.NameHasOwner(_NAME)
                if is_running:
                    await _server(router)
                    return True
                (startable,) = await bus.ListActivatableNames()
        except BUS_ERRORS as error:
            await self._close_after(error)
            return False
        return _NAME in startable

    async def close(self) -> None:
        """Close the connection; shown notifications stay on the screen."""
        self._router = None
        self._shown.clear()
        closing = self._closing.pop_all()
        with contextlib.suppress(
            *BUS_ERRORS
        ):  # the error that ended the connection, again
            await closing.aclose()

    async def _close_after(self, error: Exception) -> None:
        """Close the connection, to be reopened, unless the bus works."""
        if isinstance(error, DBusErrorResponse):
            return
        if isinstance(error, TimeoutError) and await self._bus_responds():
            return  # only the server hangs, and the bus reports the next server
        await self.close()

    async def _bus_responds(self) -> bool:
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
        self._closing.callback(connection.writer.close)
        router = await self._closing.enter_async_context(Router(connection))
        queue: asyncio.Queue[Message] = asyncio.Queue()
        bus = Proxy(message_bus, router)
        for rule in (
            MatchRule(type="signal", interface=_NAME, path=_SERVER.object_path),
            _owner_changed(),
        ):
            self._closing.enter_context(router.filter(rule, queue=queue))
            await bus.AddMatch(rule)
        self._router = router
        listening = asyncio.create_task(self._listen(queue))
        self._closing.callback(listening.cancel)
        return router

    async def _listen(self, queue: asyncio.Queue[Message]) -> None:
        owner = await self._owner()
        while True:
            signal = await queue.get()
            fields = signal.header.fields
            member = str(fields.get(HeaderFields.member))
            if member == "NameOwnerChanged":
                # Another server counts from one again, so the old ids are invalid.
                self._shown.clear()
                owner = signal.body[2]
                self.server_changed()
            elif fields.get(HeaderFields.sender) == owner:
                self._receive(member, signal.body)

    async def _owner(self) -> str:
        if self._router is None:
            return ""
        with contextlib.suppress(*BUS_ERRORS):
            (owner,) = await Proxy(message_bus, self._router).GetNameOwner(_NAME)
            return str(owner)
        return ""

    def _receive(self, member: str, body: tuple[object, ...]) -> None:
        """Handle a signal about one of our notifications; others are broadcast, too."""
        for topic, (notification_id, account_id) in tuple(self._shown.items()):
            if notification_id != body[0]:
                continue
            if member == "NotificationClosed":
                del self._shown[topic]
            elif member == "ActionInvoked" and body[1] in set(NotificationButton):
                button = NotificationButton(str(body[1]))
                self._emit(ButtonPressed(account_id, button))

    def _notify(
        self, notification: Notification, replaces: int, server: _Server
    ) -> Message:
        # Each account keeps a line of its own.
        lines = (one_line(line, _MAX_BODY) for line in notification.body.splitlines())
        body = shorten("\n".join(filter(None, lines)), _MAX_BODY)
        if server.takes_markup:
            body = html.escape(body, quote=False)
        actions = [
            text
            for button, label in notification.buttons
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
                one_line(notification.title, _MAX_TITLE),
                body,
                actions,
                {
                    "urgency": ("y", int(notification.urgency)),
                    "desktop-entry": ("s", "balance-tray"),
                    "image-data": ("(iiibiiay)", _image_data(self._picture)),
                },
                -1,
            ),
        )


def _image_data(
    picture: NotificationImage,
) -> tuple[int, int, int, bool, int, int, bytes]:
    """Return a picture in the specification's format, its measures first."""
    size = picture.size
    return (size, size, size * 4, True, 8, 4, picture.rgba)


async def _server(router: DBusRouter) -> _Server:
    """Request the server's properties; another server may have started since."""
    (capabilities,) = await _call(router, "GetCapabilities")
    (name, *_) = await _call(router, "GetServerInformation")
    return _Server("body-markup" in capabilities, name.startswith("Xfce"))


async def _call(router: DBusRouter, method: str) -> tuple[Any, ...]:
    call = new_method_call(_SERVER, method)
    reply: tuple[Any, ...] = unwrap_msg(await router.send_and_get_reply(call))
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
