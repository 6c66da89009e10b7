"""The settings dialog's comings and goings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from collected import collected
from event_log import EventLog
from on_screen import on_screen
from trayapp.app.controllers.settings import SettingsController
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Trial
from trayapp.core.errors import (
    ConfigUnwritable,
    Failure,
    NoConnection,
    NotificationsUnseen,
)
from trayapp.core.i18n.language import Language
from trayapp.core.settings import Settings
from trayapp.services.messages.events import SaveFinished
from trayapp.services.messages.requests import ApplyChanges, ReadLoginEntry, RunTrial
from trayapp.ui.first_run.dialog import FirstRun
from trayapp.ui.intents import (
    LeaveFirstRun,
    OpenWebsite,
    OpenWindow,
    SendTestNotification,
)
from trayapp.ui.settings.account_dialog import AccountDialog
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.widgets.login_option import LoginOption

A, B = Account("a", "A"), Account("b", "B")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
KEY = "made-up-key-0123456789"
SETTINGS = Settings(discreet=True)


class Scene:
    """A desk, what it asked for, and what stands on it."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.desk = SettingsController(Language())
        self.desk.set_settings(SETTINGS)
        self.requests = EventLog()
        self.desk.requested.connect(self.requests.record)
        self.intents = collected(self.desk.intent, object)

    @property
    def saves(self) -> list[ApplyChanges]:
        """The requests to store something."""
        return self.requests.of(ApplyChanges)

    @property
    def trials(self) -> list[Trial]:
        """The trials that were asked for."""
        return [one.trial for one in self.requests.of(RunTrial)]

    @property
    def login_looks(self) -> int:
        """How often the desk asked whether the program starts at login."""
        return len(self.requests.of(ReadLoginEntry))

    def begin(self) -> None:
        """Open the first run."""
        self.desk.open_first_run()

    def first_runs(self) -> list[FirstRun]:
        """Give the first runs that are to be seen."""
        return on_screen(FirstRun)

    def answer_all(self) -> None:
        """Go through the first run, to where it is being saved."""
        (wizard,) = self.first_runs()
        press(wizard, "Next")
        (line,) = (
            one
            for one in wizard.findChildren(QLineEdit)
            if one.accessibleName() == "API key"
        )
        line.setText(KEY)
        press(wizard, "Next")
        reading = Reading(Balance(Decimal("12.5000"), "EUR"), NOON)
        self.desk.show_trial(self.trials[-1], Outcome("", NOON, reading))
        press(wizard, "Finish")

    def open(self, *accounts: Account, edit: str | None = None) -> None:
        """Open the dialog."""
        self.desk.open(accounts, edit=edit)

    def dialogs(self) -> list[SettingsDialog]:
        """Give the settings dialogs that are to be seen."""
        return on_screen(SettingsDialog)

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
        if isinstance(dialog, SettingsDialog | FirstRun):
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


def login_box(widget: QWidget) -> QCheckBox:
    """Give the box for start at login."""
    (option,) = widget.findChildren(LoginOption)
    return option.box


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


def test_nothing_opens_before_the_settings_are_known(qtbot: QtBot) -> None:
    """Saving what was made up would lose what is stored."""
    desk = SettingsController(Language())
    before = set(QApplication.topLevelWidgets())
    desk.open((), edit=None)
    desk.open_first_run()
    assert set(QApplication.topLevelWidgets()) == before
    del qtbot  # there is an application


def test_ok_asks_to_save_and_waits(scene: Scene) -> None:
    """With the ids of the accounts that the dialog was opened with."""
    scene.open(A, B)
    press(scene.dialog, "OK")
    (save,) = scene.saves
    changes, shown = save.changes, save.shown
    assert (changes.accounts, shown) == ((A, B), frozenset({"a", "b"}))
    assert not scene.dialog.isEnabled()


def test_it_closes_when_all_is_stored(scene: Scene) -> None:
    """And the next one begins anew, with what is stored then."""
    scene.open(A)
    press(scene.dialog, "OK")
    scene.desk.finish_save(SaveFinished((A,), Settings()))
    assert scene.dialogs() == []
    scene.open(A, B)
    press(scene.dialog, "OK")
    assert scene.saves[-1].shown == frozenset({"a", "b"})


