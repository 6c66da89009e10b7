"""The settings dialog's comings and goings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Changes, Trial
from trayapp.core.errors import ConfigUnwritable, Failure, NoConnection
from trayapp.core.known import Outcome
from trayapp.core.language import Language
from trayapp.core.settings import Settings
from trayapp.services.backend import Saved
from trayapp.settings_desk import SettingsDesk
from trayapp.ui.account_dialog import AccountDialog
from trayapp.ui.settings_dialog import SettingsDialog

A, B = Account("a", "A"), Account("b", "B")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
KEY = "made-up-key-0123456789"


class Scene:
    """A desk, what it asked for, and what stands on it."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.desk = SettingsDesk(Language())
        self.saves: list[tuple[Changes, frozenset[str]]] = []
        self.trials: list[Trial] = []
        self.tests = 0
        self.desk.save_requested.connect(self._save)
        self.desk.test_requested.connect(self.trials.append)
        self.desk.test_notification_requested.connect(self._count)

    def _save(self, changes: Changes, shown: frozenset[str]) -> None:
        self.saves.append((changes, shown))

    def _count(self) -> None:
        self.tests += 1

    def open(self, *accounts: Account, edit: str | None = None) -> None:
        """Open the dialog."""
        self.desk.open(accounts, Settings(), edit=edit)

    def dialogs(self) -> list[SettingsDialog]:
        """Give the settings dialogs that are to be seen."""
        return [
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, SettingsDialog) and one.isVisible()
        ]

    @property
    def dialog(self) -> SettingsDialog:
        """The one dialog."""
        (dialog,) = self.dialogs()
        return dialog

    @property
    def account_dialog(self) -> AccountDialog:
        """The dialog of one account in it; it comes up after the other."""
        found = self.dialog.findChildren
        self._qtbot.waitUntil(lambda: bool(found(AccountDialog)))
        (dialog,) = found(AccountDialog)
        return dialog


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Give an empty desk, and clear it afterwards."""
    scene = Scene(qtbot)
    yield scene
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, SettingsDialog):
            dialog.deleteLater()
    scene.desk.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def words(widget: QWidget) -> str:
    """Read all that is to be seen."""
    return "\n".join(
        label.text().replace("\u200b", "")
        for label in widget.findChildren(QLabel)
        if label.isVisibleTo(widget)
    )


def press(widget: QWidget, text: str) -> None:
    """Press a button by its text."""
    (button,) = (
        one
        for one in widget.findChildren(QPushButton)
        if one.text().replace("&", "") == text and one.window() is widget.window()
    )
    button.click()


def test_the_dialog_is_opened_once(scene: Scene) -> None:
    """Asking again brings the same one up."""
    scene.open(A)
    first = scene.dialog
    scene.open(A, B)
    assert scene.dialog is first


def test_with_accounts_nobody_is_welcomed(scene: Scene) -> None:
    """The greeting is for the first start."""
    scene.open(A)
    assert "Welcome" not in words(scene.dialog)


def test_without_accounts_a_person_is_welcomed(scene: Scene) -> None:
    """And told what is needed."""
    scene.open()
    assert "Welcome to Balance Tray" in words(scene.dialog)


def test_ok_asks_to_save_and_waits(scene: Scene) -> None:
    """With the ids of the accounts that the dialog was opened with."""
    scene.open(A, B)
    press(scene.dialog, "OK")
    ((changes, shown),) = scene.saves
    assert (changes.accounts, shown) == ((A, B), frozenset({"a", "b"}))
    assert not scene.dialog.isEnabled()


def test_it_closes_when_all_is_stored(scene: Scene) -> None:
    """And the next one begins anew, with what is stored then."""
    scene.open(A)
    press(scene.dialog, "OK")
    scene.desk.close_or_explain(Saved((A,), Settings()))
    assert scene.dialogs() == []
    scene.open(A, B)
    press(scene.dialog, "OK")
    assert scene.saves[-1][1] == frozenset({"a", "b"})


def test_it_stays_and_says_why_nothing_is_stored(scene: Scene) -> None:
    """A person can try again."""
    scene.open(A)
    press(scene.dialog, "OK")
    scene.desk.close_or_explain(Saved(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in words(scene.dialog)
    press(scene.dialog, "OK")
    assert len(scene.saves) == 2


def test_cancel_saves_nothing(scene: Scene) -> None:
    """And the next dialog is a new one."""
    scene.open(A)
    press(scene.dialog, "Cancel")
    assert (scene.dialogs(), scene.saves) == ([], [])
    scene.open(A)
    assert scene.dialog.isEnabled()


def test_one_that_was_closed_while_saving_comes_back_to_tell(scene: Scene) -> None:
    """The keyring's question may have taken minutes."""
    scene.open(A)
    press(scene.dialog, "OK")
    scene.dialog.reject()
    assert scene.dialogs() == []
    scene.desk.close_or_explain(Saved(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in words(scene.dialog)


def test_one_that_was_closed_while_saving_can_be_asked_for(scene: Scene) -> None:
    """It waits still, and is shown as that."""
    scene.open(A)
    press(scene.dialog, "OK")
    scene.dialog.reject()
    scene.open(A)
    assert not scene.dialog.isEnabled()
    scene.desk.close_or_explain(Saved((A,), Settings()))
    assert scene.dialogs() == []


def test_one_account_can_be_opened_at_once(scene: Scene) -> None:
    """As from a notification of a rejected key."""
    scene.open(A, B, edit="b")
    assert [one.text() for one in scene.account_dialog.findChildren(QLineEdit)][:1] == [
        "B"
    ]


def test_an_account_that_is_gone_opens_the_settings(scene: Scene) -> None:
    """The notification was an old one."""
    scene.open(A, edit="gone")
    QCoreApplication.processEvents()
    assert scene.dialog.findChildren(AccountDialog) == []


def test_a_trial_is_asked_and_its_balance_shown(scene: Scene) -> None:
    """In the account's dialog, with its unit."""
    scene.open(A, edit="a")
    press(scene.account_dialog, "Test")
    (trial,) = scene.trials
    assert (trial.account, trial.key) == (A, None)
    reading = Reading(Balance(Decimal("12.5000"), "EUR"), NOON)
    scene.desk.show_trial(trial, Outcome("a", NOON, reading))
    assert "The gateway answers: €12.50" in words(scene.account_dialog)


def test_a_trial_that_fails_says_why(scene: Scene) -> None:
    """Where it was asked."""
    scene.open(A, edit="a")
    press(scene.account_dialog, "Test")
    (trial,) = scene.trials
    scene.desk.show_trial(trial, Outcome("a", NOON, Failure(NoConnection)))
    assert "The gateway can't be reached" in words(scene.account_dialog)


def test_notifications_can_be_tried_out(scene: Scene) -> None:
    """As often as a person likes, and nothing is stored for it."""
    scene.open(A)
    for _ in range(2):
        press(scene.dialog, "Test notification")
    assert (scene.tests, scene.saves) == (2, [])


def test_answers_without_a_dialog_are_no_fault(scene: Scene) -> None:
    """It may have been closed before they came."""
    scene.desk.show_trial(Trial(A, None), Outcome("a", NOON, Failure(NoConnection)))
    scene.desk.close_or_explain(Saved())
    assert scene.dialogs() == []


def test_a_new_account_gets_an_id_of_its_own(scene: Scene) -> None:
    """Nobody chooses it, and nobody sees it."""
    scene.open(A)
    ids = set()
    for name in ("First", "Second"):
        press(scene.dialog, "Add an account…")
        dialog = scene.account_dialog
        key, line = (
            next(
                one
                for one in dialog.findChildren(QLineEdit)
                if one.accessibleName() == label
            )
            for label in ("API key", "Name")
        )
        line.setText(name)
        key.setText(KEY)
        press(dialog, "OK")
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    press(scene.dialog, "OK")
    ((changes, _),) = scene.saves
    ids = {one.id for one in changes.accounts}
    assert len(ids) == 3
    assert set(changes.keys) == ids - {"a"}
    assert {len(one) for one in ids - {"a"}} == {12}
