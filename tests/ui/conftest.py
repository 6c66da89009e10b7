"""Fixtures for tests of widgets: their visible texts and buttons, and palettes."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.i18n.language import Language, language_for
from trayapp.core.i18n.locales import LOCALES
from trayapp.services.files.catalogs import catalog
from widgets.localized_screen import RIGHT_TO_LEFT, Place
from widgets.pseudo_language import pseudo_language

INVISIBLE = str.maketrans({"\u200b": "", "\u2060": "", "\u00a0": " "})
"""What labels wrap by, or not."""


@pytest.fixture
def words() -> Callable[[QWidget], list[str]]:
    """Return a function that reads the visible labels of a widget."""

    def read(widget: QWidget) -> list[str]:
        return [
            label.text().translate(INVISIBLE)
            for label in widget.findChildren(QLabel)
            if label.isVisibleTo(widget) and label.text()
        ]

    return read


@pytest.fixture
def buttons() -> Callable[[QWidget], dict[str, QAbstractButton]]:
    """Return a function that finds the visible buttons of a widget by their texts."""

    def find(widget: QWidget) -> dict[str, QAbstractButton]:
        return {
            button.text().replace("&", ""): button
            for button in widget.findChildren(QAbstractButton)
            if button.isVisibleTo(widget) and button.text()
        }

    return find


@pytest.fixture
def spanish() -> Language:
    """Return a language with Spanish numbers."""
    return Language(
        decimal_point=",", group_separator=".", groups_from=5, symbol_first=False
    )


@pytest.fixture
def dark() -> QPalette:
    """Return a dark palette as desktops have it."""
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


@pytest.fixture(params=["longer", RIGHT_TO_LEFT, *LOCALES])
def place(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication
) -> Iterator[Place]:
    """Give a screen for people who read longer words, or from right to left, or ours.

    The real languages are few of those that there will be; they are cheap to look at.
    """
    name = str(request.param)
    right_to_left = name == RIGHT_TO_LEFT
    language = (
        language_for(name, catalog(name))
        if name in LOCALES
        else pseudo_language(right_to_left=right_to_left)
    )

    def shown(widget: QWidget) -> QWidget:
        qtbot.addWidget(widget)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    if right_to_left:
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield Place(language, shown)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
