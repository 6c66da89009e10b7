"""The cards of all accounts, in as many columns as there is room for."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import Density
from trayapp.ui.widgets.labels import TextLabel

_NARROWEST: Final = 36
"""How wide a card is at least where there are several columns, in lines of text."""
_WIDEST: Final = 46
"""Words in wider ones would be far from the buttons that belong to them."""


class CardGrid(QWidget):
    """Shows cards in their order, row by row, and only those that are looked for."""

    def __init__(self, nothing: TextLabel) -> None:
        """Take what is said if none of the cards is looked for."""
        super().__init__()
        nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._cards: list[AccountCard] = []
        self._placed: tuple[int, list[AccountCard]] = (0, [])
        self._sought: set[AccountCard] = set()
        self._nothing = nothing
        self._last = 0
        self._grid = QGridLayout(self)
        self._grid.setSpacing(self.fontMetrics().height() // 2)

    @property
    def shown(self) -> Sequence[AccountCard]:
        """The cards that are looked for, in their order."""
        return self._placed[1]

    def show_cards(self, cards: Sequence[AccountCard]) -> None:
        """Have these cards in this order; those that are gone are no longer held."""
        self._cards = list(cards)
        density = Density.of(len(cards))
        for card in self._cards:
            if card.parentWidget() is not self:
                card.setParent(self)
            card.set_density(density)
        alone = density is Density.LARGE
        self._grid.setRowStretch(0, int(alone))  # a single card stands in the middle

    def seek(self, sought: set[AccountCard]) -> None:
        """Show these of the cards, and hide the others."""
        self._sought = sought
        turned = [one for one in self._cards if one.isHidden() is (one in sought)]
        self._grid.setEnabled(False)  # each alone would lay out all anew
        self._place()
        for card in turned:
            card.setVisible(card in sought)
        self._nothing.setVisible(not sought and bool(self._cards))
        self._grid.setEnabled(True)

    def minimumSizeHint(self) -> QSize:
        """Ask for room for one column: it has no more where there is none for them."""
        needed = max((one.narrowest() for one in self._placed[1]), default=0)
        height = super().minimumSizeHint().height()
        return QSize(needed + 2 * self._margin(), height)

    def _margin(self) -> int:
        return self.fontMetrics().height() * 3 // 4

    def _place(self) -> None:
        """Put the cards that are to be seen into the grid, without gaps."""
        em = self.fontMetrics().height()
        margin, gap = self._margin(), self._grid.spacing()
        room = self.width() - 2 * margin
        most = (room + gap) // (em * _NARROWEST + gap)
        columns = max(1, min(most, len(self._cards)))
        spare = room - columns * em * _WIDEST - (columns - 1) * gap
        side = margin + max(0, spare // 2)
        grid = self._grid
        grid.setContentsMargins(side, margin, side, margin)
        shown = [one for one in self._cards if one in self._sought]
        if (columns, shown) == self._placed:
            return
        # Not takeAt(): the items would live on, and new ones keep outdated heights.
        for widget in (*self._placed[1], self._nothing):
            grid.removeWidget(widget)
        self._placed = columns, shown
        for number, card in enumerate(shown):
            grid.addWidget(card, 1 + number // columns, number % columns)
        grid.setRowStretch(self._last, 0)
        self._last = 2 + len(shown) // columns
        grid.addWidget(self._nothing, self._last - 1, 0, 1, columns)
        grid.setRowStretch(self._last, 1)
        for column in range(max(columns, grid.columnCount())):
            grid.setColumnStretch(column, int(column < columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have more columns, or less."""
        super().resizeEvent(event)
        self._place()
