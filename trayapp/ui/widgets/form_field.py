"""One line of a form: what is typed, a sentence of help, and what is wrong with it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.line_edit import LineEdit


class FormField(QWidget):
    """A line to type in; what is wrong stands under it in words until it is edited.

    Signals:
        edited(): what is typed changed.
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
        """What is wrong, as it is shown; empty if nothing is."""
        return self._problem.accessibleName()

    def show_problem(self, text: str) -> None:
        """Say what is wrong with what is typed, or that nothing is."""
        self._problem.set_text(text)
        self._problem.setVisible(bool(text))
        self._describe()

    def show_meaning(self, text: str) -> None:
        """Say what comes of what is typed, if that needs words."""
        self._meaning.set_text(text)
        self._meaning.setVisible(bool(text))
        self._describe()

    def _describe(self) -> None:
        """Let a screen reader say beside the line what stands under it."""
        said = (self.problem, self._meaning.accessibleName(), self._advice)
        self.line.setAccessibleDescription(" ".join(filter(None, said)))

    @Slot()
    def _on_edited(self) -> None:
        self.show_problem("")
        self.edited.emit()
