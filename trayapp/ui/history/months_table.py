"""The table of months, with the sums of each."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidgetItem

from trayapp.core.i18n.language import Language
from trayapp.core.view.history import MonthRow
from trayapp.ui.widgets.fields import TableView

_REFUNDED: Final = 4
"""The column that is left out without refunds."""
_WIDEST: Final = 42
"""The largest minimum width, in lines of text; with longer amounts the table
scrolls."""


class MonthsTable(TableView):
    """Gives each column the width of its text, and an equal share of the rest."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._names: tuple[str, ...] = (
            translate("Month"),
            # Translators: the balance at the beginning of a month.
            translate("Opening"),
            # Translators: a column: what was paid in within a month.
            translate("Topped up"),
            translate("Spent"),
            # Translators: a column: what came back for messages that were not
            # delivered. The amount in "Spent" is already without it.
            translate("Refunded"),
            # Translators: what the gateway added or took without a payment.
            translate("Corrected"),
            # Translators: the balance at the end of a month.
            translate("Closing"),
        )
        self._show_names(with_refunds=False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(
            self.fontMetrics().height() * 8 // 5
        )
        self.horizontalHeader().setHighlightSections(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)

    def show_months(self, months: tuple[MonthRow, ...]) -> None:
        """Show these months; the selected row stays."""
        with_refunds = any(month.refunded for month in months)
        self._show_names(with_refunds=with_refunds)
        self.setRowCount(len(months))
        for row, month in enumerate(months):
            words = [
                month.month,
                month.opening,
                month.topped_up,
                month.spent,
                month.refunded,
                month.corrected,
                month.closing,
            ]
            if not with_refunds:
                del words[_REFUNDED]
            for column, word in enumerate(words):
                self.setItem(row, column, _cell(word, column))
        bar = self.verticalScrollBar().sizeHint().width() + self.frameWidth() * 2
        widest = self.fontMetrics().height() * _WIDEST
        self.setMinimumWidth(min(sum(self._needed()) + bar, widest))
        self._share()

    def _show_names(self, *, with_refunds: bool) -> None:
        names = [*self._names]
        if not with_refunds:
            del names[_REFUNDED]
        self.setColumnCount(len(names))
        for column, name in enumerate(names):
            self.setHorizontalHeaderItem(column, _cell(name, column))

    def _needed(self) -> list[int]:
        header = self.horizontalHeader()
        return [
            max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
            for column in range(self.columnCount())
        ]

    def _share(self) -> None:
        needed = self._needed()
        share, rest = divmod(max(self.viewport().width() - sum(needed), 0), len(needed))
        for column, width in enumerate(needed):
            self.setColumnWidth(column, width + share + (column < rest))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distribute the new width."""
        super().resizeEvent(event)
        self._share()


def _cell(words: str, column: int) -> QTableWidgetItem:
    """Return a cell; the amounts are aligned at the trailing edge."""
    item = QTableWidgetItem(words)
    side = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return item
