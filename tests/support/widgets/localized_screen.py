"""Windows in one language, and the texts in them that are not translated."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QTableWidget,
    QWidget,
)

from trayapp.core.account import Account, Service
from trayapp.core.i18n.language import Language
from trayapp.core.i18n.locales import LOCALES
from widgets.layout import faults

RIGHT_TO_LEFT = "right to left"
OWN_NAMES = {"SMSup", "SMSPubli", "Balance", "Tray"} | {
    word
    for name in (
        *(one.name for one in LOCALES.values()),
        *(Account("", "", one).website_url for one in Service),
    )
    for word in re.findall(r"[A-Za-z]+", name)
}
"""Names that are the same in each language."""


@dataclass
class Place:
    """A language, and a function that shows a window in it."""

    language: Language
    shown: Callable[[QWidget], QWidget]

    def looks_well(self, top: QWidget) -> None:
        """Check a window's layout, and that its texts are translated."""
        layout_faults = faults(top)
        assert layout_faults == [], layout_faults
        if self.language.code not in LOCALES:
            texts = untranslated(top)
            assert texts == set(), texts


def untranslated(top: QWidget) -> set[str]:
    """Return the English texts of a window, which should have none."""
    texts = [top.windowTitle()]
    children = top.findChildren(QWidget)
    visible = (child for child in children if child.isVisibleTo(top))
    for widget in (top, *visible):
        texts += [
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.toolTip(),
        ]
        if isinstance(widget, (QAbstractButton, QLabel)):
            texts.append(widget.text())
        if isinstance(widget, QLineEdit):
            texts.append(widget.placeholderText())
        if isinstance(widget, QComboBox):
            texts += [widget.itemText(row) for row in range(widget.count())]
        if isinstance(widget, QTabBar):
            texts += [widget.tabText(tab) for tab in range(widget.count())]
        if isinstance(widget, QTableWidget):
            model = widget.model()
            texts += [
                str(model.index(row, column).data())
                for row in range(model.rowCount())
                for column in range(model.columnCount())
            ]
            texts += [
                str(model.headerData(column, Qt.Orientation.Horizontal))
                for column in range(model.columnCount())
            ]
    texts += [action.text() for action in top.findChildren(QAction)]
    return english(texts)


def english(texts: Iterable[str]) -> set[str]:
    """Return the texts that have an English word."""
    return {
        text
        for text in texts
        if set(re.findall(r"[A-Za-z]{3,}", text.replace("\u200b", ""))) - OWN_NAMES
    }
