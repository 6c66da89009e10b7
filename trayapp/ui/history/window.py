"""The history window of an account: chart, months, top-ups, and export."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.i18n.language import Language
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.view.history import HistoryView, MovementRow
from trayapp.ui.chart.chart import Chart
from trayapp.ui.history.impossible_balances import ImpossibleBalances
from trayapp.ui.history.months_table import MonthsTable
from trayapp.ui.icons.icons import app_icon
from trayapp.ui.intents import (
    CopyTopUpRequest,
    ExportHistory,
    MarkAsCorrection,
    RemoveWrongReadings,
)
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton, remove_button_icons
from trayapp.ui.widgets.fields import ListView
from trayapp.ui.widgets.labels import TextLabel, Tone

_SIZE: Final = (58, 46)
"""The first width and height of the window, in lines of text."""
_LONGEST_NAME: Final = 60
_CSV: Final = "csv"
_JSON: Final = "json"


class HistoryWindow(QDialog):
    """Shows a `HistoryView`, and updates it in place.

    Signals:
        intent(HistoryIntent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(
        self, view: HistoryView, language: Language, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._language, self._view = language, view
        translate = language.gettext
        self.setWindowIcon(app_icon())
        self._chart = Chart(language)
        self._forecast = TextLabel(bold=True)
        self._caveat = TextLabel(tone=Tone.MUTED)
        self._impossible = ImpossibleBalances(language)
        self._impossible.removal_confirmed.connect(self._on_removal)
        self._months = MonthsTable(language)
        self._movements = ListView()
        self._movements.setSpacing(2)
        self._movements.setWordWrap(True)
        self._movements.currentRowChanged.connect(self._on_row)
        self._correction = PushButton(translate("&Mark as correction"))
        self._correction.setCheckable(True)
        self._correction.clicked.connect(self._on_correction)
        self._csv = PushButton(translate("Export &CSV…"))
        self._csv.clicked.connect(self._on_csv)
        self._json = PushButton(translate("Export &JSON…"))
        self._json.clicked.connect(self._on_json)
        self._exported = TextLabel()
        self._exported.hide()
        self._copy = PushButton(translate("Copy top-up &request"))
        self._copy.clicked.connect(self._on_copy)
        for button in (self._correction, self._csv, self._json, self._copy):
            button.setAutoDefault(False)  # Enter in a table presses no button
        self._lay_out()
        self._chart.start()
        self.show_view(view)

    @property
    def account_id(self) -> str:
        """The id of the account."""
        return self._view.account_id

    def show_view(self, view: HistoryView) -> None:
        """Show another view; the range and the selected rows stay."""
        self._view = view
        name = one_line(view.title, _LONGEST_NAME)
        self.setWindowTitle(
            self._language.gettext("History — {name}").format(name=name)
        )
        self._chart.show_data(view.chart)
        self._forecast.set_text(view.forecast_words)
        self._forecast.setVisible(bool(view.forecast_words))
        self._caveat.set_text(view.caveat)
        self._caveat.setVisible(bool(view.caveat))
        self._impossible.show_words(view.impossible_words, len(view.impossible))
        self._months.show_months(view.months)
        self._show_movements(view)

    def show_export_result(self, words: str) -> None:
        """Show and announce the result of the last export."""
        self._exported.set_text(words)
        self._exported.show()
        announce(self, words)

    def _show_movements(self, view: HistoryView) -> None:
        selected = self._selected()
        self._movements.clear()
        for movement in view.movements:
            words = movement.words
            if movement.is_correction:
                words = self._language.gettext("{words} · correction").format(
                    words=words
                )
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, movement)
            self._movements.addItem(item)
            if selected is not None and movement.at == selected.at:
                self._movements.setCurrentItem(item)
        self._on_row()

    def _selected(self) -> MovementRow | None:
        row = self._movements.currentIndex().data(Qt.ItemDataRole.UserRole)
        return row if isinstance(row, MovementRow) else None

    def _lay_out(self) -> None:
        translate = self._language.gettext
        em = self.fontMetrics().height()
        tables = QGridLayout()
        tables.setHorizontalSpacing(em)
        tables.setVerticalSpacing(em // 4)
        for column, (name, part) in enumerate(
            (
                (translate("M&onths"), self._months),
                (translate("&Top-ups"), self._movements),
            )
        ):
            label = QLabel(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(part)
            part.setAccessibleName(name.replace("&", ""))
            tables.addWidget(label, 0, column)
        tables.addWidget(self._months, 1, 0, 2, 1)
        tables.addWidget(self._movements, 1, 1)
        tables.addWidget(self._correction, 2, 1, Qt.AlignmentFlag.AlignLeft)
        tables.setColumnStretch(0, 8)
        tables.setColumnStretch(1, 5)
        footer = QHBoxLayout()
        footer.addWidget(self._csv)
        footer.addWidget(self._json)
        footer.addStretch(1)
        footer.addWidget(self._copy)
        words = QVBoxLayout()
        words.setSpacing(em // 8)
        words.addWidget(self._forecast)
        words.addWidget(self._caveat)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(em, em, em, em)
        layout.setSpacing(em * 3 // 4)
        layout.addWidget(self._chart, 3)
        layout.addLayout(words)
        layout.addWidget(self._impossible)
        layout.addLayout(tables, 2)
        layout.addWidget(self._exported)
        layout.addLayout(footer)
        self.resize((QSize(*_SIZE) * em).boundedTo(self.screen().availableSize()))

    @Slot()
    def _on_row(self) -> None:
        selected = self._selected()
        self._correction.setEnabled(selected is not None and selected.can_toggle)
        self._correction.setChecked(selected is not None and selected.is_correction)

    @Slot(bool)
    def _on_correction(self, on: bool) -> None:  # noqa: FBT001  # as Qt's clicked has it
        if (selected := self._selected()) is not None:
            self.intent.emit(MarkAsCorrection(self.account_id, selected.at, on))

    @Slot()
    def _on_removal(self) -> None:
        view = self._view
        self.intent.emit(RemoveWrongReadings(view.account_id, view.impossible))

    @Slot()
    def _on_copy(self) -> None:
        self.intent.emit(CopyTopUpRequest(self.account_id))

    @Slot()
    def _on_csv(self) -> None:
        self._ask_path(_CSV, self._language.gettext("CSV table (*.csv)"))

    @Slot()
    def _on_json(self) -> None:
        self._ask_path(_JSON, self._language.gettext("JSON (*.json)"))

    def _ask_path(self, form: str, kind: str) -> None:
        """Open a file dialog, without blocking the window."""
        dialog = QFileDialog(self, self._language.gettext("Export the history"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kind)
        dialog.setDefaultSuffix(form)
        dialog.selectFile(f"{_file_name(self._view.title)}.{form}")
        dialog.setObjectName(form)
        remove_button_icons(dialog)
        dialog.fileSelected.connect(self._on_path)
        dialog.open()

    @Slot(str)
    def _on_path(self, path: str) -> None:
        form = self.sender().objectName()
        self._exported.hide()
        self.intent.emit(ExportHistory(self.account_id, form, path))


def _file_name(title: str) -> str:
    """Return a file name that every file system accepts."""
    kept = "".join(c if c.isalnum() or c in " -_" else "-" for c in title)
    return one_line(kept, _LONGEST_NAME).strip(" -") or "history"
