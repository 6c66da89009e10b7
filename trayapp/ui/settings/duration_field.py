"""Boxes to choose how long something takes, in hours and minutes."""

from datetime import timedelta
from typing import Final

from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.fields import ComboBox

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


class DurationField(ComboBox):
    """Offers the usual times, and the one that was chosen before."""

    def __init__(
        self, usual: tuple[timedelta, ...], chosen: timedelta, language: Language
    ) -> None:
        super().__init__()
        self._waits = sorted({*usual, chosen})
        self.addItems([_words(one, language) for one in self._waits])
        self.setCurrentIndex(self._waits.index(chosen))

    def wait(self) -> timedelta:
        """Give what is chosen now."""
        return self._waits[self.currentIndex()]


def _words(wait: timedelta, language: Language) -> str:
    days, rest = divmod(wait, _DAY)
    if not rest and days > 1:
        # Translators: a length of time, to be chosen.
        return language.ngettext("{n} day", "{n} days", days).format(n=days)
    hours, rest = divmod(wait, _HOUR)
    if not rest:
        return language.ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    minutes = round(wait / _MINUTE)
    return language.ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
