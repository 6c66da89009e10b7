"""The grid of cards, in as many columns as fit."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import Density
from trayapp.ui.widgets.labels import TextLabel

_NARROWEST: Final = 36
"""The smallest width of a card beside another, in lines of text."""
_WIDEST: Final = 46
"""The largest width. In a wider card the buttons would be far from the words."""


class CardGrid(QWidget):
    """Shows the cards that match the search, row by row."""

    def __init__(self, empty_label: TextLabel) -> None:
        """Take the label that is shown if no card matches."""
        super().__init__()
        empty_label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._cards: list[AccountCard] = []
        self._placed: tuple[int, list[AccountCard]] = (0, [])
        self._matching: set[AccountCard] = set()
        self._empty_label = empty_label
        self._last = 0
        self._grid = QGridLayout(self)
        self._grid.setSpacing(self.fontMetrics().height() // 2)

    @property
    def shown(self) -> Sequence[AccountCard]:
        """The cards that match the search, in their order."""
        return self._placed[1]

    def show_cards(self, cards: Sequence[AccountCard]) -> None:
        """Hold these cards in this order, and no others."""
        self._cards = list(cards)
        density = Density.of(len(cards))
        for card in self._cards:
            if card.parentWidget() is not self:
                card.setParent(self)
            card.set_density(density)
        alone = density is Density.LARGE
        self._grid.setRowStretch(0, int(alone))  # centres a single card

    def show_matching(self, matching: set[AccountCard]) -> None:
        """Show these of the cards, and hide the others; show the label for none."""
        self._matching = matching
        changed = [
            card for card in self._cards if card.isHidden() is (card in matching)
        ]
        self._grid.setEnabled(False)  # one layout for all, not one for each
        self._place()
        for card in changed:
            card.setVisible(card in matching)
        self._empty_label.setVisible(not matching and bool(self._cards))
        self._grid.setEnabled(True)

    def minimumSizeHint(self) -> QSize:
        """Give the width of one column; more columns need more room than is given."""
        needed = max((card.narrowest_width() for card in self._placed[1]), default=0)
        height = super().minimumSizeHint().height()
        return QSize(needed + 2 * self._margin(), height)

    def _margin(self) -> int:
        return self.fontMetrics().height() * 3 // 4

    def _place(self) -> None:
        """Put the matching cards into the grid, without gaps."""
        em = self.fontMetrics().height()
        margin, gap = self._margin(), self._grid.spacing()
        room = self.width() - 2 * margin
        fitting = (room + gap) // (em * _NARROWEST + gap)
        columns = max(1, min(fitting, len(self._cards)))
        spare = room - columns * em * _WIDEST - (columns - 1) * gap
        side = margin + max(0, spare // 2)
        grid = self._grid
        grid.setContentsMargins(side, margin, side, margin)
        shown = [card for card in self._cards if card in self._matching]
        if (columns, shown) == self._placed:
            return
        # Not takeAt(): Python would keep the items, and new ones their old heights.
        for widget in (*self._placed[1], self._empty_label):
            grid.removeWidget(widget)
        self._placed = columns, shown
        for number, card in enumerate(shown):
            grid.addWidget(card, 1 + number // columns, number % columns)
        grid.setRowStretch(self._last, 0)
        self._last = 2 + len(shown) // columns
        grid.addWidget(self._empty_label, self._last - 1, 0, 1, columns)
        grid.setRowStretch(self._last, 1)
        for column in range(max(columns, grid.columnCount())):
            grid.setColumnStretch(column, int(column < columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Recompute the number of columns."""
        super().resizeEvent(event)
        self._place()
