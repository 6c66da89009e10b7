"""The settings of the whole program: how often it asks, its language, its start."""

from datetime import timedelta
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.i18n.locales import LOCALES
from trayapp.core.settings import Settings
from trayapp.ui.settings.duration_field import DurationField
from trayapp.ui.widgets.fields import ComboBox
from trayapp.ui.widgets.login_option import LoginOption
from trayapp.ui.widgets.rows import Explained, Rows

_USUAL: Final = (
    *(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 6, 12, 24)),
)


class GeneralPage(QWidget):
    """Shows what is neither an account's nor a notification's."""

    def __init__(self, settings: Settings, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._interval = DurationField(_USUAL, settings.interval, language)
        self._languages = _choice_of_languages(settings.language, language)
        rows = Rows()
        for name, box, advice in (
            (
                translate("As&k the gateway every:"),
                self._interval,
                translate("After a failure it asks less often by itself."),
            ),
            (
                translate("&Language:"),
                self._languages,
                translate("Takes effect when Balance Tray starts the next time."),
            ),
        ):
            rows.add(name, Explained(box, advice), box)
        rows.setVerticalSpacing(self.fontMetrics().height() // 2)
        self.login = LoginOption(language)
        """Whether the program starts at login."""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(self.fontMetrics().height())
        whole.addLayout(rows)
        whole.addWidget(self.login)
        whole.addStretch(1)

    def interval(self) -> timedelta:
        """Give how often the gateway is to be asked."""
        return self._interval.wait()

    def language(self) -> str:
        """Give the code of the language that is to be spoken; "" is the system's."""
        return str(self._languages.currentData())


def _choice_of_languages(chosen: str, language: Language) -> ComboBox:
    """Offer the languages, each by its own name: whoever looks for it can read that."""
    box = ComboBox()
    # Translators: the language that the operating system is set to.
    box.addItem(language.gettext("The system's own"), "")
    for code, one in LOCALES.items():
        box.addItem(one.name, code)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box
