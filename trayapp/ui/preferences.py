"""The settings of the program as a whole: how often to ask, what to notify about."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from trayapp.core.language import Language
from trayapp.core.settings import Settings
from trayapp.ui.rows import Rows

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_USUAL: Final = (
    *(minutes * _MINUTE for minutes in (5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 6, 12, 24)),
)


class Preferences(QWidget):
    """Shows `Settings` and gives them back as they were changed."""

    def __init__(self, settings: Settings, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._before = settings
        self._intervals = sorted({*_USUAL, settings.interval})
        self._interval = QComboBox()
        self._interval.addItems([_words(one, language) for one in self._intervals])
        self._interval.setCurrentIndex(self._intervals.index(settings.interval))
        self._low = QCheckBox(translate("&Low or empty balance"))
        self._low.setChecked(settings.notify_low)
        self._rejected = QCheckBox(translate("Re&jected API key"))
        self._rejected.setChecked(settings.notify_rejected)
        rows = Rows()
        rows.add(translate("As&k the gateway every:"), self._interval, self._interval)
        rows.add(translate("Notify about:"), self._low, self._low)
        rows.add_unnamed(self._rejected)
        rows.setAlignment(self._interval, Qt.AlignmentFlag.AlignLeft)
        self._low.setAccessibleName(translate("Notify about a low or empty balance"))
        self._rejected.setAccessibleName(translate("Notify about a rejected API key"))
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(self.fontMetrics().height() // 3)
        self.setLayout(rows)

    def settings(self) -> Settings:
        """Give the settings as they are chosen now."""
        return replace(
            self._before,
            interval=self._intervals[self._interval.currentIndex()],
            notify_low=self._low.isChecked(),
            notify_rejected=self._rejected.isChecked(),
        )


def _words(interval: timedelta, language: Language) -> str:
    hours, rest = divmod(interval, _HOUR)
    if not rest:
        return language.ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    minutes = round(interval / _MINUTE)
    return language.ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
