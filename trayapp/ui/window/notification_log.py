"""The notification log: the last alerts, each sent or not, with the reason."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.i18n.language import Language
from trayapp.core.i18n.plain_text import one_line
from trayapp.ui.icons.icons import app_icon
from trayapp.ui.widgets.buttons import remove_button_icons
from trayapp.ui.widgets.fields import TableView
from trayapp.ui.widgets.labels import TextLabel, Tone, with_break_points

Row = tuple[str, str, str, str]
"""When, which account, which alert, and whether it was sent, with the reason."""
_SIZE: Final = (44, 26)
_SMALLEST: Final = (26, 14)
_LONGEST: Final = 400


class NotificationLogDialog(QDialog):
    """Shows the last alerts, the newest first."""

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        translate = language.gettext
        em = self.fontMetrics().height()
        self.setWindowTitle(translate("Why was I told, or not?"))
        self.setWindowIcon(app_icon())
        self._table = _Table(language)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = box.button(QDialogButtonBox.StandardButton.Close)
        close.setText(translate("Close"))
        close.setAutoDefault(False)  # it would look focused
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(em, em, em, em)
        layout.setSpacing(em * 3 // 4)
        layout.addWidget(
            TextLabel(
                translate(
                    "The last notifications, the newest first: which were sent, which "
                    "were held back or not sent, and why."
                )
            )
        )
        layout.addWidget(self._table, 1)
        layout.addWidget(box)
        remove_button_icons(self)
        self.setMinimumSize(QSize(*_SMALLEST) * em)
        self.resize((QSize(*_SIZE) * em).boundedTo(self.screen().availableSize()))

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these rows in their order; show a sentence if there is none."""
        self._table.show_rows(rows)


class _Table(TableView):
    """Rows of wrapped text; a screen reader reads a row as one sentence."""

    def __init__(self, language: Language) -> None:
        super().__init__(0, 4)
        translate = language.gettext
        self._rows: tuple[Row, ...] = ()
        self.setAccessibleName(translate("Notifications"))
        self.setHorizontalHeaderLabels(
            [
                # Translators: a column: at what time.
                translate("When"),
                translate("Account"),
                # Translators: a column: what the notification was about.
                translate("About"),
                translate("What became of it"),
            ]
        )
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        )
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._none = TextLabel(
            translate("Nothing yet: there was no reason to notify you."),
            tone=Tone.MUTED,
            ground=QPalette.ColorRole.Base,
        )
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.viewport()).addWidget(self._none)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these rows; equal rows change nothing."""
        if rows == self._rows and rows:
            return
        self._rows = rows
        self.setRowCount(len(rows))
        for position, row in enumerate(rows):
            words = [one_line(text, _LONGEST) for text in row]
            for column, text in enumerate(words):
                item = QTableWidgetItem(with_break_points(text))
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
                )
                heard = ", ".join(words) if column == 0 else text
                item.setData(Qt.ItemDataRole.AccessibleTextRole, heard)
                self.setItem(position, column, item)
        self._none.setVisible(not rows)
        self.horizontalHeader().setVisible(bool(rows))
        if rows and self.currentRow() < 0:
            self.setCurrentCell(0, 0)
        self._fit()

    def _fit(self) -> None:
        """Fit the first three columns, each up to a quarter, and the rows' heights."""
        most = self.viewport().width() // 4
        for column in range(3):
            wanted = self.sizeHintForColumn(column) + self.fontMetrics().height() // 2
            heading = self.horizontalHeader().sectionSizeHint(column)
            self.setColumnWidth(column, max(heading, min(wanted, most)))
        self.resizeRowsToContents()
        gap = self.fontMetrics().height() // 2
        for row in range(self.rowCount()):
            self.setRowHeight(row, self.rowHeight(row) + gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the text at the new width."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Wrap the text in the font that the style has set by now."""
        super().showEvent(event)
        self._fit()
