"""Announces to screen readers what changes in the window while it is open."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Card, name_and_status
from trayapp.ui.widgets.announce import announce

_COLLECT_MS: Final = 1_000
"""How long changes are collected, as concurrent requests end together."""
_PAUSE_MS: Final = 5_000
"""The pause after an announcement: 200 accounts keep changing for half a minute."""
_MOST_NAMED: Final = 3
"""The most accounts that an announcement names; it counts the others."""


class LiveRegion(QObject):
    """Collects the changes of cards, and announces them together.

    A new status is announced while the window is visible, and interrupts the reader.
    A new balance is announced only while the window is active, after the statuses.
    """

    def __init__(self, window: QWidget, language: Language) -> None:
        super().__init__(window)
        self._window, self._language = window, language
        self._before: dict[str, Card] = {}
        self._now: dict[str, Card] = {}
        self._wait = QTimer(self, interval=_COLLECT_MS, singleShot=True)
        self._wait.timeout.connect(self._announce)

    @Slot(object, object)
    def note_change(self, before: Card, now: Card) -> None:
        """Collect a change of a card; ignore one of neither status nor amount."""
        if (before.status, before.amount) == (now.status, now.amount):
            return
        self._before.setdefault(now.account_id, before)
        self._now[now.account_id] = now
        if not self._wait.isActive():
            self._wait.start(_COLLECT_MS)

    @Slot()
    def _announce(self) -> None:
        changes = [(self._before[key], card) for key, card in self._now.items()]
        self._before.clear()
        self._now.clear()
        if not self._window.isVisible():
            return
        status_changes = [
            now for before, now in changes if now.status is not before.status
        ]
        amount_changes = [
            now
            for before, now in changes
            if now.status is before.status and now.amount != before.amount
        ]
        if not self._window.isActiveWindow():
            amount_changes.clear()
        if status_changes or amount_changes:
            statuses = [self._words(card, card.status_words) for card in status_changes]
            amounts = [self._words(card, card.amount) for card in amount_changes]
            announce(
                self._window,
                self._joined(statuses + amounts),
                at_once=bool(status_changes),
            )
            self._wait.start(_PAUSE_MS)

    def _words(self, card: Card, state: str) -> str:
        return name_and_status(card.name, state, self._language)

    def _joined(self, sentences: list[str]) -> str:
        parts = sentences[:_MOST_NAMED]
        if more := len(sentences) - len(parts):
            words = self._language.ngettext(
                "and {n} more account", "and {n} more accounts", more
            )
            parts.append(words.format(n=more))
        return self._language.join_phrases(parts)
