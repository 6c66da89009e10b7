"""The "Why?" list: the last decisions, shown when a person asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from harness.wired_program import lazily
from trayapp.app.controllers.notification_log import NotificationLogController
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.i18n.language import Language
from trayapp.core.settings import AlertKind
from trayapp.ui.window.notification_log import NotificationLogDialog
from trayapp.ui.window.window import Window
from widgets.visible import visible_texts

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


class NotificationLogHarness:
    """A controller, and the dialog on it."""

    def __init__(self) -> None:
        self.window = Window(Language())
        self.controller = NotificationLogController(Language(), lazily(self.window))

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
def harness(qtbot: QtBot) -> Iterator[NotificationLogHarness]:
    """Give a controller that nothing was told yet."""
    del qtbot
    harness = NotificationLogHarness()
    yield harness
    harness.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_decisions_alone_show_nothing(harness: NotificationLogHarness) -> None:
    """A person has not asked."""
    harness.controller.set_entries((SENT,))
    assert harness.window.findChildren(NotificationLogDialog) == []


def test_who_asks_sees_the_last_decision_first(harness: NotificationLogHarness) -> None:
    """When, of which account, what, and what became of it."""
    harness.controller.set_entries((SENT, HELD))
    harness.controller.open()
    assert harness.dialog.isVisible()
    assert harness.rows() == [HELD_ROW, SENT_ROW]


def test_a_new_decision_comes_into_the_open_list(
    harness: NotificationLogHarness,
) -> None:
    """It needs no closing."""
    harness.controller.set_entries((SENT,))
    harness.controller.open()
    harness.controller.set_entries((SENT, HELD))
    assert harness.rows() == [HELD_ROW, SENT_ROW]


def test_a_list_that_was_closed_is_up_to_date_when_it_comes_back(
    harness: NotificationLogHarness,
) -> None:
    """Whatever was decided meanwhile."""
    harness.controller.open()
    harness.dialog.close()
    harness.controller.set_entries((HELD,))
    assert not harness.dialog.isVisible()
    harness.controller.open()
    assert harness.rows() == [HELD_ROW]


def test_without_a_decision_the_list_says_so(harness: NotificationLogHarness) -> None:
    """An empty table would look broken."""
    harness.controller.open()
    assert "Nothing yet: there was no reason to notify you." in visible_texts(
        harness.dialog
    )
    assert harness.rows() == []
