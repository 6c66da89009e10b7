"""The view of a problem: its title, its reason and its advice."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.view.account_text import Problem
from trayapp.ui.widgets.labels import TextLabel, Tone


class ProblemView(QWidget):
    """Shows a `Problem`; hidden without one."""

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
        """Hide or show the reason and the advice."""
        self._title_alone = on
        self.show_problem(self._problem)

    def show_problem(self, problem: Problem | None) -> None:
        """Show a problem; None hides the view."""
        self._problem = problem
        if problem is not None:
            self._title.set_text(problem.title)
            for label, text in (
                (self._reason, problem.reason),
                (self._advice, problem.advice),
            ):
                label.set_text(text)
                label.setVisible(bool(text) and not self._title_alone)
        self.setVisible(problem is not None)
