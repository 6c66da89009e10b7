"""What a start that can't go on says, before it ends without a window of its own."""

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox

from trayapp.core.program import PROGRAM
from trayapp.core.view.account_text import Problem
from trayapp.ui.widgets.buttons import plain

_READ_MS: Final = 60_000
"""Nobody may be there, as at login: then it does not stay for ever."""


def say_last_word(problem: Problem) -> None:
    """Say why there will be no window; return when that is read, or after a minute."""
    box = QMessageBox()
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(PROGRAM)
    box.setText(problem.title)
    detail = f"({problem.detail})" if problem.detail else ""
    box.setInformativeText(
        " ".join(filter(None, (problem.reason, problem.advice, detail)))
    )
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    plain(box)
    QTimer.singleShot(_READ_MS, box.reject)
    box.exec()
