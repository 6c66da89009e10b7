"""Which of the program's windows a person has before them."""

from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget

_T = TypeVar("_T", bound=QWidget)


def on_screen(kind: type[_T]) -> list[_T]:
    """Give the windows of a kind that are to be seen."""
    windows = QApplication.topLevelWidgets()
    return [one for one in windows if isinstance(one, kind) and one.isVisible()]
