"""The program animates nothing, so it needs no setting for reduced motion."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPropertyAnimation, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import trayapp
from widgets.sample_windows import GALLERY

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
    """Animations of a style are the style's, which follows the desktop's setting."""
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
    """Qt only fades the clear button of a field; menus and lists don't move."""
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
