"""The desktop of a benchmark, and a monitor of its session bus that times programs."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from jeepney import DBusAddress, HeaderFields, MessageType, Properties, new_method_call
from jeepney.bus_messages import Monitoring
from jeepney.io.blocking import Proxy, open_dbus_connection

from bench import process_metrics
from bench.process_metrics import MARK, ExitWatcher
from bench.report import OURS
from desktop.desktop import Desktop
from tooling.processes import WaitTimeoutError, wait_until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from jeepney import Message

_ITEM: Final = "org.kde.StatusNotifierItem"
_MONITORED: Final = (
    "type='method_call',member='RegisterStatusNotifierItem'",
    f"type='signal',interface='{_ITEM}',member='NewToolTip'",
)
_A11Y: Final = "QT_LINUX_ACCESSIBILITY_ALWAYS_ON"
_REPLY_S: Final = 5.0
_APPEAR_S: Final = 60.0
_LOOK_AGAIN_S: Final = 0.5
_QUIT_S: Final = 10.0
_WINDOW_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A program that is measured."""

    name: str
    command: tuple[str | Path, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    """The arguments that start it in the tray, without a window."""
    version: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it is the program itself, and not one to compare it with."""
        return self.name in OURS


@dataclass(frozen=True, slots=True)
class TrayEvent:
    """A message of a tray icon on the bus: its registration, or a new tooltip."""

    at: float
    sender: str
    path: str
    """The icon's object path; empty in a message that registers none."""


def _pid_of(sender: str) -> Message:
    bus = DBusAddress(
        "/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"
    )
    return new_method_call(bus, "GetConnectionUnixProcessID", "s", (sender,))


class TrayMonitor:
    """Watches the session bus for tray icons that appear and change.

    The taskbar is the desktop's own; this only monitors the bus.
    """

    def __init__(self, bus: str) -> None:
        self._events: list[TrayEvent] = []
        self._arrived = threading.Condition()
        self._connection = open_dbus_connection(bus)
        Proxy(Monitoring(), self._connection).BecomeMonitor(list(_MONITORED))
        self._calls = open_dbus_connection(bus)
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._calls.close()

    def icon(self, token: str, since: float, timeout_s: float = _APPEAR_S) -> TrayEvent:
        """Wait until a program registers its icon; `WaitTimeoutError` if it doesn't."""
        deadline = time.monotonic() + timeout_s
        seen_count = 0
        while time.monotonic() < deadline:
            with self._arrived:
                events = [one for one in self._events[seen_count:] if one.path]
                seen_count = len(self._events)
                if not events:
                    self._arrived.wait(_LOOK_AGAIN_S)
                    continue
            for one in events:
                if one.at >= since and self._pid(one.sender) in process_metrics.members(
                    token
                ):
                    return one
        message = "it shows no tray icon"
        raise WaitTimeoutError(message)

    def tooltip_with(self, icon: TrayEvent, words: str, timeout_s: float) -> float:
        """Wait until an icon's tooltip holds these words, and give the moment.

        It is read when the icon says that it changed.
        """
        deadline = time.monotonic() + timeout_s
        seen = "nothing"
        while time.monotonic() < deadline:
            with self._arrived:
                count = len(self._events)
            seen = self.tooltip(icon)
            now = time.monotonic()
            if words in seen:
                return now
            with self._arrived:
                if len(self._events) == count:
                    self._arrived.wait(_LOOK_AGAIN_S)
        message = f"no {words!r} in the tooltip within {timeout_s:g} s, but {seen!r}"
        raise WaitTimeoutError(message)

    def tooltip(self, icon: TrayEvent) -> str:
        """Read an icon's tooltip; empty if it has none."""
        address = DBusAddress(icon.path, icon.sender, _ITEM)
        reply = self._reply(Properties(address).get("ToolTip"))
        if reply.header.message_type is MessageType.error:
            return ""
        ((_, (_, _, title, text)),) = reply.body
        return f"{title}\n{text}"

    def activate(self, icon: TrayEvent) -> None:
        """Do what a click on an icon does."""
        address = DBusAddress(icon.path, icon.sender, _ITEM)
        asked = new_method_call(address, "Activate", "ii", (0, 0))
        self._reply(asked)

    def choose(self, icon: TrayEvent, label: str) -> None:
        """Choose an entry of an icon's menu by the beginning of its label."""
        address = DBusAddress(icon.path, icon.sender, _ITEM)
        reply = self._reply(Properties(address).get("Menu"))
        ((_, path),) = reply.body
        menu = DBusAddress(path, icon.sender, "com.canonical.dbusmenu")
        layout = new_method_call(menu, "GetLayout", "iias", (0, 1, ["label"]))
        _, (_, _, entries) = self._reply(layout).body
        for number, properties, _ in (entry[1] for entry in entries):
            name = properties.get("label", ("s", ""))[1].replace("_", "")
            if name.startswith(label):
                body = (number, "clicked", ("s", ""), 0)
                event = new_method_call(menu, "Event", "isvu", body)
                self._reply(event)
                return
        message = f"the menu has no {label!r}"
        raise WaitTimeoutError(message)

    def _pid(self, sender: str) -> int:
        ask = _pid_of(sender)
        reply = self._reply(ask)
        if reply.header.message_type is MessageType.error:
            return 0  # it is gone
        return int(reply.body[0])

    def _reply(self, message: Message) -> Message:
        try:
            return self._calls.send_and_get_reply(message, timeout=_REPLY_S)
        except TimeoutError as error:
            words = f"it did not answer within {_REPLY_S:g} s"
            raise WaitTimeoutError(words) from error

    def _listen(self) -> None:
        while True:
            try:
                message = self._connection.receive()
            except (OSError, EOFError, ValueError):
                return
            now = time.monotonic()
            fields = message.header.fields
            path = ""
            if message.header.message_type is MessageType.method_call:
                # Either the icon's path, or a name whose icon has the usual path.
                (name,) = message.body
                path = name if name.startswith("/") else "/StatusNotifierItem"
            with self._arrived:
                sender = fields[HeaderFields.sender]
                self._events.append(TrayEvent(now, sender, path))
                self._arrived.notify_all()


@dataclass(frozen=True, slots=True)
class MeasuredProgram:
    """A program that runs on the desktop of the benchmark."""

    subject: Subject
    process: subprocess.Popen[str]
    token: str
    home: Path
    started_at: float
    """By the clock of `TrayEvent.at`."""

    @property
    def processes(self) -> list[int]:
        """The ids of its processes, helpers included."""
        return process_metrics.members(self.token)


class BenchmarkDesktop(Desktop):
    """A desktop on which each program has a home of its own.

    Assistive technology is off, as it is for most people.
    """

    def __init__(self) -> None:
        super().__init__("xfce")
        self._env.pop(_A11Y, None)
        self._started = 0

    @property
    def bus(self) -> str:
        """The session bus's address."""
        return self.env["DBUS_SESSION_BUS_ADDRESS"]

    def home_env(self, name: str) -> dict[str, str]:
        """Make a home folder, and return the environment that points to it."""
        home = self.folder / "homes" / name
        folders = {
            "HOME": home,
            "XDG_CONFIG_HOME": home / ".config",
            "XDG_DATA_HOME": home / ".local/share",
            "XDG_STATE_HOME": home / ".local/state",
            "XDG_CACHE_HOME": home / ".cache",
            "XDG_RUNTIME_DIR": home / "run",
        }
        for folder in folders.values():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {key: str(folder) for key, folder in folders.items()}

    def launch(self, subject: Subject) -> MeasuredProgram:
        """Start a program in its home."""
        self._started += 1
        token = f"{self.folder.name}-{self._started}"
        env = {**self.home_env(subject.name), **subject.env, MARK: token}
        command = [*subject.command, *subject.arguments]
        start = time.monotonic()
        process = self.spawn(command, env=env, log=subject.name)
        home = self.folder / "homes" / subject.name
        return MeasuredProgram(subject, process, token, home, start)

    def quit(self, running: MeasuredProgram) -> float | None:
        """End a program, and return the seconds it took.

        None if it did not end in time, or had ended by itself before.
        """
        if running.process.poll() is not None:
            return None
        ending = ExitWatcher(running.process.pid)
        before = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        ended = ending.wait(_QUIT_S)
        passed = time.monotonic() - before
        self.stop(running.process)
        for pid in running.processes:  # helpers that it left behind
            process_metrics.end(pid)
        return passed if ended else None

    def open_window(
        self, running: MeasuredProgram, monitor: TrayMonitor, icon: TrayEvent
    ) -> bool:
        """Click on its icon; False if no window appears."""
        monitor.activate(icon)
        return self._windows_are(running, shown=True)

    def close_window(self, running: MeasuredProgram) -> bool:
        """Close its window as a person does; False if it stays."""
        self.run(["xdotool", "key", "alt+F4"])
        return self._windows_are(running, shown=False)

    def has_window(self, running: MeasuredProgram) -> bool:
        """Whether it has a window on the screen."""
        return any(self.session.windows(pid) for pid in running.processes)

    def _windows_are(self, running: MeasuredProgram, *, shown: bool) -> bool:
        try:
            wait_until(
                lambda: self.has_window(running) is shown, "its window", _WINDOW_S
            )
        except WaitTimeoutError:
            return False
        return True
