"""One field of a form: a text field, its help text, and its validation error."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.line_edit import LineEdit


class FormField(QWidget):
    """A text field; a validation error stands below it until it is edited.

    Signals:
        edited(): the text changed.
    """

    edited = Signal()

    def __init__(self, advice: str = "", buttons: tuple[QPushButton, ...] = ()) -> None:
        super().__init__()
        self.line = LineEdit()
        self._advice = advice
        self._problem = TextLabel(tone=Tone.WARNING, bold=True)
        self._meaning = TextLabel(bold=True)
        beside = QHBoxLayout()
        beside.addWidget(self.line, 1)
        for button in buttons:
            beside.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.fontMetrics().height() // 5)
        layout.addLayout(beside)
        layout.addWidget(self._problem)
        layout.addWidget(self._meaning)
        if advice:
            layout.addWidget(TextLabel(advice, tone=Tone.MUTED))
        self.line.textChanged.connect(self._on_edited)
        self.show_meaning("")
        self.show_problem("")

    @property
    def problem(self) -> str:
        """The shown validation error; empty for none."""
        return self._problem.accessibleName()

    def show_problem(self, text: str) -> None:
        """Show a validation error; empty removes it."""
        self._problem.set_text(text)
        self._problem.setVisible(bool(text))
        self._describe()

    def show_meaning(self, text: str) -> None:
        """Show what the typed value means; empty hides it."""
        self._meaning.set_text(text)
        self._meaning.setVisible(bool(text))
        self._describe()

    def _describe(self) -> None:
        """Give the texts below the field to screen readers as its description."""
        texts = (self.problem, self._meaning.accessibleName(), self._advice)
        self.line.setAccessibleDescription(" ".join(filter(None, texts)))

    @Slot()
    def _on_edited(self) -> None:
        self.show_problem("")
        self.edited.emit()
