"""Notices when a desktop panel that hosts StatusNotifier icons appears (Linux)."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

_WATCHER: Final = "org.kde.StatusNotifierWatcher"
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

    @Slot(str)
    def _registered(self, _name: str) -> None:
        QTimer.singleShot(_SETTLE_MS, self.appeared.emit)
