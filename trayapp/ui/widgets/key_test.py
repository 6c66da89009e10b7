"""The row that tests an account before it is stored: a button and the result."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Problem
from trayapp.ui.icons.icons import status_pixmap
from trayapp.ui.icons.picture import ScaledPicture
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.problem_view import ProblemView


class KeyTestRow(QWidget):
    """Shows the result beside the button.

    Signals:
        test_requested(): the button was pressed.
    """

    test_requested = Signal()

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._test = PushButton(language.gettext("T&est"))
        self._test.setAutoDefault(False)
        self._test.clicked.connect(self.test_requested)
        self._test.setAccessibleDescription(
            language.gettext("Asks the gateway now; nothing is stored.")
        )
        self._tick = ScaledPicture(partial(status_pixmap, Status.OK), 1.4)
        self._words = TextLabel()
        self._problem_view = ProblemView()
        beside = QHBoxLayout()
        beside.addWidget(self._test)
        beside.addWidget(self._tick)
        beside.addWidget(self._words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.fontMetrics().height() // 2)
        layout.addLayout(beside)
        layout.addWidget(self._problem_view)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Show what the button does."""
        self._show(
            self._language.gettext("Asks the gateway now; nothing is stored."), None
        )
        self._words.set_tone(Tone.MUTED)

    def show_refreshing(self) -> None:
        """Show that a request is running."""
        self._show(self._language.gettext("Asking…"), None)

    def show_result(self, result: str | Problem) -> None:
        """Show and announce the formatted balance, or the problem."""
        if isinstance(result, Problem):
            self._show("", result)
            announce(self, " ".join((f"{result.title}.", result.reason, result.advice)))
            return
        words = self._language.gettext("The gateway answers: {balance}")
        self._show(words.format(balance=result), None)
        self._tick.show()
        announce(self, words.format(balance=result))

    def _show(self, words: str, problem: Problem | None) -> None:
        self._words.set_text(words)
        self._words.set_tone(Tone.PLAIN)
        self._problem_view.show_problem(problem)
        self._tick.hide()
