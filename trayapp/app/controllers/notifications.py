"""Notifications, to whoever shows them here, and the buttons that are pressed there."""

import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from trayapp.app.screen.presenter import Presenter
from trayapp.core.alerts.notification import Notification, NotificationButton
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.alerts.wording import notification_about, sample_notification
from trayapp.core.i18n.language import Language
from trayapp.qt.poller import Poller
from trayapp.services.messages.requests import SendNotification
from trayapp.ui.intents import EnterKey, OpenTopUpPage, OpenWindow, SnoozeNotifications
from trayapp.ui.tray.tray import Tray

if TYPE_CHECKING:
    from trayapp.core.alerts.decision import Alert

_BY_D_BUS: Final = sys.platform not in {"win32", "darwin"}


class NotificationController(QObject):
    """Tells alerts, and passes on what a person answers.

    Signals:
        intent(Intent): what the pressed button of a notification asks for.
    """

    intent = Signal(object)

    def __init__(
        self, poller: Poller, tray: Tray, views: Presenter, language: Language
    ) -> None:
        super().__init__(views)
        self._poller, self._tray, self._views = poller, tray, views
        self._language = language

    def tell_alerts(self, alerts: "tuple[Alert, ...]") -> None:
        """Tell these in one notification."""
        self._tell(notification_about(alerts, self._views.discreet_language))

    @Slot()
    def tell_trial(self) -> None:
        """Show a person that notifications come."""
        self._tell(sample_notification(self._language))

    def hear_button(self, account_id: str, button: NotificationButton) -> None:
        """Do what a notification's button says."""
        if button is NotificationButton.TOP_UP:
            self.intent.emit(OpenTopUpPage(account_id))
        elif button is NotificationButton.ENTER_KEY:
            self.intent.emit(EnterKey(account_id))
        elif button is NotificationButton.SNOOZE:
            self.intent.emit(SnoozeNotifications(SnoozeChoice.EIGHT_HOURS))
        else:
            self.intent.emit(OpenWindow())

    def _tell(self, said: Notification) -> None:
        if _BY_D_BUS:
            self._poller.post(SendNotification(said))
        else:
            self._tray.show_message(said)
