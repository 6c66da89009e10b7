"""One account in the window: its balance large, its run-out day, its state in words."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QGroupBox, QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Card
from trayapp.ui.card.actions import CardActions
from trayapp.ui.card.density import Density
from trayapp.ui.card.facts import CALM, Facts, name_of
from trayapp.ui.card.remedies import Remedies
from trayapp.ui.icons.icons import state_pixmap
from trayapp.ui.icons.picture import ScaledPicture
from trayapp.ui.intents import CopyText, OpenHistory
from trayapp.ui.widgets.colours import calm, focus_ring, hairline

_BASE: Final = QPalette.ColorRole.Base
_ROUNDING: Final = 8.0
_NARROW: Final = 29
"""Below so many lines of text in width the buttons stand under the words."""
_OPENING: Final = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
_KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class AccountCard(QGroupBox):
    """Shows a `Card` in place; a group by itself to whoever listens to the screen.

    Signals:
        changed(before: Card, now: Card): it says something else.
        intent(Intent): what a person asks for.
    """

    changed = Signal(object, object)
    intent = Signal(object)

    def __init__(
        self, card: Card, language: Language, density: Density = Density.USUAL
    ) -> None:
        super().__init__()
        self._language = language
        self._card = card
        self._density = density
        self._by_keyboard = self._is_covered = False
        self._narrowest_width: int | None = None
        self._named = card
        """What it was last named after, to whoever listens."""
        self._picture = ScaledPicture(self._mark(), density.value.mark)
        self._facts = Facts(language)
        self._actions = CardActions(card.account_id, language)
        self._remedies: Remedies | None = None  # most cards never need it
        self._whole = QHBoxLayout(self)
        self._column = QVBoxLayout()
        self._summary = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._actions.intent.connect(self.intent)
        self._actions.copy_amount_chosen.connect(self._on_copy_amount)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._measure()
        self._show()

    @property
    def account_id(self) -> str:
        """The account that this card is for."""
        return self._card.account_id

    @property
    def name(self) -> str:
        """The account's name, as it is shown."""
        return name_of(self._card)

    @property
    def copied(self) -> str:
        """The amount as it is copied; empty where there is none: a dash is none."""
        card = self._card
        return (
            ""
            if card.balance_status is Status.UNKNOWN
            else card.amount_to_copy or card.amount
        )

    @property
    def concern(self) -> int:
        """How much its balance asks of a person, compared to others."""
        return self._card.balance_status.concern

    @property
    def focus_chain(self) -> tuple[QWidget, ...]:
        """The card and its buttons, in the order of the tab key."""
        helping = self._remedies.buttons if self._remedies is not None else ()
        return (self, *self._actions.buttons, *helping)

    def narrowest_width(self) -> int:
        """Give the width that it needs with the buttons under the words."""
        if self._narrowest_width is None:
            parts = filter(None, (self._facts, self._actions, self._remedies))
            # Those of the layout, and those that a group box has itself.
            margins = self._whole.contentsMargins() + self.contentsMargins()
            beside = self._picture.sizeHint().width() + self._whole.spacing()
            shown = [one.minimumSizeHint() for one in parts if not one.isHidden()]
            inner = max(one.width() for one in shown)
            self._narrowest_width = margins.left() + beside + inner + margins.right()
        return self._narrowest_width

    def show_card(self, card: Card) -> None:
        """Show what is known now; what stays the same is not touched."""
        if card == self._card:
            return
        self.changed.emit(self._card, card)
        changed = card.status is not self._card.status
        self._card = card
        if changed:
            self._picture.show_source(self._mark())
        self._show()

    def set_density(self, density: Density) -> None:
        """Take all the room there is, a share of it, or as little as can be."""
        if density is not self._density:
            self._density = density
            self._measure()
            self._show()

    def hide_problem_if(self, is_said: Callable[[Card], bool]) -> None:
        """Leave it to others to say what is wrong, where they do."""
        if (covered := is_said(self._card)) is not self._is_covered:
            self._is_covered = covered
            self._show()

    def _show(self) -> None:
        card = self._card
        self._facts.show_card(card, self._density)
        self._actions.show_card(card)
        if card.problem is not None and self._remedies is None:
            self._add_remedies()
        if self._remedies is not None:
            self._remedies.show_problem(card.problem, card.status)
            if self._is_covered:
                self._remedies.hide()
        older = replace(self._named, age=card.age, asking=card.asking)
        if card != older or not self.hasFocus():
            self._name_all()  # another name is said, and not for each minute

    def _mark(self) -> partial[QPixmap]:
        """Give the state's picture: in colours only where something is to be done."""
        state = self._card.status
        ink = calm(self.palette(), _BASE) if state in CALM else None
        return partial(state_pixmap, state, ink=ink)

    def _add_remedies(self) -> None:
        self._remedies = remedies = Remedies(self._language, self.account_id)
        remedies.set_density(self._density)
        remedies.intent.connect(self.intent)
        self._column.insertWidget(1, remedies)
        for first, second in zip(self.focus_chain, self.focus_chain[1:], strict=False):
            QWidget.setTabOrder(first, second)

    def _name_all(self) -> None:
        """Say whose each part is to a person who hears one at a time."""
        self._named = self._card
        trouble = self._card.problem
        self.setAccessibleName(self._facts.sentence(self._card))
        told = f"{trouble.title} {trouble.reason} {trouble.advice}" if trouble else ""
        self.setAccessibleDescription(told)
        # Where many stand closely, they say the title alone.
        self.setToolTip(told if self._density is Density.COMPACT else "")
        buttons = self._actions.buttons
        buttons += self._remedies.buttons if self._remedies is not None else ()
        for button in buttons:
            button.setAccessibleName(f"{button.text()} ({self.name})")

    def _lay_out(self) -> None:
        self._summary.addWidget(self._facts, 1)
        self._summary.addWidget(self._actions)
        self._column.addLayout(self._summary)
        self._column.addStretch(1)
        self._whole.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self._whole.addLayout(self._column, 1)

    def _measure(self) -> None:
        """Set everything as closely as the density says."""
        em, measures = self.fontMetrics().height(), self._density.value
        margin = round(em * measures.margin)
        self._whole.setContentsMargins(margin, margin, margin, margin)
        self._whole.setSpacing(em * 2 // 3)
        self._column.setSpacing(em // 2)
        self._summary.setSpacing(em * 2 // 3)
        self._picture.show_lines(measures.mark)
        self._actions.set_density(self._density)
        if self._remedies is not None:
            self._remedies.set_density(self._density)
        self._stand()

    def _stand(self) -> None:
        """Put the buttons beside the words, or under them where that is narrow."""
        below = (
            self._density is Density.LARGE
            or self.width() < _NARROW * self.fontMetrics().height()
        )
        sides = QBoxLayout.Direction
        wanted = sides.TopToBottom if below else sides.LeftToRight
        if wanted is not self._summary.direction():
            self._summary.setDirection(wanted)
            self._actions.place_below(below=below)

    @Slot()
    def _on_copy_amount(self) -> None:
        if self.copied:
            self.intent.emit(CopyText(self.copied))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the amount, wherever in the card the focus is; open its history."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._on_copy_amount()
        elif event.key() in _OPENING and self.hasFocus():
            self.intent.emit(OpenHistory(self.account_id))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background, and a focus ring if the keyboard moved the focus."""
        del event
        palette, is_ringed = self.palette(), self.hasFocus() and self._by_keyboard
        width = 2.0 if is_ringed else 1.0
        colour = focus_ring(palette, _BASE) if is_ringed else hairline(palette)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, width))
        painter.setBrush(palette.color(_BASE))
        inset = width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keep the focus: a group box would hand it to its first button."""
        self._by_keyboard = event.reason() in _KEYBOARD
        self._name_all()
        QWidget.focusInEvent(self, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look whether there is room for the buttons beside the words."""
        super().resizeEvent(event)
        self._stand()

    def event(self, event: QEvent) -> bool:
        """Paint the mark anew in other colours, and measure what is laid out anew."""
        done = super().event(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._picture.show_source(self._mark())
        elif event.type() == QEvent.Type.LayoutRequest:
            self._narrowest_width = None
        return done
