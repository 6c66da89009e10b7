"""The panel that hosts the icon: whether it is there, comes or goes, and its name."""

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
_ANSWER_MS: Final = 500
_SETTLE_MS: Final = 500
"""A panel takes its name before it takes icons."""


class TrayHost(QObject):
    """Watches the session bus for a host.

    On X11 Qt looks for one only when a tray icon is made (qtbase's
    qgenericunixtheme.cpp), so an icon made before its host never shows up.

    Signals:
        appeared: a host is there now that was not before
        vanished: the host is gone, perhaps to come back
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

        # A watcher may have been there without anybody who shows what it knows of.
        QDBusConnection.sessionBus().connect(  # type: ignore[call-overload]  # stub: bytes, refused
            _WATCHER,
            _PATH,
            _WATCHER,
            "StatusNotifierHostRegistered",
            self,
            SLOT("_settle()"),
        )

    @Slot(str)
    def _registered(self, _name: str) -> None:
        self._settle()

    @Slot()
    def _settle(self) -> None:
        QTimer.singleShot(_SETTLE_MS, self.appeared.emit)


def lacks_host() -> bool:
    """Say whether icons are registered where nobody shows them.

    To Qt a watcher is as good as a panel; some desktops start one without the other.
    """
    asked = QDBusMessage.createMethodCall(
        _WATCHER, _PATH, "org.freedesktop.DBus.Properties", "Get"
    )
    asked.setArguments([_WATCHER, "IsStatusNotifierHostRegistered"])
    asked.setAutoStartService(False)
    reply = QDBusConnection.sessionBus().call(asked, QDBus.CallMode.Block, _ANSWER_MS)
    said = reply.arguments()
    return bool(said) and isinstance(said[0], QDBusVariant) and not said[0].variant()


def tray_kind(*, is_hosted: bool) -> str:
    """Name the kind of tray and its program, for a report.

    `is_hosted` says whether Qt finds any.
    """
    session = QDBusConnection.sessionBus()
    bus = session.interface()
    if not (session.isConnected() and bus.isServiceRegistered(_WATCHER).value()):
        return "XEmbed" if is_hosted else "none"
    host = _program(int(bus.servicePid(_WATCHER).value() or 0))
    return (
        f"StatusNotifier ({host})" if is_hosted else f"none, though {host} has a name"
    )


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return "unknown"
