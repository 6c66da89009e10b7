"""A session bus under observation: notifications as they were sent, and a tray."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call
from jeepney.bus_messages import Monitoring
from jeepney.io.blocking import Proxy, open_dbus_connection

from desktop.tray_probe import NoTrayIconError, TrayItem
from tooling.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

# GNOME's server passes each on to the shell, and only that has another destination.
_NOTIFY: Final = (
    "type='method_call',interface='org.freedesktop.Notifications'"
    ",destination='org.freedesktop.Notifications'"
)
_WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class SentNotification:
    """One `Notify` call, as it went over the bus."""

    app: str
    replaces: int
    title: str
    body: str
    actions: tuple[str, ...]
    urgency: int


class Notifications:
    """Hears every notification that is sent on a session's bus."""

    def __init__(self, bus: str) -> None:
        self.sent: list[SentNotification] = []
        self._connection = open_dbus_connection(bus)
        Proxy(Monitoring(), self._connection).BecomeMonitor([_NOTIFY])
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def wait_for(self, count: int) -> None:
        """Wait until so many were sent since the beginning."""
        wait_until(lambda: len(self.sent) >= count, f"{count} notifications", _WITHIN_S)

    def _listen(self) -> None:
        while True:
            try:
                message = self._connection.receive()
            except (OSError, EOFError, ValueError):
                return
            fields = message.header.fields
            if (
                message.header.message_type is MessageType.method_call
                and fields.get(HeaderFields.member) == "Notify"
            ):
                app, replaces, _, title, body, actions, hints, _ = message.body
                self.sent.append(
                    SentNotification(
                        app,
                        replaces,
                        title,
                        body,
                        tuple(actions),
                        hints["urgency"][1],
                    )
                )


class Icon(TrayItem):
    """Our tray icon, with a hand on it."""

    def middle_click(self) -> None:
        """Click with the middle button, at the screen's corner."""
        self._call(self._item(), "SecondaryActivate", "ii", (0, 0))

    def choose(self, label: str) -> None:
        """Choose an entry of the menu by the beginning of its label."""
        item = self._item()
        _, path = self._get(item, "Menu")
        menu = DBusAddress(path, item.bus_name, "com.canonical.dbusmenu")
        body = (0, 1, ["label"])
        _, (_, _, entries) = self._call(menu, "GetLayout", "iias", body)
        for number, properties, _ in (entry[1] for entry in entries):
            if properties.get("label", ("s", ""))[1].replace("_", "").startswith(label):
                event = (number, "clicked", ("s", ""), 0)
                self._reply(new_method_call(menu, "Event", "isvu", event))
                return
        message = f"the menu has no {label!r}"
        raise AssertionError(message)

    def says(self, words: str, *, within_s: float = _WITHIN_S) -> None:
        """Wait until the tooltip holds these words."""
        self.waits_for(lambda: words in self.tooltip(), words, within_s=within_s)

    def waits_for(
        self, condition: Callable[[], bool], what: str, *, within_s: float = _WITHIN_S
    ) -> None:
        """Wait for something of the icon, which may not be there yet."""

        def holds() -> bool:
            try:
                return condition()
            except NoTrayIconError:
                return False

        wait_until(holds, f"the tray icon: {what}", within_s)

    def is_there(self) -> bool:
        """Return whether the taskbar shows it."""
        try:
            self._item()
        except NoTrayIconError:
            return False
        return True
