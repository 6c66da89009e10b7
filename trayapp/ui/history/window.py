"""The history of one account: its chart, its months, its top-ups, and its export."""

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
from trayapp.ui.history.months_table import MonthsTable
from trayapp.ui.icons.icons import app_icon
from trayapp.ui.intents import CopyTopUpRequest, ExportHistory, SetCorrection
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton, remove_button_icons
from trayapp.ui.widgets.fields import ListView
from trayapp.ui.widgets.labels import TextLabel, Tone

_SIZE: Final = (58, 46)
"""How wide and high the window is at first, in lines of text."""
_LONGEST_NAME: Final = 60
_CSV: Final = "csv"
_JSON: Final = "json"


class HistoryWindow(QDialog):
    """Shows a `HistoryView` in place; it remembers nothing when it is closed.

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
            button.setAutoDefault(False)  # Enter in a table presses nothing
        self._lay_out()
        self._chart.start()
        self.show_view(view)

    @property
    def account_id(self) -> str:
        """The account whose history this is."""
        return self._view.account_id

    def show_view(self, view: HistoryView) -> None:
        """Show what is known now; the range and the chosen rows stay."""
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
        self._months.show_months(view.months)
        self._show_movements(view)

    def show_export_result(self, words: str) -> None:
        """Say what became of the last export."""
        self._exported.set_text(words)
        self._exported.show()
        announce(self, words)

    def _show_movements(self, view: HistoryView) -> None:
        chosen = self._chosen()
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
            if chosen is not None and movement.at == chosen.at:
                self._movements.setCurrentItem(item)
        self._on_row()

    def _chosen(self) -> MovementRow | None:
        found = self._movements.currentIndex().data(Qt.ItemDataRole.UserRole)
        return found if isinstance(found, MovementRow) else None

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
        whole = QVBoxLayout(self)
        whole.setContentsMargins(em, em, em, em)
        whole.setSpacing(em * 3 // 4)
        whole.addWidget(self._chart, 3)
        whole.addLayout(words)
        whole.addLayout(tables, 2)
        whole.addWidget(self._exported)
        whole.addLayout(footer)
        self.resize((QSize(*_SIZE) * em).boundedTo(self.screen().availableSize()))

    @Slot()
    def _on_row(self) -> None:
        chosen = self._chosen()
        self._correction.setEnabled(chosen is not None and chosen.can_toggle)
        self._correction.setChecked(chosen is not None and chosen.is_correction)

    @Slot(bool)
    def _on_correction(self, on: bool) -> None:  # noqa: FBT001  # as Qt's clicked has it
        if (chosen := self._chosen()) is not None:
            self.intent.emit(SetCorrection(self.account_id, chosen.at, on))

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
        """Ask where to; the window stays alive meanwhile."""
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
    """Make a name that every file system takes."""
    kept = "".join(c if c.isalnum() or c in " -_" else "-" for c in title)
    return one_line(kept, _LONGEST_NAME).strip(" -") or "history"
