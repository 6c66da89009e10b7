"""Which kind of tray shows the icon, and whose it is (Linux)."""

from pathlib import Path
from typing import Final

from PySide6.QtDBus import QDBusConnection

_WATCHER: Final = "org.kde.StatusNotifierWatcher"


def tray_kind(*, is_hosted: bool) -> str:
    """Name it, for a report; `is_hosted` says whether Qt finds any."""
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
