"""How tests of widgets look: what is seen, and what is pressed."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from trayapp.core.language import Language


@pytest.fixture
def words() -> Callable[[QWidget], list[str]]:
    """Give a function that reads all labels of a widget that are to be seen."""

    def read(widget: QWidget) -> list[str]:
        return [
            label.text().replace("\u200b", "")
            for label in widget.findChildren(QLabel)
            if label.isVisibleTo(widget) and label.text()
        ]

    return read


@pytest.fixture
def buttons() -> Callable[[QWidget], dict[str, QAbstractButton]]:
    """Give a function that finds all buttons that are to be seen, by their text."""

    def find(widget: QWidget) -> dict[str, QAbstractButton]:
        return {
            button.text().replace("&", ""): button
            for button in widget.findChildren(QAbstractButton)
            if button.isVisibleTo(widget) and button.text()
        }

    return find


@pytest.fixture
def spanish() -> Language:
    """Give the way Spanish writes numbers."""
    return Language(
        decimal_point=",", group_separator=".", groups_from=5, symbol_first=False
    )


@pytest.fixture
def dark() -> QPalette:
    """Give a dark palette such as desktops have."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in (
        (roles.Window, "#2a2a2e"),
        (roles.WindowText, "#ececec"),
        (roles.Base, "#1f1f23"),
        (roles.Text, "#ececec"),
        (roles.Button, "#3a3a40"),
        (roles.ButtonText, "#ececec"),
        (roles.Highlight, "#3584e4"),
        (roles.HighlightedText, "#ffffff"),
    ):
        palette.setColor(role, QColor(colour))
    return palette