def test_it_stays_and_says_why_nothing_is_stored(scene: Scene) -> None:
    """A person can try again."""
    scene.open(A)
    press(scene.dialog, "OK")
    scene.desk.finish_save(SaveFinished(problem=Failure(ConfigUnwritable)))
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
    scene.desk.finish_save(SaveFinished(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in words(scene.dialog)


def test_one_that_was_closed_while_saving_can_be_asked_for(scene: Scene) -> None:
    """It waits still, and is shown as that."""
    scene.open(A)
    press(scene.dialog, "OK")
    scene.dialog.reject()
    scene.open(A)
    assert not scene.dialog.isEnabled()
    scene.desk.finish_save(SaveFinished((A,), Settings()))
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
    assert (scene.intents, scene.saves) == ([SendTestNotification()] * 2, [])


def test_what_the_desktop_has_is_asked_for_and_shown(scene: Scene) -> None:
    """In each dialog anew: a person may have switched it elsewhere meanwhile."""
    scene.open(A)
    assert scene.login_looks == 1
    scene.desk.show_login(LoginEntryState.ON)
    assert login_box(scene.dialog).isChecked()
    login_box(scene.dialog).click()
    press(scene.dialog, "OK")
    assert scene.saves[-1].changes.at_login is False
    scene.desk.finish_save(SaveFinished((A,), Settings()))
    scene.open(A)
    assert scene.login_looks == 2
    scene.desk.show_login(LoginEntryState.OFF)
    assert not login_box(scene.dialog).isChecked()
    press(scene.dialog, "OK")
    assert scene.saves[-1].changes.at_login is None


def test_answers_without_a_dialog_are_no_fault(scene: Scene) -> None:
    """It may have been closed before they came."""
    scene.desk.show_trial(Trial(A, None), Outcome("a", NOON, Failure(NoConnection)))
    scene.desk.finish_save(SaveFinished())
    scene.desk.show_login(LoginEntryState.ON)
    assert scene.dialogs() == []


def test_a_notification_that_nobody_took_is_told_where_it_was_tried(
    scene: Scene,
) -> None:
    """Also when that was known before the dialog was opened."""
    scene.desk.set_delivery_problem(Failure(NotificationsUnseen))
    scene.open(A)
    scene.dialog.tabs.setCurrentIndex(1)
    press(scene.dialog, "Test notification")
    title = NotificationsUnseen.title
    assert title in words(scene.dialog)
    assert "Sent." not in words(scene.dialog)
    scene.desk.set_delivery_problem(None)
    assert title not in words(scene.dialog)


# --- the first run -------------------------------------------------------------------


def test_the_first_account_is_saved_with_the_settings_as_they_are(
    scene: Scene,
) -> None:
    """It replaces none that was added meanwhile; then the first run is over."""
    scene.begin()
    scene.answer_all()
    (save,) = scene.saves
    changes, shown = save.changes, save.shown
    (account,) = changes.accounts
    assert (account.name, shown, changes.settings) == ("SMSup", frozenset(), SETTINGS)
    assert changes.keys[account.id].reveal() == KEY
    assert len(account.id) == 12
    assert (len(scene.first_runs()), scene.intents) == (1, [])
    scene.desk.finish_save(SaveFinished((account,), SETTINGS))
    assert (scene.first_runs(), scene.intents) == ([], [OpenWindow()])


def test_the_first_run_asks_whether_to_start_at_login(scene: Scene) -> None:
    """And hands over what was chosen."""
    scene.begin()
    assert scene.login_looks == 1
    scene.desk.show_login(LoginEntryState.OFF)
    login_box(scene.first_runs()[0]).click()
    scene.answer_all()
    assert scene.saves[-1].changes.at_login is True


def test_the_first_run_stays_and_says_why_nothing_is_stored(scene: Scene) -> None:
    """And can be finished when that is mended."""
    scene.begin()
    scene.answer_all()
    scene.desk.finish_save(SaveFinished(problem=Failure(ConfigUnwritable)))
    (wizard,) = scene.first_runs()
    assert "The settings can't be saved" in words(wizard)
    press(wizard, "Finish")
    assert len(scene.saves) == 2
    assert scene.intents == []


def test_a_first_run_that_was_left_is_gone_on_with(scene: Scene) -> None:
    """It is the same one, where it was."""
    scene.begin()
    (wizard,) = scene.first_runs()
    press(wizard, "Next")
    wizard.reject()
    assert (scene.first_runs(), scene.intents) == ([], [LeaveFirstRun()])
    scene.begin()
    assert scene.first_runs() == [wizard]
    assert "Step 2 of 3" in words(wizard)


def test_settings_and_first_run_are_never_open_together(scene: Scene) -> None:
    """Who asks for the other finds the one that is open; both would save."""
    scene.begin()
    scene.open()
    assert (len(scene.first_runs()), scene.dialogs()) == (1, [])
    scene.first_runs()[0].reject()
    scene.open()
    scene.begin()
    assert (scene.first_runs(), len(scene.dialogs())) == ([], 1)


def test_settings_are_saved_though_a_first_run_was_left(scene: Scene) -> None:
    """What was stored is not its account, which can still be gone on with."""
    scene.begin()
    scene.first_runs()[0].reject()
    scene.open(A)
    press(scene.dialog, "OK")
    scene.desk.finish_save(SaveFinished((A,), Settings()))
    assert (scene.dialogs(), scene.intents) == ([], [LeaveFirstRun()])


def test_a_first_run_that_was_closed_while_saving_comes_up_when_asked_for(
    scene: Scene,
) -> None:
    """Instead of the settings: it still waits."""
    scene.begin()
    scene.answer_all()
    (wizard,) = scene.first_runs()
    wizard.reject()
    scene.open(A)
    assert (scene.first_runs(), scene.dialogs()) == ([wizard], [])


def test_the_panel_is_passed_on(scene: Scene) -> None:
    """To be opened in the browser."""
    scene.begin()
    (wizard,) = scene.first_runs()
    page = OpenWebsite("https://app.smsup.es")
    wizard.intent.emit(page)
    assert scene.intents == [page]


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
    (save,) = scene.saves
    changes = save.changes
    ids = {one.id for one in changes.accounts}
    assert len(ids) == 3
    assert set(changes.keys) == ids - {"a"}
    assert {len(one) for one in ids - {"a"}} == {12}
