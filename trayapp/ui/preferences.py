"""The settings of the program as a whole: how often it asks."""

from datetime import timedelta
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.language import Language
from trayapp.core.settings import Settings
from trayapp.ui.labels import Text, Tone
from trayapp.ui.rows import Rows
from trayapp.ui.waits import Waits

_USUAL: Final = (
    *(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 6, 12, 24)),
)


class Preferences(QWidget):
    """Shows what is neither an account's nor a notification's."""

    def __init__(self, settings: Settings, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._interval = Waits(_USUAL, settings.interval, language)
        help_ = translate("After a failure it asks less often by itself.")
        rows = Rows()
        rows.add(translate("As&k the gateway every:"), self._interval, self._interval)
        rows.setAlignment(self._interval, Qt.AlignmentFlag.AlignLeft)
        rows.add_unnamed(Text(help_, tone=Tone.MUTED))
        rows.setVerticalSpacing(self.fontMetrics().height() // 4)
        self._interval.setAccessibleDescription(help_)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(rows)
        whole.addStretch(1)

    def interval(self) -> timedelta:
        """Give how often the gateway is to be asked."""
        return self._interval.wait()
