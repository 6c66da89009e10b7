"""Keeps the program visible when the tray is late, restarts or is missing."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.core.i18n.language import Language
from trayapp.ui.intents import OpenWindow, Quit
from trayapp.ui.tray.tray import Tray

if TYPE_CHECKING:
    from collections.abc import Callable

_TRAY_GRACE_MS: Final = 5_000
"""How long the desktop's tray may take to restart before the window replaces it."""
_LOGIN_GRACE_MS: Final = 20_000
"""The same at login, when the tray starts beside all other programs."""
_TOPIC: Final = "no-tray"


class TrayFallback(QObject):
    """Watches whether a tray shows the icon; without one the window replaces it.

    Signals:
        intent(Intent): without an icon, to open the window, and to quit with it.
    """

    intent = Signal(object)

    def __init__(self, tray: Tray, lazy_window: LazyWindow, language: Language) -> None:
        super().__init__(lazy_window)
        self._tray, self._lazy_window, self._language = tray, lazy_window, language
        self._hosted = False
        self._without_tray = False
        self._stopped = False
        self.lacks_host: Callable[[], bool] = lambda: False
        """Returns whether the tray that Qt found shows no icons."""
        self.has_registered_icon: Callable[[], bool] = lambda: True
        """Returns whether the icon is in the tray that has appeared."""

    def start(self, *, quiet: bool) -> None:
        """Show the icon, and check a little later whether it is on the screen.

        A `quiet` start is one at login: no window opens while the desktop comes up.
        """
        self._tray.show()
        self._hosted = self._is_hosted()
        QTimer.singleShot(_LOGIN_GRACE_MS if quiet else _TRAY_GRACE_MS, self._check)

    def stop(self) -> None:
        """Stop watching, because the program ends."""
        self._stopped = True

    @Slot()
    def host_appeared(self) -> None:
        """Make the icon again if it was made before the tray appeared."""
        if not (self._hosted and self.has_registered_icon()):
            self._tray.recreate()
            self._hosted = self._is_hosted()
        if self._hosted:
            self._without_tray = False
            self._lazy_window.show_banner(_TOPIC, None)

    @Slot()
    def host_vanished(self) -> None:
        """Check a little later whether a restarted tray shows the icon."""
        QTimer.singleShot(_TRAY_GRACE_MS, self._check)

    @Slot()
    def window_closed(self) -> None:
        """End the program with its window if there is no icon to open it again."""
        if self._without_tray and not self._lazy_window.is_visible:
            self.intent.emit(Quit())

    def _is_hosted(self) -> bool:
        return self._tray.is_hosted() and not self.lacks_host()

    @Slot()
    def _check(self) -> None:
        if self._stopped:
            return
        if self._is_hosted():
            self._hosted = True
            return
        self._hosted, self._without_tray = False, True
        self._lazy_window.show_banner(
            _TOPIC,
            self._language.gettext(
                "This desktop shows no tray icons, so this window takes the icon's "
                "place. On GNOME, the AppIndicator extension brings them back. "
                "Minimize the window to keep being warned; closing it ends the program."
            ),
        )
        self.intent.emit(OpenWindow())
