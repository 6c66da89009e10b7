"""An error as a person reads it: what happened, why, and what helps."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.text import Problem
from trayapp.ui.labels import Text, Tone


class Trouble(QWidget):
    """Shows a `Problem`, or takes no room."""

    def __init__(
        self,
        *,
        tone: Tone = Tone.WARNING,
        ground: QPalette.ColorRole = QPalette.ColorRole.Window,
    ) -> None:
        super().__init__()
        self._title = Text(tone=tone, bold=True, ground=ground)
        self._reason = Text(ground=ground)
        self._advice = Text(ground=ground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.fontMetrics().height() // 4)
        for label in (self._title, self._reason, self._advice):
            layout.addWidget(label)
        self.hide()

    def show_problem(self, problem: Problem | None) -> None:
        """Show an error, or that there is none."""
        if problem is not None:
            self._title.say(problem.title)
            self._reason.say(problem.reason)
            self._reason.setVisible(bool(problem.reason))
            self._advice.say(problem.advice)
            self._advice.setVisible(bool(problem.advice))
        self.setVisible(problem is not None)
