"""The desktop's colour scheme where Qt's platform themes don't read it (Linux)."""

from typing import Final

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusVariant,
)

_PORTAL: Final = "org.freedesktop.portal.Desktop"
_PATH: Final = "/org/freedesktop/portal/desktop"
_SETTINGS: Final = "org.freedesktop.portal.Settings"
_APPEARANCE: Final = "org.freedesktop.appearance"
_SCHEME: Final = "color-scheme"
_DARK: Final = 1
"""1 means dark, 2 light, 0 no preference (the portal's documentation)."""


class Scheme(QObject):
    """Reads the colour scheme from the settings portal, which most desktops run.

    Qt reads it only for GNOME. Its generic theme, which the built program has on Xfce,
    sway and others, is always light. The request does not block; without a portal
    there is no reply.

    Signals:
        changed (bool): whether the desktop is dark; emitted at the first reply and at
            each change
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        bus = QDBusConnection.sessionBus()
        bus.connect(  # type: ignore[call-overload]  # stub: bytes, refused
            _PORTAL,
            _PATH,
            _SETTINGS,
            "SettingChanged",
            self,
            SLOT("_on_changed(QDBusMessage)"),
        )
        request = QDBusMessage.createMethodCall(_PORTAL, _PATH, _SETTINGS, "Read")
        request.setArguments([_APPEARANCE, _SCHEME])
        self._reply = QDBusPendingCallWatcher(bus.asyncCall(request), self)
        self._reply.finished.connect(self._on_reply)

    @Slot(QDBusPendingCallWatcher)
    def _on_reply(self, call: QDBusPendingCallWatcher) -> None:
        if not call.isError():
            self._emit_changed(call.reply().arguments()[:1])

    @Slot(QDBusMessage)
    def _on_changed(self, message: QDBusMessage) -> None:
        arguments = message.arguments()
        if arguments[:2] == [_APPEARANCE, _SCHEME]:
            self._emit_changed(arguments[2:3])

    def _emit_changed(self, values: list[object]) -> None:
        value = values[0] if values else None
        while isinstance(value, QDBusVariant):  # "Read" wraps it twice
            value = value.variant()
        if isinstance(value, int):
            self.changed.emit(value == _DARK)
