"""One account in the window: its balance large, its state in words, what helps."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QGroupBox, QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.errors import Remedy
from trayapp.core.language import Language
from trayapp.core.plain import one_line
from trayapp.core.state import State
from trayapp.core.text import Card, Problem
from trayapp.ui.buttons import Button
from trayapp.ui.colours import hairline
from trayapp.ui.icons import state_pixmap
from trayapp.ui.labels import Text, Tone
from trayapp.ui.picture import Picture
from trayapp.ui.trouble import Trouble

_BASE: Final = QPalette.ColorRole.Base
_LONGEST_NAME: Final = 60
_SCALES: Final = ((14, 2.2), (20, 1.7))
"""How large an amount of so many characters is written; 1.3 if it has more."""
_ROUNDING: Final = 8.0
_KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class AccountCard(QGroupBox):
    """Shows a `Card` in place; a group by itself to whoever listens to the screen.

    Signals:
        check_requested(account_id: str): to ask the gateway about this account.
        enter_key_requested(account_id: str): to type another key.
        unlock_requested(): to be asked for the keyring's password.
        top_up_requested(account_id: str): to go where the account is topped up.
        copy_requested(text: str): to have an error's details on the clipboard.
    """

    check_requested = Signal(str)
    enter_key_requested = Signal(str)
    unlock_requested = Signal()
    top_up_requested = Signal(str)
    copy_requested = Signal(str)

    def __init__(self, card: Card, language: Language) -> None:
        super().__init__()
        self._language = language
        self._card = card
        self._by_keyboard = False
        translate = language.gettext
        self._picture = Picture(partial(state_pixmap, card.state), 2)
        self._name = Text(bold=True, ground=_BASE)
        self._amount = Text(ground=_BASE)
        self._state = Text(ground=_BASE)
        self._age = Text(tone=Tone.MUTED, ground=_BASE)
        self._trouble = Trouble(tone=Tone.PLAIN, ground=_BASE)
        self._top_up = Button(translate("Top up…"))
        self._top_up.clicked.connect(self._on_top_up)
        self._enter_key = Button("")
        self._enter_key.clicked.connect(self._on_enter_key)
        self._unlock = Button(translate("Unlock keyring…"))
        self._unlock.clicked.connect(self.unlock_requested)
        self._check = Button(translate("Check again"))
        self._check.clicked.connect(self._on_check)
        self._copy = Button(translate("Copy details"))
        self._copy.clicked.connect(self._on_copy)
        self._remedies = QWidget()
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_card(card)

    @property
    def account_id(self) -> str:
        """The account that this card is for."""
        return self._card.account_id

    def show_card(self, card: Card) -> None:
        """Show what is known now; what stays the same is not touched."""
        if card.state is not self._card.state:
            self._picture.show_source(partial(state_pixmap, card.state))
        self._card = card
        aged = card.problem is not None
        self._name.say(one_line(card.name, _LONGEST_NAME))
        self._amount.say(card.amount)
        self._amount.speak(Tone.MUTED if aged else Tone.PLAIN, _scale(card.amount))
        self._state.say(card.state_words)
        self._age.say(self._age_words())
        self._top_up.setVisible(bool(card.panel_url))
        self._top_up.emphasize(on=card.level in {State.LOW, State.EMPTY})
        self._trouble.show_problem(card.problem)
        self._show_remedies(card.problem)
        self._name_all()

    def _age_words(self) -> str:
        translate, card = self._language.gettext, self._card
        words = card.age
        if card.problem is not None and card.level is not State.UNKNOWN:
            words = translate("Last known balance: {age}").format(
                age=words[:1].lower() + words[1:]
            )
        if card.asking and card.state is not State.UNKNOWN:
            words = translate("{age} · asking…").format(age=words)
        return words

    def _show_remedies(self, problem: Problem | None) -> None:
        translate = self._language.gettext
        remedy = problem.remedy if problem is not None else Remedy.NONE
        self._remedies.setVisible(remedy is not Remedy.NONE)
        self._unlock.setVisible(remedy is Remedy.UNLOCK)
        self._enter_key.setVisible(remedy is Remedy.ENTER_KEY)
        self._copy.setVisible(remedy is Remedy.COPY_DETAILS)
        self._copy.setText(translate("Copy details"))
        rejected = self._card.state is State.UNAUTHORIZED
        self._enter_key.setText(
            translate("Enter new key…") if rejected else translate("Enter key…")
        )
        # After a rejection the key may be right, and the address allowed meanwhile.
        self._check.setVisible(
            remedy in {Remedy.RETRY, Remedy.COPY_DETAILS} or rejected
        )

    def _name_all(self) -> None:
        """Say whose each part is to a person who hears one at a time."""
        card, name = self._card, one_line(self._card.name, _LONGEST_NAME)
        parts = (name, card.amount, card.state_words, self._age_words())
        self.setAccessibleName(", ".join(parts))
        trouble = card.problem
        self.setAccessibleDescription(
            f"{trouble.title} {trouble.reason} {trouble.advice}" if trouble else ""
        )
        for button in self.findChildren(Button):
            button.setAccessibleName(f"{button.text()} ({name})")

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        words = QVBoxLayout()
        words.setSpacing(em // 8)
        for label in (self._name, self._amount, self._state, self._age):
            words.addWidget(label)
        summary = QHBoxLayout()
        summary.setSpacing(em // 2)
        summary.addLayout(words, 1)
        summary.addWidget(self._top_up, 0, Qt.AlignmentFlag.AlignVCenter)
        remedies = QHBoxLayout(self._remedies)
        remedies.setContentsMargins(0, em // 8, 0, 0)
        for button in (self._enter_key, self._unlock, self._check, self._copy):
            remedies.addWidget(button)
        remedies.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(em // 2)
        column.addLayout(summary)
        column.addWidget(self._trouble)
        column.addWidget(self._remedies)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(em * 3 // 4, em * 3 // 4, em * 3 // 4, em * 3 // 4)
        whole.setSpacing(em * 3 // 4)
        whole.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        whole.addLayout(column, 1)

    @Slot()
    def _on_check(self) -> None:
        self.check_requested.emit(self.account_id)

    @Slot()
    def _on_enter_key(self) -> None:
        self.enter_key_requested.emit(self.account_id)

    @Slot()
    def _on_top_up(self) -> None:
        self.top_up_requested.emit(self.account_id)

    @Slot()
    def _on_copy(self) -> None:
        if (problem := self._card.problem) is not None:
            self.copy_requested.emit(f"{problem.title}\n{problem.detail}")
            self._copy.setText(self._language.gettext("Copied"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card's ground, and a ring around it if it has the focus."""
        del event
        focused = self.hasFocus() and self._by_keyboard
        line = 2.0 if focused else 1.0
        colour = (
            self.palette().color(QPalette.ColorRole.Highlight)
            if focused
            else hairline(self.palette())
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, line))
        painter.setBrush(self.palette().color(_BASE))
        inset = line / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset),
            _ROUNDING,
            _ROUNDING,
        )
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keep the focus: a group box would hand it to its first button."""
        self._by_keyboard = event.reason() in _KEYBOARD
        QWidget.focusInEvent(self, event)


def _scale(amount: str) -> float:
    return next((scale for most, scale in _SCALES if len(amount) <= most), 1.3)
