"""A problem that many accounts share, shown once above their cards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGroupBox, QVBoxLayout, QWidget

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Card, Problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import MANY
from trayapp.ui.card.remedies import Remedies, is_for_one_account
from trayapp.ui.widgets.colours import hairline
from trayapp.ui.widgets.labels import TextLabel, Tone

_Kind = tuple[str, str, str]
"""Title, reason and advice of a `Problem`; its details may differ."""
_SHARE: Final = 2
"""A problem is shared if at least one in so many accounts has it."""


class SharedProblem(QGroupBox):
    """Shows the shared `Problem` and its remedies; hidden without one.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._failed: dict[str, _Kind] = {}
        self._counts: Counter[_Kind] = Counter()
        self._examples: dict[_Kind, tuple[Problem, Status]] = {}
        self._kind: _Kind | None = None
        self._number = TextLabel(tone=Tone.MUTED, ground=QPalette.ColorRole.Base)
        self._remedies = Remedies(language)
        self._remedies.intent.connect(self.intent)
        em = self.fontMetrics().height()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(em * 3 // 4, em, em * 3 // 4, em // 2)
        layout.setSpacing(em // 4)
        layout.addWidget(self._number)
        layout.addWidget(self._remedies)
        self.hide()

    @property
    def focus_chain(self) -> tuple[QWidget, ...]:
        """The buttons, in focus order."""
        return self._remedies.buttons

    def update_cards(
        self, changed: Sequence[Card], cards: Mapping[str, AccountCard]
    ) -> None:
        """Take the changed ones of all cards; show a shared problem here or in each."""
        for account_id in self._failed.keys() - cards.keys():
            self._forget(account_id)
        for card in changed:
            self._note(card)
        ids = (
            cards
            if self._show_of(len(cards))
            else [card.account_id for card in changed]
        )
        for account_id in ids:
            cards[account_id].hide_problem_if(self._covers)

    def _note(self, card: Card) -> None:
        self._forget(card.account_id)
        if card.problem is not None and not is_for_one_account(card.problem):
            kind = self._failed[card.account_id] = _kind(card.problem)
            self._examples[kind] = card.problem, card.status
            self._counts[kind] += 1

    def _forget(self, account_id: str) -> None:
        if (kind := self._failed.pop(account_id, None)) is not None:
            self._counts[kind] -= 1

    def _covers(self, card: Card) -> bool:
        return card.problem is not None and _kind(card.problem) == self._kind

    def _show_of(self, accounts: int) -> bool:
        """Show the problem that enough accounts share; say whether it changed."""
        before, self._kind = self._kind, None
        for kind, count in self._counts.most_common(1):
            if accounts >= MANY and count * _SHARE >= accounts:
                self._kind = kind
                self._show_problem(*self._examples[kind], count, accounts)
        self.setVisible(self._kind is not None)
        return before != self._kind

    def _show_problem(
        self, problem: Problem, state: Status, count: int, accounts: int
    ) -> None:
        words = self._language.ngettext(
            "{found} of {n} account", "{found} of {n} accounts", accounts
        ).format(found=count, n=accounts)
        self._number.set_text(words)
        self._remedies.show_problem(problem, state)
        self.setAccessibleName(f"{problem.title} ({words})")
        self.setAccessibleDescription(f"{problem.reason} {problem.advice}".strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background of a card, between two lines."""
        del event
        painter = QPainter(self)
        strip = self.rect().adjusted(0, self.fontMetrics().height() // 2, 0, 0)
        painter.fillRect(strip, self.palette().color(QPalette.ColorRole.Base))
        painter.setPen(hairline(self.palette()))
        painter.drawLine(strip.topLeft(), strip.topRight())
        painter.drawLine(strip.bottomLeft(), strip.bottomRight())
        painter.end()


def _kind(problem: Problem) -> _Kind:
    return problem.title, problem.reason, problem.advice
