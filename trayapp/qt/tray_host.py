"""The desktop's system tray, which hosts the icon: its existence and its program."""

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import (
    QDBus,
    QDBusConnection,
    QDBusMessage,
    QDBusServiceWatcher,
    QDBusVariant,
)

_WATCHER: Final = "org.kde.StatusNotifierWatcher"
_PATH: Final = "/StatusNotifierWatcher"
_REPLY_MS: Final = 500
_SETTLE_MS: Final = 500
"""A tray owns its name some time before it accepts icons."""


class TrayHost(QObject):
    """Watches the session bus for a host of tray icons.

    On X11 Qt looks for a host only when it makes an icon (qtbase's
    qgenericunixtheme.cpp). An icon that is older than its host is never shown.

    Signals:
        appeared: a host has appeared; one that existed before counts once
        vanished: the host is gone, and may come back
    """

    appeared = Signal()
    vanished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QDBusServiceWatcher(
            _WATCHER,
            QDBusConnection.sessionBus(),
            QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange,
            self,
        )
        self._watcher.serviceRegistered.connect(self._registered)
        self._watcher.serviceUnregistered.connect(self.vanished)

        # A watcher may have existed for some time before there is a host.
        QDBusConnection.sessionBus().connect(  # type: ignore[call-overload]  # stub: bytes, refused
            _WATCHER,
            _PATH,
            _WATCHER,
            "StatusNotifierHostRegistered",
            self,
            SLOT("_settle()"),
        )
        session = QDBusConnection.sessionBus()
        if session.isConnected() and _has_watcher(session):
            self._settle()  # it may be younger than the icon

    @Slot(str)
    def _registered(self, _name: str) -> None:
        self._settle()

    @Slot()
    def _settle(self) -> None:
        QTimer.singleShot(_SETTLE_MS, self.appeared.emit)


def lacks_host() -> bool:
    """Return whether a watcher registers icons, but no host shows them.

    Some desktops start a watcher without a host. Qt takes that for a system tray.
    """
    return _watcher_property("IsStatusNotifierHostRegistered") is False


def has_registered_icon() -> bool:
    """Return whether the watcher lists an icon of this process.

    An icon that is older than the watcher is in the old kind of tray, or in none.
    Without a watcher there is nothing to register with, and this is true.
    """
    items = _watcher_property("RegisteredStatusNotifierItems")
    if not isinstance(items, list):
        return True
    bus = QDBusConnection.sessionBus().interface()
    # GNOME's extension puts an "@" between name and path.
    names = (str(item).partition("/")[0].rstrip("@") for item in items)
    return any(bus.servicePid(name).value() == os.getpid() for name in names)


def tray_kind(*, is_hosted: bool) -> str:
    """Return the kind of tray and its program, for the diagnostics.

    `is_hosted` says whether Qt finds a system tray.
    """
    session = QDBusConnection.sessionBus()
    bus = session.interface()
    if not (session.isConnected() and _has_watcher(session)):
        return "XEmbed" if is_hosted else "none"
    host = _program(int(bus.servicePid(_WATCHER).value() or 0))
    return (
        f"StatusNotifier ({host})" if is_hosted else f"none, though {host} has a name"
    )


def _has_watcher(session: QDBusConnection) -> bool:
    return bool(session.interface().isServiceRegistered(_WATCHER).value())


def _watcher_property(name: str) -> object:
    """Read a property of the watcher; None without a watcher or its reply."""
    request = QDBusMessage.createMethodCall(
        _WATCHER, _PATH, "org.freedesktop.DBus.Properties", "Get"
    )
    request.setArguments([_WATCHER, name])
    request.setAutoStartService(False)
    reply = QDBusConnection.sessionBus().call(request, QDBus.CallMode.Block, _REPLY_MS)
    values = reply.arguments()
    is_value = bool(values) and isinstance(values[0], QDBusVariant)
    return values[0].variant() if is_value else None


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return "unknown"
