"""The "Why?" list: the last decisions, shown when a person asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from trayapp.app.controllers.notification_log import NotificationLogController
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.i18n.language import Language
from trayapp.core.settings import AlertKind
from trayapp.ui.window.notification_log import NotificationLogDialog
from trayapp.ui.window.window import Window
from wired import lazily, words

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
THEN = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SENT = LogEntry(THEN, "a", "Main", AlertKind.LOW, Disposition.SENT, Reason.NEW)
HELD = LogEntry(
    THEN + timedelta(hours=1),
    "b",
    "Shop",
    AlertKind.REJECTED,
    Disposition.PENDING,
    Reason.SNOOZED,
)
SENT_ROW = ("5 Jan, 12:00", "Main", "Low balance", "Sent: it was new")
HELD_ROW = (
    "5 Jan, 13:00",
    "Shop",
    "API key rejected",
    "Held back: notifications were snoozed",
)


class Scene:
    """A desk, and the dialog on it."""

    def __init__(self) -> None:
        self.window = Window(Language())
        self.desk = NotificationLogController(Language(), lazily(self.window))

    @property
    def dialog(self) -> NotificationLogDialog:
        """Give the dialog, which is made when it is first asked for."""
        (dialog,) = self.window.findChildren(NotificationLogDialog)
        return dialog

    def rows(self) -> list[tuple[str, ...]]:
        """Read the list."""
        (table,) = self.dialog.findChildren(QTableWidget)
        return [
            tuple(
                str(table.model().index(row, column).data()).replace("\u200b", "")
                for column in range(table.columnCount())
            )
            for row in range(table.rowCount())
        ]


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Give a desk that nothing was told yet."""
    del qtbot
    scene = Scene()
    yield scene
    scene.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_decisions_alone_show_nothing(scene: Scene) -> None:
    """A person has not asked."""
    scene.desk.set_entries((SENT,))
    assert scene.window.findChildren(NotificationLogDialog) == []


def test_who_asks_sees_the_last_decision_first(scene: Scene) -> None:
    """When, of which account, what, and what became of it."""
    scene.desk.set_entries((SENT, HELD))
    scene.desk.open()
    assert scene.dialog.isVisible()
    assert scene.rows() == [HELD_ROW, SENT_ROW]


def test_a_new_decision_comes_into_the_open_list(scene: Scene) -> None:
    """It needs no closing."""
    scene.desk.set_entries((SENT,))
    scene.desk.open()
    scene.desk.set_entries((SENT, HELD))
    assert scene.rows() == [HELD_ROW, SENT_ROW]


def test_a_list_that_was_closed_is_up_to_date_when_it_comes_back(
    scene: Scene,
) -> None:
    """Whatever was decided meanwhile."""
    scene.desk.open()
    scene.dialog.close()
    scene.desk.set_entries((HELD,))
    assert not scene.dialog.isVisible()
    scene.desk.open()
    assert scene.rows() == [HELD_ROW]


def test_without_a_decision_the_list_says_so(scene: Scene) -> None:
    """An empty table would look broken."""
    scene.desk.open()
    assert "Nothing yet: there was no reason to notify you." in words(scene.dialog)
    assert scene.rows() == []
