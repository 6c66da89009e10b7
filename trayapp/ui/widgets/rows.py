"""Rows of a form: names on the left, each level with the first line on its right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from trayapp.ui.widgets.labels import TextLabel, Tone


class Explained(QWidget):
    """A field as wide as its text, with a help text below it or beside it."""

    def __init__(self, field: QWidget, advice: str, *, is_beside: bool = False) -> None:
        super().__init__()
        field.setAccessibleDescription(advice)
        em = self.fontMetrics().height()
        layout = QHBoxLayout(self) if is_beside else QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em // 2 if is_beside else em // 5)
        layout.addWidget(field, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(TextLabel(advice, tone=Tone.MUTED), 1)


class Rows(QGridLayout):
    """A grid of names and fields whose rows can be hidden."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[QWidget, QLabel] = {}
        self.setColumnStretch(1, 1)

    def add(self, name: str, field: QWidget, buddy: QWidget) -> None:
        """Add a row; `buddy` gets the mnemonic's focus and the accessible name."""
        label = QLabel(name)
        label.setBuddy(buddy)
        label.setMinimumHeight(buddy.sizeHint().height())
        self._names[field] = label
        buddy.setAccessibleName(name.replace("&", "").rstrip(":").rstrip())
        row = self.rowCount()
        self.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self.addWidget(field, row, 1)

    def add_unnamed(self, field: QWidget) -> None:
        """Add a row without a name."""
        self.addWidget(field, self.rowCount(), 1)

    def show_row(self, field: QWidget, *, shown: bool) -> None:
        """Show or hide a field together with its name."""
        field.setVisible(shown)
        self._names[field].setVisible(shown)
