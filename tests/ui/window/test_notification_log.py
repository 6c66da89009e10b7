"""The notification log shows the last alerts with their results and reasons."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.i18n.language import ENGLISH
from trayapp.ui.window.notification_log import NotificationLogDialog

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

SENT = ("10:12", "Main", "Low balance", "Sent")
HELD = ("09:00", "<b>R&D", "Top-up arrived", "Held back: quiet hours until 07:00")


@pytest.fixture
def dialog(qtbot: QtBot) -> NotificationLogDialog:
    """Return the shown dialog."""
    one = NotificationLogDialog(ENGLISH)
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.show()
    return one


def table(dialog: NotificationLogDialog) -> QTableWidget:
    """Return its table."""
    return dialog.findChildren(QTableWidget)[0]


def test_nothing_yet_is_said(dialog: NotificationLogDialog, words: Words) -> None:
    """A sentence is shown while there are no rows."""
    for rows, empty in (((), True), ((SENT,), False), ((), True)):
        dialog.show_rows(rows)
        assert any(one.startswith("Nothing yet") for one in words(dialog)) is empty


def test_rows_are_shown_as_they_are(dialog: NotificationLogDialog) -> None:
    """Their order stays; texts are no markup and can't be edited."""
    dialog.show_rows((SENT, HELD))
    one = table(dialog)
    cells = [
        one.model().index(row, column).data() for row in range(2) for column in range(4)
    ]
    assert cells == [*SENT, *HELD]
    assert one.editTriggers() == QTableWidget.EditTrigger.NoEditTriggers


def test_a_row_is_heard_whole(dialog: NotificationLogDialog) -> None:
    """A screen reader reads the whole row in the first column."""
    dialog.show_rows((SENT, HELD))
    one = table(dialog)
    one.setFocus()
    assert one.currentRow() == 0
    QTest.keyClick(one, Qt.Key.Key_Down)
    heard = one.currentItem().data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == ", ".join(HELD)
    QTest.keyClick(one, Qt.Key.Key_Tab)
    assert not one.hasFocus()


def test_new_rows_keep_the_place(dialog: NotificationLogDialog) -> None:
    """Equal rows change nothing."""
    dialog.show_rows((SENT, HELD))
    table(dialog).setCurrentCell(1, 0)
    before = table(dialog).item(1, 0)
    dialog.show_rows((SENT, HELD))
    assert table(dialog).item(1, 0) is before
    assert table(dialog).currentRow() == 1


def test_long_words_wrap(qtbot: QtBot, dialog: NotificationLogDialog) -> None:
    """Nothing is cut off at the right."""
    dialog.show_rows((("10:12", "x" * 300, "Low balance", "y" * 5_000),))
    one = table(dialog)
    qtbot.waitUntil(lambda: one.rowHeight(0) > 5 * one.fontMetrics().height())
    assert one.horizontalHeader().length() <= one.viewport().width()


def test_it_closes(dialog: NotificationLogDialog, buttons: Buttons) -> None:
    """The button closes it."""
    buttons(dialog)["Close"].click()
    assert dialog.isHidden()
