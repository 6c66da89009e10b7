"""One account in the window: its balance large, its run-out day, its state in words."""

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QGroupBox, QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.language import Language
from trayapp.core.plain import one_line
from trayapp.core.state import State
from trayapp.core.text import Card
from trayapp.ui.card_actions import CardActions
from trayapp.ui.colours import focus_ring, hairline
from trayapp.ui.icons import state_pixmap
from trayapp.ui.labels import Text, Tone
from trayapp.ui.picture import Picture
from trayapp.ui.remedies import Remedies

_BASE: Final = QPalette.ColorRole.Base
_LONGEST_NAME: Final = 60
_SCALES: Final = ((14, 2.2), (20, 1.7))
"""How large an amount of so many characters is written; 1.3 if it has more."""
_RUN_OUT_SCALE: Final = 1.15
_ROUNDING: Final = 8.0
_KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class AccountCard(QGroupBox):
    """Shows a `Card` in place; a group by itself to whoever listens to the screen.

    Signals:
        changed(before: Card, now: Card): it says something else.
        check_requested(account_id: str): to ask the gateway about this account.
        enter_key_requested(account_id: str): to type another key.
        unlock_requested(): to be asked for the keyring's password.
        top_up_requested(account_id: str): to go where the account is topped up.
        history_requested(account_id: str): to see its history.
        copy_requested(text: str): to have a text on the clipboard: the amount, or an
            error's details.
        copy_request_requested(account_id: str): to have a top-up request there.
        paid_requested(account_id: str): a person says that they have paid.
    """

    changed = Signal(object, object)
    check_requested = Signal(str)
    enter_key_requested = Signal(str)
    unlock_requested = Signal()
    top_up_requested = Signal(str)
    history_requested = Signal(str)
    copy_requested = Signal(str)
    copy_request_requested = Signal(str)
    paid_requested = Signal(str)

    def __init__(self, card: Card, language: Language) -> None:
        super().__init__()
        self._language = language
        self._card = card
        self._by_keyboard = False
        self._named = card
        """What it was last named after, to whoever listens."""
        self._picture = Picture(partial(state_pixmap, card.state), 2)
        self._name = Text(bold=True, ground=_BASE)
        self._amount = Text(ground=_BASE)
        self._run_out = Text(scale=_RUN_OUT_SCALE, ground=_BASE)
        self._messages = Text(ground=_BASE)
        self._state = Text(ground=_BASE)
        self._age = Text(tone=Tone.MUTED, ground=_BASE)
        self._paid = Text(ground=_BASE)
        self._actions = CardActions(language)
        self._remedies: Remedies | None = None  # most cards never need it
        self._column = QVBoxLayout()
        self._lay_out()
        self._pass_on()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._show()

    @property
    def account_id(self) -> str:
        """The account that this card is for."""
        return self._card.account_id

    @property
    def name(self) -> str:
        """The account's name, as it is shown."""
        return one_line(self._card.name, _LONGEST_NAME)

    @property
    def chain(self) -> tuple[QWidget, ...]:
        """The card and its buttons, in the order of the tab key."""
        helping = self._remedies.buttons if self._remedies is not None else ()
        return (self, *self._actions.buttons, *helping)

    def show_card(self, card: Card) -> None:
        """Show what is known now; what stays the same is not touched."""
        if card == self._card:
            return
        self.changed.emit(self._card, card)
        if card.state is not self._card.state:
            self._picture.show_source(partial(state_pixmap, card.state))
        self._card = card
        self._show()

    def _show(self) -> None:
        card, aged = self._card, self._card.problem is not None
        self._name.say(self.name)
        self._amount.say(card.amount)
        self._amount.speak(Tone.MUTED if aged else Tone.PLAIN, _scale(card.amount))
        self._state.say(card.state_words)
        self._age.say(self._age_words())
        for label, text in (
            (self._run_out, card.run_out),
            (self._messages, card.messages),
            (self._paid, card.paid),
        ):
            label.say(text)
            label.setVisible(bool(text))
        self._actions.show_card(card)
        if aged and self._remedies is None:
            self._add_remedies()
        if self._remedies is not None:
            rejected = card.state is State.UNAUTHORIZED
            self._remedies.show_problem(card.problem, rejected=rejected)
        older = replace(self._named, age=card.age, asking=card.asking)
        if card != older or not self.hasFocus():
            self._name_all()  # another name is said, and not for each minute

    def _age_words(self) -> str:
        translate, card = self._language.gettext, self._card
        words = card.age
        if card.problem is not None and card.level is not State.UNKNOWN:
            # Translators: {age} is such as "5 minutes ago".
            words = translate("Last known balance · {age}").format(age=words)
        if card.asking and card.state is not State.UNKNOWN:
            words = translate("{age} · asking…").format(age=words)
        return words

    def _add_remedies(self) -> None:
        self._remedies = remedies = Remedies(self._language)
        remedies.check_requested.connect(self._on_check)
        remedies.enter_key_requested.connect(self._on_enter_key)
        remedies.unlock_requested.connect(self.unlock_requested)
        remedies.copy_requested.connect(self.copy_requested)
        self._column.addWidget(remedies)
        for first, second in zip(self.chain, self.chain[1:], strict=False):
            QWidget.setTabOrder(first, second)

    def _name_all(self) -> None:
        """Say whose each part is to a person who hears one at a time."""
        self._named = self._card
        card, name = self._card, self.name
        parts = (card.amount, card.run_out, card.messages, card.state_words)
        said = (name, *parts, self._age_words(), card.paid)
        self.setAccessibleName(", ".join(filter(None, said)))
        trouble = card.problem
        self.setAccessibleDescription(
            f"{trouble.title} {trouble.reason} {trouble.advice}" if trouble else ""
        )
        buttons = self._actions.buttons
        buttons += self._remedies.buttons if self._remedies is not None else ()
        for button in buttons:
            button.setAccessibleName(f"{button.text()} ({name})")

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        words = QVBoxLayout()
        words.setSpacing(em // 6)
        for label in (self._name, self._amount, self._run_out, self._messages):
            words.addWidget(label)
        for label in (self._state, self._age, self._paid):
            words.addWidget(label)
        words.addStretch(1)
        summary = QHBoxLayout()
        summary.setSpacing(em // 2)
        summary.addLayout(words, 1)
        summary.addWidget(self._actions)
        self._column.setSpacing(em // 2)
        self._column.addLayout(summary)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(em * 3 // 4, em * 3 // 4, em * 3 // 4, em * 3 // 4)
        whole.setSpacing(em * 3 // 4)
        whole.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        whole.addLayout(self._column, 1)

    def _pass_on(self) -> None:
        actions = self._actions
        actions.top_up_requested.connect(self._on_top_up)
        actions.history_requested.connect(self._on_history)
        actions.copy_amount_requested.connect(self._on_copy_amount)
        actions.copy_request_requested.connect(self._on_copy_request)
        actions.paid_requested.connect(self._on_paid)

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
    def _on_history(self) -> None:
        self.history_requested.emit(self.account_id)

    @Slot()
    def _on_copy_amount(self) -> None:
        """Copy the amount; a dash is none."""
        if self._card.level is not State.UNKNOWN:
            self.copy_requested.emit(self._card.copied or self._card.amount)

    @Slot()
    def _on_copy_request(self) -> None:
        self.copy_request_requested.emit(self.account_id)

    @Slot()
    def _on_paid(self) -> None:
        self.paid_requested.emit(self.account_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the amount, wherever in the card the focus is."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._on_copy_amount()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card's ground, and a ring around it if it has the focus."""
        del event
        focused = self.hasFocus() and self._by_keyboard
        line = 2.0 if focused else 1.0
        colour = (
            focus_ring(self.palette(), _BASE)
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
        self._name_all()
        QWidget.focusInEvent(self, event)


def _scale(amount: str) -> float:
    return next((scale for most, scale in _SCALES if len(amount) <= most), 1.3)
