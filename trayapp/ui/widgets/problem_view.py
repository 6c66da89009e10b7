"""An error as a person reads it: what happened, why, and what helps."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.view.account_text import Problem
from trayapp.ui.widgets.labels import TextLabel, Tone


class ProblemView(QWidget):
    """Shows a `Problem`, or takes no room."""

    def __init__(
        self,
        *,
        tone: Tone = Tone.WARNING,
        ground: QPalette.ColorRole = QPalette.ColorRole.Window,
    ) -> None:
        super().__init__()
        self._title = TextLabel(tone=tone, bold=True, ground=ground)
        self._reason = TextLabel(ground=ground)
        self._advice = TextLabel(ground=ground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.fontMetrics().height() // 4)
        for label in (self._title, self._reason, self._advice):
            layout.addWidget(label)
        self._problem: Problem | None = None
        self._title_alone = False
        self.hide()

    def show_title_alone(self, *, on: bool) -> None:
        """Leave out why it happened and what helps, or say it again."""
        self._title_alone = on
        self.show_problem(self._problem)

    def show_problem(self, problem: Problem | None) -> None:
        """Show an error, or that there is none."""
        self._problem = problem
        if problem is not None:
            self._title.set_text(problem.title)
            for label, said in (
                (self._reason, problem.reason),
                (self._advice, problem.advice),
            ):
                label.set_text(said)
                label.setVisible(bool(said) and not self._title_alone)
        self.setVisible(problem is not None)
