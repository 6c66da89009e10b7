"""Everything can be reached and used without a mouse, and one sees where one is."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from collected import collected
from gallery import GALLERY
from trayapp.ui.intents import OpenAbout
from trayapp.ui.window.window import Window

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
)
MOST = 60
"""More than anything has to be stepped through."""


@pytest.fixture(params=GALLERY)
def top(request: pytest.FixtureRequest, qtbot: QtBot) -> QWidget:
    """Give each window in turn, on the screen and active."""
    one = GALLERY[request.param]()
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.show()
    return one


def wanted(top: QWidget) -> list[QWidget]:
    """Give what can be used in a window, but not what boxes are made of."""
    found: list[QWidget] = []
    for one in top.findChildren(QWidget):
        inside = one.parentWidget()
        if not isinstance(one, INTERACTIVE) or not one.isVisible():
            continue
        if not one.isEnabled() or isinstance(
            inside, (QAbstractSpinBox, QComboBox, QTabBar, QLineEdit, QAbstractItemView)
        ):
            continue
        if isinstance(one, QAbstractButton) and one.autoExclusive():
            found += [one] if one.isChecked() else []  # arrows go on to the others
        else:
            found.append(one)
    return found


def focused(top: QWidget) -> QWidget | None:
    """Give what has the focus in a window; Qt's own answer may be nothing."""
    found: object = top.focusWidget()
    return found if isinstance(found, QWidget) else None


def tab_on(top: QWidget) -> QWidget | None:
    """Press the tab key, and give what has the focus then."""
    before = focused(top)
    QTest.keyClick(top if before is None else before, Qt.Key.Key_Tab)
    return focused(top)


def round_trip(top: QWidget) -> list[QWidget]:
    """Press the tab key until it comes round, and give what had the focus."""
    start = focused(top)
    passed = [] if start is None else [start]
    for _ in range(MOST):
        now = tab_on(top)
        if now is None or (passed and now is passed[0]):
            return passed
        passed.append(now)
    pytest.fail(f"the tab key never comes round: {passed}")


def test_the_tab_key_reaches_everything(top: QWidget) -> None:
    """Whatever can be pressed, chosen or typed in."""
    reached = round_trip(top)
    missed = [one for one in wanted(top) if one not in reached]
    assert [named(one) for one in missed] == []


def test_the_order_is_that_of_reading(top: QWidget) -> None:
    """Down the window, column by column; once from the bottom to the top again."""
    passed = round_trip(top)
    back = []
    for first, second in pairwise(passed):
        one, other = place(first, top), place(second, top)
        if other.bottom() <= one.top() and other.left() < one.right():
            back.append(f"{named(first)} -> {named(second)}")
    assert len(back) <= 1, back


def named(widget: QWidget) -> str:
    """Say which widget it is."""
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or words}"


def place(widget: QWidget, top: QWidget) -> QRect:
    """Give where something is in its window."""
    return QRect(widget.mapTo(top, QPoint()), widget.size())


def test_one_sees_where_one_is(top: QWidget) -> None:
    """Each thing looks different while it has the focus."""
    start = focused(top)
    alike: list[QWidget] = []
    held: tuple[QWidget, QImage] | None = None
    for _ in range(MOST):
        now = tab_on(top)
        if held is not None:
            widget, picture = held
            if picture == seen(widget, top):
                alike.append(widget)
        if now is None or (held is not None and now is start):
            break
        held = now, seen(now, top)
    assert [named(one) for one in alike] == []


def seen(widget: QWidget, top: QWidget) -> QImage:
    """Give what is to be seen where something is; a blinking cursor is not."""
    return top.grab(place(widget, top).adjusted(-3, -3, 3, 3)).toImage()


def test_escape_closes(qtbot: QtBot, top: QWidget) -> None:
    """Whatever has the focus in it."""
    for one in round_trip(top):
        with qtbot.waitActive(top):
            top.show()
            top.activateWindow()
        one.setFocus()
        QTest.keyClick(one, Qt.Key.Key_Escape)
        assert not top.isVisible(), one


def test_f1_says_what_this_is(qtbot: QtBot) -> None:
    """The tray's menu may be out of reach without a mouse."""
    window = GALLERY["window"]()
    assert isinstance(window, Window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    intents = collected(window.intent, object)
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert intents == [OpenAbout()]
