"""What a card says, from the name down to the age, in the order in which one asks."""

from math import ceil
from typing import Final

from PySide6.QtGui import QFontMetricsF, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.view.account_text import Card
from trayapp.ui.card.density import Density
from trayapp.ui.widgets.labels import TextLabel, Tone, tone_of

CALM: Final = {Status.OK, Status.UNKNOWN}
"""The states that ask nothing of a person: they are said quietly."""
_BASE: Final = QPalette.ColorRole.Base
_LONGEST_NAME: Final = 60
_SHORT: Final = (14, 20)
"""Up to how many characters an amount is short, or not very long."""
_BELOW_AMOUNT: Final = 2
_AT_THIS_PACE: Final = 3
"""How many words that is, in most languages."""


class Facts(QWidget):
    """The column of words on a card."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._density = Density.USUAL
        self._age_is_high = False
        self._name = TextLabel(bold=True, ground=_BASE)
        self._amount = TextLabel(ground=_BASE)
        self._run_out = TextLabel(ground=_BASE)
        self._messages = TextLabel(ground=_BASE)
        self._state = TextLabel(ground=_BASE)
        self._age = TextLabel(tone=Tone.MUTED, ground=_BASE)
        self._paid = TextLabel(ground=_BASE)
        self._spare = QWidget()
        """Room at the end for the run-out day, which comes later than the balance."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(self.fontMetrics().height() // 6)
        for label in (self._name, self._amount, self._run_out, self._messages):
            self._column.addWidget(label)
        for label in (self._state, self._age, self._paid):
            self._column.addWidget(label)
        self._column.addWidget(self._spare)
        self._column.addStretch(1)

    def show_card(self, card: Card, density: Density) -> None:
        """Say what is known now, as large as there is room for."""
        self._density = density
        is_calm = card.problem is None and card.status in CALM
        aged = _is_aged(card)
        faded = Tone.MUTED if aged else Tone.PLAIN
        self._name.set_text(name_of(card))
        self._amount.set_text(card.amount)
        dim = aged or card.balance_status is Status.UNKNOWN
        self._amount.set_tone(
            Tone.MUTED if dim else Tone.PLAIN, self._scale(card.amount)
        )
        tone = faded if card.run_out else Tone.MUTED
        self._run_out.set_tone(tone, density.value.run_out)
        self._messages.set_tone(faded)
        # An error has a title of its own, which is bold.
        self._state.set_tone(tone_of(card.status), bold=card.problem is None)
        self._age.set_tone(Tone.PLAIN if aged else Tone.MUTED, bold=aged)
        apart = density is not Density.COMPACT
        self._age.set_text(self._quiet_words(card, is_calm=is_calm, apart=apart))
        self._run_out.set_text(days := card.run_out or card.note, end=_AT_THIS_PACE)
        self._run_out.setVisible(bool(days))
        for label, text in (
            (self._messages, card.messages if apart or not is_calm else ""),
            (self._state, "" if is_calm else card.status_words),
            (self._paid, card.pending_payment),
        ):
            label.set_text(text)
            label.setVisible(bool(text))
        line = QFontMetricsF(self._run_out.font()).height()
        self._spare.setFixedHeight(ceil(line))
        self._spare.setVisible(self._run_out.isHidden() and card.problem is None)
        self._raise_age(high=aged)

    def sentence(self, card: Card) -> str:
        """Say all of it to whoever hears one card at a time."""
        amount = (
            card.amount if card.balance_status is not Status.UNKNOWN else ""
        )  # a dash
        days = card.run_out or card.note
        parts = (amount, days, card.messages, card.status_words)
        said = (name_of(card), *parts, self._age_words(card), card.pending_payment)
        return ", ".join(filter(None, said)).replace(" · ", ", ")

    def _quiet_words(self, card: Card, *, is_calm: bool, apart: bool) -> str:
        """Give the line that may be overlooked: all of it, if nothing is wrong."""
        if not is_calm:
            return self._age_words(card)
        if card.balance_status is Status.UNKNOWN:
            return card.status_words  # it has no age
        counted = "" if apart else card.messages
        parts = (counted, card.status_words, self._age_words(card))
        return " · ".join(filter(None, parts))

    def _age_words(self, card: Card) -> str:
        translate, words = self._language.gettext, card.age
        if _is_aged(card):
            # Translators: {age} is such as "5 minutes ago".
            words = translate("Last known balance · {age}").format(age=words)
        if card.asking and card.status is not Status.UNKNOWN:
            words = translate("{age} · asking…").format(age=words)
        return words

    def _raise_age(self, *, high: bool) -> None:
        """Have the age of a balance that may be wrong stand right below it."""
        if high is not self._age_is_high:
            self._age_is_high = high
            self._column.removeWidget(self._age)
            after = _BELOW_AMOUNT if high else self._column.indexOf(self._state) + 1
            self._column.insertWidget(after, self._age)

    def _scale(self, amount: str) -> float:
        large, medium, small = self._density.value.amounts
        if len(amount) > _SHORT[1]:
            return small
        return large if len(amount) <= _SHORT[0] else medium


def name_of(card: Card) -> str:
    """Give the account's name as it is shown."""
    return one_line(card.name, _LONGEST_NAME)


def _is_aged(card: Card) -> bool:
    """Whether an amount is shown that may no longer be true."""
    return card.problem is not None and card.balance_status is not Status.UNKNOWN
