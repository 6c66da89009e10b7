"""The card of an account: the balance in large type, the run-out day, the status."""

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
from trayapp.ui.icons.icons import status_pixmap
from trayapp.ui.icons.picture import ScaledPicture
from trayapp.ui.intents import CopyText, OpenHistory
from trayapp.ui.widgets.colours import calm, focus_ring, hairline

_BASE: Final = QPalette.ColorRole.Base
_ROUNDING: Final = 8.0
_NARROW: Final = 29
"""In a card narrower than so many lines of text the buttons are below the words."""
_OPEN_KEYS: Final = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
_BY_KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class AccountCard(QGroupBox):
    """Shows a `Card`, and updates it in place; a screen reader sees a group.

    Signals:
        changed(before: Card, now: Card): another `Card` is shown.
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
        self._by_keyboard = self._hides_problem = False
        self._narrowest_width: int | None = None
        self._card_of_names = card
        """The `Card` of which the accessible names were made."""
        self._mark_view = ScaledPicture(self._mark(), density.value.mark)
        self._facts = Facts(language)
        self._actions = CardActions(card.account_id, language)
        self._remedies: Remedies | None = None  # most cards never need it
        self._layout = QHBoxLayout(self)
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
        """The amount as text for the clipboard; empty if the balance is unknown."""
        card = self._card
        return (
            ""
            if card.balance_status is Status.UNKNOWN
            else card.amount_to_copy or card.amount
        )

    @property
    def severity(self) -> int:
        """How grave the balance's status is; greater is graver."""
        return self._card.balance_status.severity

    @property
    def focus_chain(self) -> tuple[QWidget, ...]:
        """The card and its buttons, in focus order."""
        remedies = self._remedies.buttons if self._remedies is not None else ()
        return (self, *self._actions.buttons, *remedies)

    def narrowest_width(self) -> int:
        """Return the width needed with the buttons below the words, in points."""
        if self._narrowest_width is None:
            parts = filter(None, (self._facts, self._actions, self._remedies))
            # The margins of the layout, and of the group box itself.
            margins = self._layout.contentsMargins() + self.contentsMargins()
            beside = self._mark_view.sizeHint().width() + self._layout.spacing()
            sizes = [part.minimumSizeHint() for part in parts if not part.isHidden()]
            inner = max(size.width() for size in sizes)
            self._narrowest_width = margins.left() + beside + inner + margins.right()
        return self._narrowest_width

    def show_card(self, card: Card) -> None:
        """Show another `Card`; an equal one changes nothing."""
        if card == self._card:
            return
        self.changed.emit(self._card, card)
        changed = card.status is not self._card.status
        self._card = card
        if changed:
            self._mark_view.show_source(self._mark())
        self._show()

    def set_density(self, density: Density) -> None:
        """Set the sizes and distances of a density."""
        if density is not self._density:
            self._density = density
            self._measure()
            self._show()

    def hide_problem_if(self, is_shared: Callable[[Card], bool]) -> None:
        """Hide the problem if it is shown elsewhere."""
        if (hides_problem := is_shared(self._card)) is not self._hides_problem:
            self._hides_problem = hides_problem
            self._show()

    def _show(self) -> None:
        card = self._card
        self._facts.show_card(card, self._density)
        self._actions.show_card(card)
        if card.problem is not None and self._remedies is None:
            self._add_remedies()
        if self._remedies is not None:
            self._remedies.show_problem(card.problem, card.status, card.website_url)
            if self._hides_problem:
                self._remedies.hide()
        older = replace(
            self._card_of_names, age=card.age, is_refreshing=card.is_refreshing
        )
        if card != older or not self.hasFocus():
            self._set_accessible_names()  # a reader announces them, so not each minute

    def _mark(self) -> partial[QPixmap]:
        """Return the picture of the status; grey if a person need do nothing."""
        state = self._card.status
        ink = calm(self.palette(), _BASE) if state in CALM else None
        return partial(status_pixmap, state, ink=ink)

    def _add_remedies(self) -> None:
        self._remedies = remedies = Remedies(self._language, self.account_id)
        remedies.set_density(self._density)
        remedies.intent.connect(self.intent)
        self._column.insertWidget(1, remedies)
        for first, second in zip(self.focus_chain, self.focus_chain[1:], strict=False):
            QWidget.setTabOrder(first, second)

    def _set_accessible_names(self) -> None:
        """Name each part after the account, as a screen reader reads one at a time."""
        self._card_of_names = self._card
        problem = self._card.problem
        self.setAccessibleName(self._facts.sentence(self._card))
        details = (
            f"{problem.title} {problem.reason} {problem.advice}" if problem else ""
        )
        self.setAccessibleDescription(details)
        # A compact card shows the title alone.
        self.setToolTip(details if self._density is Density.COMPACT else "")
        buttons = self._actions.buttons
        buttons += self._remedies.buttons if self._remedies is not None else ()
        for button in buttons:
            button.setAccessibleName(f"{button.text()} ({self.name})")

    def _lay_out(self) -> None:
        self._summary.addWidget(self._facts, 1)
        self._summary.addWidget(self._actions)
        self._column.addLayout(self._summary)
        self._column.addStretch(1)
        self._layout.addWidget(self._mark_view, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addLayout(self._column, 1)

    def _measure(self) -> None:
        """Set the margins, distances and sizes of the density."""
        em, measures = self.fontMetrics().height(), self._density.value
        margin = round(em * measures.margin)
        self._layout.setContentsMargins(margin, margin, margin, margin)
        self._layout.setSpacing(em * 2 // 3)
        self._column.setSpacing(em // 2)
        self._summary.setSpacing(em * 2 // 3)
        self._mark_view.show_lines(measures.mark)
        self._actions.set_density(self._density)
        if self._remedies is not None:
            self._remedies.set_density(self._density)
        self._place_buttons()

    def _place_buttons(self) -> None:
        """Put the buttons beside the words; below them in a narrow or a large card."""
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
        """Copy the amount from any part of the card; open the history from the card."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._on_copy_amount()
        elif event.key() in _OPEN_KEYS and self.hasFocus():
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
        """Keep the focus, which a group box would pass to its first button."""
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        self._set_accessible_names()
        QWidget.focusInEvent(self, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons for the new width."""
        super().resizeEvent(event)
        self._place_buttons()

    def event(self, event: QEvent) -> bool:
        """Repaint the picture after a new palette, measure again after a new layout."""
        done = super().event(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._mark_view.show_source(self._mark())
        elif event.type() == QEvent.Type.LayoutRequest:
            self._narrowest_width = None
        return done
