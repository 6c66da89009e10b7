"""Everything is usable without a mouse, and the focus is always visible."""

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

from trayapp.ui.intents import OpenAbout
from trayapp.ui.window.window import Window
from widgets.sample_windows import GALLERY
from widgets.signals import collected

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
    """Show each window in turn, and activate it."""
    one = GALLERY[request.param]()
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.show()
    return one


def wanted(top: QWidget) -> list[QWidget]:
    """Return the usable widgets of a window, without the parts of compound ones."""
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
    """Return the focused widget of a window; Qt may report none."""
    found: object = top.focusWidget()
    return found if isinstance(found, QWidget) else None


def tab_on(top: QWidget) -> QWidget | None:
    """Press Tab, and return the focused widget."""
    before = focused(top)
    QTest.keyClick(top if before is None else before, Qt.Key.Key_Tab)
    return focused(top)


def round_trip(top: QWidget) -> list[QWidget]:
    """Press Tab until the focus returns, and list the focused widgets."""
    start = focused(top)
    passed = [] if start is None else [start]
    for _ in range(MOST):
        now = tab_on(top)
        if now is None or (passed and now is passed[0]):
            return passed
        passed.append(now)
    pytest.fail(f"the tab key never comes round: {passed}")


def test_the_tab_key_reaches_everything(top: QWidget) -> None:
    """Tab reaches every button and field."""
    reached = round_trip(top)
    missed = [one for one in wanted(top) if one not in reached]
    assert [named(one) for one in missed] == []


def test_the_order_is_that_of_reading(top: QWidget) -> None:
    """The focus moves down, column by column, and returns to the top once."""
    passed = round_trip(top)
    back = []
    for first, second in pairwise(passed):
        one, other = place(first, top), place(second, top)
        if other.bottom() <= one.top() and other.left() < one.right():
            back.append(f"{named(first)} -> {named(second)}")
    assert len(back) <= 1, back


def named(widget: QWidget) -> str:
    """Return a name of the widget for messages."""
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or words}"


def place(widget: QWidget, top: QWidget) -> QRect:
    """Return the position of a widget in its window."""
    return QRect(widget.mapTo(top, QPoint()), widget.size())


def test_one_sees_where_one_is(top: QWidget) -> None:
    """Each widget looks different while it has the focus."""
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
    """Return the picture of a widget, without a blinking cursor."""
    return top.grab(place(widget, top).adjusted(-3, -3, 3, 3)).toImage()


def test_escape_closes(qtbot: QtBot, top: QWidget) -> None:
    """Escape works wherever the focus is."""
    for one in round_trip(top):
        with qtbot.waitActive(top):
            top.show()
            top.activateWindow()
        one.setFocus()
        QTest.keyClick(one, Qt.Key.Key_Escape)
        assert not top.isVisible(), one


def test_f1_says_what_this_is(qtbot: QtBot) -> None:
    """F1 opens the about dialog: the tray's menu may need a mouse."""
    window = GALLERY["window"]()
    assert isinstance(window, Window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    intents = collected(window.intent, object)
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert intents == [OpenAbout()]
