"""Screens on which one language is spoken, and what is left in English there."""

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

from layout import faults
from trayapp.core.account import Account, Service
from trayapp.core.i18n.language import Language
from trayapp.core.i18n.locales import LOCALES

RIGHT_TO_LEFT = "right to left"
OWN_NAMES = {"SMSup", "SMSPubli", "Balance", "Tray"} | {
    word
    for name in (
        *(one.name for one in LOCALES.values()),
        *(Account("", "", one).panel_url for one in Service),
    )
    for word in re.findall(r"[A-Za-z]+", name)
}
"""Words that are the same in every language."""


@dataclass
class Place:
    """A screen on which one language is spoken."""

    language: Language
    shown: Callable[[QWidget], QWidget]

    def looks_well(self, top: QWidget) -> None:
        """Hold a window against all that can be wrong."""
        found = faults(top)
        assert found == [], found
        if self.language.code not in LOCALES:
            left = untranslated(top)
            assert left == set(), left


def untranslated(top: QWidget) -> set[str]:
    """Give what is said in English where nothing should be."""
    texts = [top.windowTitle()]
    seen = (one for one in top.findChildren(QWidget) if one.isVisibleTo(top))
    for one in (top, *seen):
        texts += [one.accessibleName(), one.accessibleDescription(), one.toolTip()]
        if isinstance(one, (QAbstractButton, QLabel)):
            texts.append(one.text())
        if isinstance(one, QLineEdit):
            texts.append(one.placeholderText())
        if isinstance(one, QComboBox):
            texts += [one.itemText(row) for row in range(one.count())]
        if isinstance(one, QTabBar):
            texts += [one.tabText(tab) for tab in range(one.count())]
        if isinstance(one, QTableWidget):
            model = one.model()
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
    """Give those of some texts that have an English word in them."""
    return {
        text
        for text in texts
        if set(re.findall(r"[A-Za-z]{3,}", text.replace("\u200b", ""))) - OWN_NAMES
    }
