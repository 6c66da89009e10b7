"""The facts on a card, from the account's name down to the balance's age."""

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
"""The statuses in which a person need do nothing; they have muted colours."""
_BASE: Final = QPalette.ColorRole.Base
_LONGEST_NAME: Final = 60
_SHORT: Final = (14, 20)
"""The most characters of a short amount, and of a longer one."""
_BELOW_AMOUNT: Final = 2
_AT_THIS_PACE: Final = 3
"""The number of words of "at this pace" in most languages."""


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
        self._status = TextLabel(ground=_BASE)
        self._age = TextLabel(tone=Tone.MUTED, ground=_BASE)
        self._pending_payment = TextLabel(ground=_BASE)
        self._spacer = QWidget()
        """Keeps room for the run-out day, which is known later than the balance."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(self.fontMetrics().height() // 6)
        for label in (self._name, self._amount, self._run_out, self._messages):
            self._column.addWidget(label)
        for label in (self._status, self._age, self._pending_payment):
            self._column.addWidget(label)
        self._column.addWidget(self._spacer)
        self._column.addStretch(1)

    def show_card(self, card: Card, density: Density) -> None:
        """Show a `Card`, with text as large as the density allows."""
        self._density = density
        is_calm = card.problem is None and card.status in CALM
        aged = _is_aged(card)
        faded = Tone.MUTED if aged else Tone.PLAIN
        self._name.set_text(name_of(card))
        self._amount.set_text(card.amount)
        is_muted = aged or card.balance_status is Status.UNKNOWN
        self._amount.set_tone(
            Tone.MUTED if is_muted else Tone.PLAIN, self._scale(card.amount)
        )
        details = card.details
        tone = faded if details.run_out else Tone.MUTED
        self._run_out.set_tone(tone, density.value.run_out)
        self._messages.set_tone(faded)
        # A problem has its own title, which is bold.
        self._status.set_tone(tone_of(card.status), bold=card.problem is None)
        self._age.set_tone(Tone.PLAIN if aged else Tone.MUTED, bold=aged)
        is_roomy = density is not Density.COMPACT
        self._age.set_text(self._muted_words(card, is_calm=is_calm, is_roomy=is_roomy))
        self._run_out.set_text(
            days := details.run_out or details.note, end=_AT_THIS_PACE
        )
        self._run_out.setVisible(bool(days))
        for label, text in (
            (self._messages, details.messages if is_roomy or not is_calm else ""),
            (self._status, "" if is_calm else card.status_words),
            (self._pending_payment, details.pending_payment),
        ):
            label.set_text(text)
            label.setVisible(bool(text))
        line = QFontMetricsF(self._run_out.font()).height()
        self._spacer.setFixedHeight(ceil(line))
        self._spacer.setVisible(self._run_out.isHidden() and card.problem is None)
        self._raise_age(high=aged)

    def sentence(self, card: Card) -> str:
        """Return all facts as one sentence for a screen reader."""
        is_known = card.balance_status is not Status.UNKNOWN  # else it is a dash
        amount = card.amount if is_known else ""
        details = card.details
        days = details.run_out or details.note
        parts = (amount, days, details.messages, card.status_words)
        facts = (name_of(card), *parts, self._age_words(card), details.pending_payment)
        return ", ".join(filter(None, facts)).replace(" · ", ", ")

    def _muted_words(self, card: Card, *, is_calm: bool, is_roomy: bool) -> str:
        """Return the muted line: the age, and the status if nothing is wrong."""
        if not is_calm:
            return self._age_words(card)
        if card.balance_status is Status.UNKNOWN:
            return card.status_words  # it has no age
        counted = "" if is_roomy else card.details.messages
        parts = (counted, card.status_words, self._age_words(card))
        return " · ".join(filter(None, parts))

    def _age_words(self, card: Card) -> str:
        translate, words = self._language.gettext, card.age
        if _is_aged(card):
            # Translators: {age} is such as "5 minutes ago".
            words = translate("Last known balance · {age}").format(age=words)
        if card.is_refreshing and card.status is not Status.UNKNOWN:
            words = translate("{age} · asking…").format(age=words)
        return words

    def _raise_age(self, *, high: bool) -> None:
        """Put the age right below a balance that may be outdated, else at the end."""
        if high is not self._age_is_high:
            self._age_is_high = high
            self._column.removeWidget(self._age)
            after = _BELOW_AMOUNT if high else self._column.indexOf(self._status) + 1
            self._column.insertWidget(after, self._age)

    def _scale(self, amount: str) -> float:
        large, medium, small = self._density.value.amounts
        if len(amount) > _SHORT[1]:
            return small
        return large if len(amount) <= _SHORT[0] else medium


def name_of(card: Card) -> str:
    """Return the account's name as it is shown: one line, shortened."""
    return one_line(card.name, _LONGEST_NAME)


def _is_aged(card: Card) -> bool:
    """Say whether the shown amount may be outdated."""
    return card.problem is not None and card.balance_status is not Status.UNKNOWN
