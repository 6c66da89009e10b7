"""What changes in the window while it is open, told to whoever does not see it."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Card, name_and_status
from trayapp.ui.widgets.announce import announce

_GATHERED_MS: Final = 1_000
"""How long news is gathered: accounts that are asked together answer together."""
_REST_MS: Final = 5_000
"""How long nothing more is told then: two hundred accounts answer for half a minute."""
_MOST: Final = 3
"""So many accounts are named; of the others it is said how many they are."""


class ChangeAnnouncer(QObject):
    """Gathers what became of accounts, and tells it in one go, the gravest first.

    Another state is told as long as the window is open; another balance only to whoever
    is in the window, when all else has been said.
    """

    def __init__(self, window: QWidget, language: Language) -> None:
        super().__init__(window)
        self._window, self._language = window, language
        self._before: dict[str, Card] = {}
        self._now: dict[str, Card] = {}
        self._wait = QTimer(self, interval=_GATHERED_MS, singleShot=True)
        self._wait.timeout.connect(self._tell)

    @Slot(object, object)
    def hear(self, before: Card, now: Card) -> None:
        """Take note that a card says something else."""
        if (before.status, before.amount) == (now.status, now.amount):
            return
        self._before.setdefault(now.account_id, before)
        self._now[now.account_id] = now
        if not self._wait.isActive():
            self._wait.start(_GATHERED_MS)

    @Slot()
    def _tell(self) -> None:
        changes = [(self._before[one], card) for one, card in self._now.items()]
        self._before.clear()
        self._now.clear()
        if not self._window.isVisible():
            return
        turned = [now for before, now in changes if now.status is not before.status]
        moved = [
            now
            for before, now in changes
            if now.status is before.status and now.amount != before.amount
        ]
        if not self._window.isActiveWindow():
            moved.clear()
        if turned or moved:
            states = [self._words(one, one.status_words) for one in turned]
            amounts = [self._words(one, one.amount) for one in moved]
            announce(self._window, self._joined(states + amounts), at_once=bool(turned))
            self._wait.start(_REST_MS)

    def _words(self, card: Card, said: str) -> str:
        return name_and_status(card.name, said, self._language)

    def _joined(self, said: list[str]) -> str:
        parts = said[:_MOST]
        if more := len(said) - len(parts):
            words = self._language.ngettext(
                "and {n} more account", "and {n} more accounts", more
            )
            parts.append(words.format(n=more))
        return self._language.join_phrases(parts)
