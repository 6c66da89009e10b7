"""Hears whether the desktop is dark where Qt's own platform themes don't (Linux)."""

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
"""1 is dark, 2 light, 0 no preference (the portal's documentation)."""


class Scheme(QObject):
    """Asks the settings' portal, which most desktops run, and listens to it.

    Qt reads it for GNOME alone; its generic theme, which Xfce, sway and others get in
    the built program, is always light. Nothing is waited for: without a portal there
    is no answer.

    Signals:
        changed (bool): whether the desktop is dark, as soon as it is known and
            whenever it changes
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
        asked = QDBusMessage.createMethodCall(_PORTAL, _PATH, _SETTINGS, "Read")
        asked.setArguments([_APPEARANCE, _SCHEME])
        self._answer = QDBusPendingCallWatcher(bus.asyncCall(asked), self)
        self._answer.finished.connect(self._on_answer)

    @Slot(QDBusPendingCallWatcher)
    def _on_answer(self, call: QDBusPendingCallWatcher) -> None:
        if not call.isError():
            self._tell(call.reply().arguments()[:1])

    @Slot(QDBusMessage)
    def _on_changed(self, message: QDBusMessage) -> None:
        said = message.arguments()
        if said[:2] == [_APPEARANCE, _SCHEME]:
            self._tell(said[2:3])

    def _tell(self, said: list[object]) -> None:
        value = said[0] if said else None
        while isinstance(value, QDBusVariant):  # "Read" wraps it twice
            value = value.variant()
        if isinstance(value, int):
            self.changed.emit(value == _DARK)
