"""The tab of the settings dialog about notifications: which ones come, and when."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.settings import SETTINGS, Settings, SettingsTab
from trayapp.core.view.account_text import Problem
from trayapp.ui.intents import SendTestNotification
from trayapp.ui.settings.setting_fields import AlertKindsField
from trayapp.ui.settings.settings_page import tab_fields
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.labels import TextLabel, Tone


class NotificationPage(QWidget):
    """Shows the settings about notifications, and tries a notification out.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, settings: Settings, language: Language) -> None:
        super().__init__()
        translate = self._translate = language.gettext
        self.fields = tab_fields(SettingsTab.NOTIFICATIONS, settings, language)
        self._test = PushButton(translate("&Test notification"))
        self._test.setAutoDefault(False)
        self._test.clicked.connect(self._on_test)
        advice = translate("Shows one now, the way the real ones come.")
        self._test.setAccessibleDescription(advice)
        self._sent = TextLabel(advice, tone=Tone.MUTED)
        self._was_sent = False
        self._unseen: Problem | None = None
        self._lay_out()

    def show_unseen(self, problem: Problem | None) -> None:
        """Take why the desktop shows no notification; None if it shows them."""
        self._unseen = problem
        if self._was_sent:
            self._show_sent()

    def _show_sent(self) -> None:
        """Say what is known of the test notification."""
        words = self._translate(
            "Sent. If you see nothing, look whether the desktop itself holds "
            "notifications back."
        )
        if (problem := self._unseen) is not None:
            words = f"{problem.title}. {problem.reason} {problem.advice}"
        self._sent.set_text(words)
        announce(self, words)

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        beside = QHBoxLayout()
        beside.setSpacing(em // 2)
        beside.addWidget(self._test)
        beside.addWidget(self._sent, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em // 4)
        fields, translate = self.fields, self._translate
        kinds = next(
            field for field in fields.values() if isinstance(field, AlertKindsField)
        )
        layout.addWidget(TextLabel(translate("Notify me about"), bold=True))
        layout.addWidget(kinds)
        layout.addSpacing(em // 2)
        layout.addWidget(TextLabel(translate("When to notify me"), bold=True))
        for name, field in fields.items():
            if (kind := SETTINGS[name].beside) is not None:
                field.setAccessibleName(translate(SETTINGS[name].label))
                kinds.put_beside(kind, field)
            elif field is not kinds:
                layout.addWidget(field)
        layout.addSpacing(em // 2)
        layout.addLayout(beside)
        layout.addStretch(1)

    @Slot()
    def _on_test(self) -> None:
        self._was_sent = True
        self._show_sent()
        self.intent.emit(SendTestNotification())
