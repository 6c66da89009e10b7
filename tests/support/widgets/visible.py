"""What a person sees of the program: windows, texts and buttons."""

from typing import TypeVar

from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

WidgetT = TypeVar("WidgetT", bound=QWidget)


def visible_windows(kind: type[WidgetT]) -> list[WidgetT]:
    """Return the visible windows of a class."""
    windows = QApplication.topLevelWidgets()
    return [one for one in windows if isinstance(one, kind) and one.isVisible()]


def visible_texts(widget: QWidget) -> list[str]:
    """Return the texts of a widget's visible labels."""
    return [
        label.text().replace("\u200b", "").replace("\u00a0", " ")
        for label in widget.findChildren(QLabel)
        if label.isVisibleTo(widget)
    ]


def click_button(widget: QWidget, text: str) -> None:
    """Click a widget's visible button by its text."""
    (button,) = (
        one
        for one in widget.findChildren(QPushButton)
        if one.text().replace("&", "") == text
        and one.isVisibleTo(widget)
        and one.window() is widget.window()
    )
    button.click()
