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
from trayapp.services.log.log_faults import log_faults
from trayapp.services.messages.events import ButtonPressed

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.services.messages.events import Emit

_NAME: Final = "org.freedesktop.Notifications"
_SERVER: Final = DBusAddress(
    "/org/freedesktop/Notifications", bus_name=_NAME, interface=_NAME
)
_REPLY_S: Final = 25.0
"""As long as libdbus waits for a reply by itself."""
_NOTIFY_S: Final = 60.0
"""A server that has a notification for so long without a reply may be slow or broken.
Whether the notification was shown is then unknown, and it counts as not shown."""
_LAST_REPLY_S: Final = 8.0
"""The same when the program ends."""
_DESCRIBE_S: Final = 5.0
"""A person waits for the diagnostics."""
_BUS_S: Final = 1.0
"""The bus itself replies at once."""
_REPLIES: Final = {MessageType.method_return, MessageType.error}
_MAX_TITLE: Final = 120
_MAX_BODY: Final = 400
_SERVER_SIGNAL: Final = MatchRule(
    type="signal", interface=_NAME, path=_SERVER.object_path
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Server:
    """The properties of a notification server that change a call."""

    takes_markup: bool
    draws_default: bool
    """Whether it draws a button for the default action, besides our own."""


class MalformedReplyError(ValueError):
    """A reply of the server has another type than the specification says."""


class Router(DBusRouter):
    """Accepts the first reply to a call, and ignores a second one and forged ones.

    mako 1.7, the usual server on sway, replies to `GetCapabilities` twice: with its
    capabilities, and with an error. jeepney's own router then stops receiving for good.

    A bus passes on a reply only to the call of its receiver. But any program may send a
    signal or a call that carries a reply's number, and jeepney takes it for the reply.
    """

    def _dispatch(self, msg: Message) -> None:
        is_reply = msg.header.message_type in _REPLIES
        if is_reply or HeaderFields.reply_serial not in msg.header.fields:
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
        self._owner = ""
        """The unique name of the server on the bus; empty without one."""
        self._connecting = asyncio.Lock()
        self._calls = 0
        """The alerts that a server has and has not replied to."""
        self.server_changed: Callable[[], None] = lambda: None
        """Called on the loop's thread when another server appears or the last ends."""

    @property
    def awaits_reply(self) -> bool:
        """Whether a server has an alert and has not replied; any thread may read it."""
        return self._calls > 0

    async def show(self, notification: Notification) -> bool:
        """Show a notification; False if no server accepted it.

        A server that has an alert may show it before it replies. So a cancellation
        then waits for the reply some seconds longer. If it comes, the cancellation has
        no effect.
        """
        try:
            async with asyncio.timeout(_REPLY_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                server = await _server(router)
            # Only now is it certain that the stored ids are this server's.
            old_id, _ = self._shown.get(notification.topic, (0, ""))
            call = self._notify(notification, old_id, server)
            last_reply_s = _LAST_REPLY_S if notification.alerts else 0.0
            reply = await self._late_reply(router, call, last_reply_s)
            (new_id,) = _body(reply, "u")
        except BUS_ERRORS as error:
            _log.warning("no notification could be shown: %s", type(error).__name__)
            await self._close_after(error)
            return False
        self._shown[notification.topic] = (new_id, notification.account_id)
        return True

    async def describe(self) -> str:
        """Describe the server and its capabilities, for the diagnostics."""
        try:
            async with asyncio.timeout(_DESCRIBE_S):
                async with self._connecting:
                    router = self._router or await self._connect()
                information = await _call(router, "GetServerInformation", "ssss")
                (capabilities,) = await _call(router, "GetCapabilities", "as")
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
        self._router, self._owner = None, ""
        self._shown.clear()
        closing = self._closing.pop_all()
        # The error that ended the connection, again: a malformed message may raise any.
        with contextlib.suppress(Exception):
            await closing.aclose()

    async def _close_after(self, error: Exception) -> None:
        """Close the connection, to be reopened, unless the bus works."""
        if isinstance(error, DBusErrorResponse | MalformedReplyError):
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
        for rule in (_SERVER_SIGNAL, _owner_changed()):
            self._closing.enter_context(router.filter(rule, queue=queue))
            await bus.AddMatch(rule)
        with contextlib.suppress(DBusErrorResponse):  # there is no server yet
            (self._owner,) = await bus.GetNameOwner(_NAME)
        self._router = router
        listening = asyncio.create_task(self._listen(queue))
        self._closing.callback(listening.cancel)
        return router

    async def _listen(self, queue: asyncio.Queue[Message]) -> None:
        """Handle the signals of the bus and of the server, and nobody else's.

        The match rules don't keep others' away: a program may send any signal to this
        connection alone. The bus writes the sender, so that can't be forged.
        """
        owner_changed = _owner_changed()
        while True:
            signal = await queue.get()
            fields = signal.header.fields
            member = fields.get(HeaderFields.member)
            signature = fields.get(HeaderFields.signature)
            with log_faults("handling a signal of the notification server"):
                if owner_changed.matches(signal):
                    # Another server counts from one again: the old ids are invalid.
                    self._shown.clear()
                    _, _, self._owner = signal.body
                    self.server_changed()
                elif fields.get(HeaderFields.sender) == self._owner:
                    self._receive((str(member), str(signature)), signal.body)

    def _receive(self, signal: tuple[str, str], body: tuple[Any, ...]) -> None:
        """Handle a signal about one of our notifications; others are broadcast, too.

        `signal` is its name and its signature.
        """
        if signal not in {("NotificationClosed", "uu"), ("ActionInvoked", "us")}:
            return
        notification_id, detail = body
        for topic, (shown_id, account_id) in tuple(self._shown.items()):
            if shown_id != notification_id:
                continue
            if signal[0] == "NotificationClosed":
                del self._shown[topic]
            elif detail in set(NotificationButton):
                self._emit(ButtonPressed(account_id, NotificationButton(detail)))

    async def _late_reply(
        self, router: DBusRouter, call: Message, last_reply_s: float
    ) -> Message:
        """Call the server, and wait for its reply; `TimeoutError` after a minute.

        A cancellation waits `last_reply_s` longer, and is raised if no reply comes.
        """
        self._calls += last_reply_s > 0
        reply = asyncio.ensure_future(router.send_and_get_reply(call))
        try:
            try:
                await asyncio.wait({reply}, timeout=_NOTIFY_S)
            except asyncio.CancelledError:
                await asyncio.wait({reply}, timeout=last_reply_s)
                if not reply.done():
                    raise
            if not reply.done():
                raise TimeoutError
            return reply.result()
        finally:
            reply.cancel()
            self._calls -= last_reply_s > 0

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
    (capabilities,) = await _call(router, "GetCapabilities", "as")
    (name, *_) = await _call(router, "GetServerInformation", "ssss")
    return _Server("body-markup" in capabilities, name.startswith("Xfce"))


async def _call(router: DBusRouter, method: str, signature: str) -> tuple[Any, ...]:
    call = new_method_call(_SERVER, method)
    return _body(await router.send_and_get_reply(call), signature)


def _body(reply: Message, signature: str) -> tuple[Any, ...]:
    """Give a reply's values; `MalformedReplyError` for another signature."""
    body: tuple[Any, ...] = unwrap_msg(reply)
    if reply.header.fields.get(HeaderFields.signature) != signature:
        raise MalformedReplyError
    return body


def _owner_changed() -> MatchRule:
    rule = MatchRule(
        type=MessageType.signal,
        sender="org.freedesktop.DBus",
        path="/org/freedesktop/DBus",
        interface="org.freedesktop.DBus",
        member="NameOwnerChanged",
    )
    rule.add_arg_condition(0, _NAME)
    return rule
