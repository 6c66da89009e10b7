"""Nothing moves by itself: so nothing has to be told to stand still."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPropertyAnimation, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import trayapp
from gallery import GALLERY

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MOVING = {
    "QGraphicsOpacityEffect",
    "QMovie",
    "QParallelAnimationGroup",
    "QPropertyAnimation",
    "QSequentialAnimationGroup",
    "QTimeLine",
    "QVariantAnimation",
}
EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


def test_the_program_animates_nothing() -> None:
    """What a style does is the style's, which asks the desktop whether it may."""
    folder = Path(trayapp.__file__).parent
    names = {
        alias.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert "QPainter" in names
    assert names & MOVING == set()


def test_no_window_has_anything_that_moves(qtbot: QtBot, qapp: QApplication) -> None:
    """Qt fades a line's cross in, in place; nor do menus and lists fly in."""
    for make in GALLERY.values():
        one = make()
        qtbot.addWidget(one)
        one.show()
        assert {
            animation.propertyName().data()
            for animation in one.findChildren(QPropertyAnimation)
            if animation.duration()
        } <= {b"iconOpacity"}
    assert [one for one in EFFECTS if qapp.isEffectEnabled(one)] == []
