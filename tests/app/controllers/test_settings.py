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

from harness.event_log import EventLog
from trayapp.app.controllers.settings import SettingsController
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Base, Conflict, KeyTest
from trayapp.core.errors import (
    ConfigChanged,
    ConfigUntrusted,
    ConfigUnwritable,
    Failure,
    NoConnection,
    NotificationsUnseen,
    Unauthorized,
)
from trayapp.core.i18n.language import Language
from trayapp.core.settings import Settings
from trayapp.services.messages.events import SaveFinished
from trayapp.services.messages.requests import ApplyChanges, ReadLoginEntry, RunKeyTest
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
from widgets.signals import collected
from widgets.visible import visible_windows

A, B = Account("a", "A"), Account("b", "B")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
KEY = "made-up-key-0123456789"
SETTINGS = Settings(discreet=True)


class SettingsControllerHarness:
    """A controller, what it asked for, and what stands on it."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.controller = SettingsController(Language())
        self.controller.set_settings(SETTINGS)
        self.requests = EventLog()
        self.controller.requested.connect(self.requests.record)
        self.intents = collected(self.controller.intent, object)

    @property
    def saves(self) -> list[ApplyChanges]:
        """The requests to store something."""
        return self.requests.of(ApplyChanges)

    @property
    def key_tests(self) -> list[KeyTest]:
        """The key tests that were requested."""
        return [one.key_test for one in self.requests.of(RunKeyTest)]

    @property
    def login_looks(self) -> int:
        """How often the controller asked whether the program starts at login."""
        return len(self.requests.of(ReadLoginEntry))

    def begin(self) -> None:
        """Open the first run."""
        self.controller.open_first_run()

    def first_runs(self) -> list[FirstRun]:
        """Give the first runs that are to be seen."""
        return visible_windows(FirstRun)

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
        self.controller.show_key_test(self.key_tests[-1], Outcome("", NOON, reading))
        press(wizard, "Finish")

    def open(self, *accounts: Account, edit: str | None = None) -> None:
        """Open the dialog."""
        self.controller.open(accounts, edit=edit)

    def dialogs(self) -> list[SettingsDialog]:
        """Give the settings dialogs that are to be seen."""
        return visible_windows(SettingsDialog)

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
def harness(qtbot: QtBot) -> Iterator[SettingsControllerHarness]:
    """Give an empty controller, and clear it afterwards."""
    harness = SettingsControllerHarness(qtbot)
    yield harness
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, SettingsDialog | FirstRun):
            dialog.deleteLater()
    harness.controller.deleteLater()
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


def test_the_dialog_is_opened_once(harness: SettingsControllerHarness) -> None:
    """Asking again brings the same one up."""
    harness.open(A)
    first = harness.dialog
    harness.open(A, B)
    assert harness.dialog is first


def test_nothing_opens_before_the_settings_are_known(qtbot: QtBot) -> None:
    """Saving what was made up would lose what is stored."""
    controller = SettingsController(Language())
    before = set(QApplication.topLevelWidgets())
    controller.open((), edit=None)
    controller.open_first_run()
    assert set(QApplication.topLevelWidgets()) == before
    del qtbot  # there is an application


def test_ok_asks_to_save_and_waits(harness: SettingsControllerHarness) -> None:
    """With what the dialog was opened with."""
    harness.open(A, B)
    press(harness.dialog, "OK")
    (save,) = harness.saves
    assert save.changes.accounts == (A, B)
    assert save.changes.base == Base((A, B), SETTINGS)
    assert not harness.dialog.isEnabled()


def test_it_closes_when_all_is_stored(harness: SettingsControllerHarness) -> None:
    """And the next one begins anew, with what is stored then."""
    harness.open(A)
    press(harness.dialog, "OK")
    harness.controller.finish_save(SaveFinished((A,), Settings()))
    assert harness.dialogs() == []
    harness.open(A, B)
    press(harness.dialog, "OK")
    assert harness.saves[-1].changes.base.accounts == (A, B)


def test_it_stays_and_says_why_nothing_is_stored(
    harness: SettingsControllerHarness,
) -> None:
    """A person can try again."""
    harness.open(A)
    press(harness.dialog, "OK")
    harness.controller.finish_save(SaveFinished(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in words(harness.dialog)
    press(harness.dialog, "OK")
    assert len(harness.saves) == 2


def test_cancel_saves_nothing(harness: SettingsControllerHarness) -> None:
    """And the next dialog is a new one."""
    harness.open(A)
    press(harness.dialog, "Cancel")
    assert (harness.dialogs(), harness.saves) == ([], [])
    harness.open(A)
    assert harness.dialog.isEnabled()


def test_one_that_was_closed_while_saving_comes_back_to_tell(
    harness: SettingsControllerHarness,
) -> None:
    """The keyring's question may have taken minutes."""
    harness.open(A)
    press(harness.dialog, "OK")
    harness.dialog.reject()
    assert harness.dialogs() == []
    harness.controller.finish_save(SaveFinished(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in words(harness.dialog)


def test_one_that_was_closed_while_saving_can_be_asked_for(
    harness: SettingsControllerHarness,
) -> None:
    """It waits still, and is shown as that."""
    harness.open(A)
    press(harness.dialog, "OK")
    harness.dialog.reject()
    harness.open(A)
    assert not harness.dialog.isEnabled()
    harness.controller.finish_save(SaveFinished((A,), Settings()))
    assert harness.dialogs() == []


def test_one_account_can_be_opened_at_once(harness: SettingsControllerHarness) -> None:
    """As from a notification of a rejected key."""
    harness.open(A, B, edit="b")
    assert [one.text() for one in harness.account_dialog.findChildren(QLineEdit)][
        :1
    ] == ["B"]


def test_an_account_that_is_gone_opens_the_settings(
    harness: SettingsControllerHarness,
) -> None:
    """The notification was an old one."""
    harness.open(A, edit="gone")
    QCoreApplication.processEvents()
    assert harness.dialog.findChildren(AccountDialog) == []


def test_a_key_test_is_requested_and_its_balance_shown(
    harness: SettingsControllerHarness,
) -> None:
    """In the account's dialog, with its unit."""
    harness.open(A, edit="a")
    press(harness.account_dialog, "Test")
    (key_test,) = harness.key_tests
    assert (key_test.account, key_test.key) == (A, None)
    reading = Reading(Balance(Decimal("12.5000"), "EUR"), NOON)
    harness.controller.show_key_test(key_test, Outcome("a", NOON, reading))
    assert "The gateway answers: €12.50" in words(harness.account_dialog)


def test_a_key_test_that_fails_says_why(harness: SettingsControllerHarness) -> None:
    """Where it was asked."""
    harness.open(A, edit="a")
    press(harness.account_dialog, "Test")
    (key_test,) = harness.key_tests
    harness.controller.show_key_test(
        key_test, Outcome("a", NOON, Failure(NoConnection))
    )
    assert "The gateway can't be reached" in words(harness.account_dialog)


@pytest.mark.case("part 8", "a rejected key of another company's API")
@pytest.mark.parametrize("is_first", [True, False])
def test_a_first_test_asks_whether_the_key_is_another_companys(
    harness: SettingsControllerHarness,
    is_first: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """An account that had a balance has the right company's key."""
    harness.open(A, edit="a")
    press(harness.account_dialog, "Test")
    (key_test,) = harness.key_tests
    outcome = Outcome("a", NOON, Failure(Unauthorized))
    harness.controller.show_key_test(key_test, outcome, is_first=is_first)
    assert ("360nrs" in words(harness.account_dialog)) == is_first


def test_notifications_can_be_tried_out(harness: SettingsControllerHarness) -> None:
    """As often as a person likes, and nothing is stored for it."""
    harness.open(A)
    for _ in range(2):
        press(harness.dialog, "Test notification")
    assert (harness.intents, harness.saves) == ([SendTestNotification()] * 2, [])


def test_what_the_desktop_has_is_asked_for_and_shown(
    harness: SettingsControllerHarness,
) -> None:
    """In each dialog anew: a person may have switched it elsewhere meanwhile."""
    harness.open(A)
    assert harness.login_looks == 1
    harness.controller.show_login(LoginEntryState.ON)
    assert login_box(harness.dialog).isChecked()
    login_box(harness.dialog).click()
    press(harness.dialog, "OK")
    assert harness.saves[-1].changes.at_login is False
    harness.controller.finish_save(SaveFinished((A,), Settings()))
    harness.open(A)
    assert harness.login_looks == 2
    harness.controller.show_login(LoginEntryState.OFF)
    assert not login_box(harness.dialog).isChecked()
    press(harness.dialog, "OK")
    assert harness.saves[-1].changes.at_login is None


def test_answers_without_a_dialog_are_no_fault(
    harness: SettingsControllerHarness,
) -> None:
    """It may have been closed before they came."""
    harness.controller.show_key_test(
        KeyTest(A, None), Outcome("a", NOON, Failure(NoConnection))
    )
    harness.controller.finish_save(SaveFinished())
    harness.controller.show_login(LoginEntryState.ON)
    assert harness.dialogs() == []


def test_a_notification_that_nobody_took_is_told_where_it_was_tried(
    harness: SettingsControllerHarness,
) -> None:
    """Also when that was known before the dialog was opened."""
    harness.controller.set_delivery_problem(Failure(NotificationsUnseen))
    harness.open(A)
    harness.dialog.tabs.setCurrentIndex(1)
    press(harness.dialog, "Test notification")
    title = NotificationsUnseen.title
    assert title in words(harness.dialog)
    assert "Sent." not in words(harness.dialog)
    harness.controller.set_delivery_problem(None)
    assert title not in words(harness.dialog)


# --- the first run -------------------------------------------------------------------


def test_the_first_account_is_saved_with_the_settings_as_they_are(
    harness: SettingsControllerHarness,
) -> None:
    """It replaces none that was added meanwhile; then the first run is over."""
    harness.begin()
    harness.answer_all()
    (save,) = harness.saves
    changes = save.changes
    (account,) = changes.accounts
    assert (account.name, changes.settings) == ("SMSup", SETTINGS)
    assert changes.base == Base(settings=SETTINGS)
    assert changes.keys[account.id].reveal() == KEY
    assert len(account.id) == 12
    assert (len(harness.first_runs()), harness.intents) == (1, [])
    harness.controller.finish_save(SaveFinished((account,), SETTINGS))
    assert (harness.first_runs(), harness.intents) == ([], [OpenWindow()])


def test_the_first_run_asks_whether_to_start_at_login(
    harness: SettingsControllerHarness,
) -> None:
    """And hands over what was chosen."""
    harness.begin()
    assert harness.login_looks == 1
    harness.controller.show_login(LoginEntryState.OFF)
    login_box(harness.first_runs()[0]).click()
    harness.answer_all()
    assert harness.saves[-1].changes.at_login is True


def test_the_first_run_stays_and_says_why_nothing_is_stored(
    harness: SettingsControllerHarness,
) -> None:
    """And can be finished when that is mended."""
    harness.begin()
    harness.answer_all()
    harness.controller.finish_save(SaveFinished(problem=Failure(ConfigUnwritable)))
    (wizard,) = harness.first_runs()
    assert "The settings can't be saved" in words(wizard)
    press(wizard, "Finish")
    assert len(harness.saves) == 2
    assert harness.intents == []


def test_a_first_run_that_was_left_is_gone_on_with(
    harness: SettingsControllerHarness,
) -> None:
    """It is the same one, where it was."""
    harness.begin()
    (wizard,) = harness.first_runs()
    press(wizard, "Next")
    wizard.reject()
    assert (harness.first_runs(), harness.intents) == ([], [LeaveFirstRun()])
    harness.begin()
    assert harness.first_runs() == [wizard]
    assert "Step 2 of 3" in words(wizard)


def test_settings_and_first_run_are_never_open_together(
    harness: SettingsControllerHarness,
) -> None:
    """Who asks for the other finds the one that is open; both would save."""
    harness.begin()
    harness.open()
    assert (len(harness.first_runs()), harness.dialogs()) == (1, [])
    harness.first_runs()[0].reject()
    harness.open()
    harness.begin()
    assert (harness.first_runs(), len(harness.dialogs())) == ([], 1)


def test_settings_are_saved_though_a_first_run_was_left(
    harness: SettingsControllerHarness,
) -> None:
    """What was stored is not its account, which can still be gone on with."""
    harness.begin()
    harness.first_runs()[0].reject()
    harness.open(A)
    press(harness.dialog, "OK")
    harness.controller.finish_save(SaveFinished((A,), Settings()))
    assert (harness.dialogs(), harness.intents) == ([], [LeaveFirstRun()])


def test_a_first_run_that_was_closed_while_saving_comes_up_when_asked_for(
    harness: SettingsControllerHarness,
) -> None:
    """Instead of the settings: it still waits."""
    harness.begin()
    harness.answer_all()
    (wizard,) = harness.first_runs()
    wizard.reject()
    harness.open(A)
    assert (harness.first_runs(), harness.dialogs()) == ([wizard], [])


def test_the_website_is_passed_on(harness: SettingsControllerHarness) -> None:
    """To be opened in the browser."""
    harness.begin()
    (wizard,) = harness.first_runs()
    page = OpenWebsite("https://app.smsup.es")
    wizard.intent.emit(page)
    assert harness.intents == [page]


def test_a_new_account_gets_an_id_of_its_own(
    harness: SettingsControllerHarness,
) -> None:
    """Nobody chooses it, and nobody sees it."""
    harness.open(A)
    ids = set()
    for name in ("First", "Second"):
        press(harness.dialog, "Add an account…")
        dialog = harness.account_dialog
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
    press(harness.dialog, "OK")
    (save,) = harness.saves
    changes = save.changes
    ids = {one.id for one in changes.accounts}
    assert len(ids) == 3
    assert set(changes.keys) == ids - {"a"}
    assert {len(one) for one in ids - {"a"}} == {12}


@pytest.mark.case("attack 5", "an open dialog overwrites what changed meanwhile")
def test_a_second_ok_keeps_what_was_entered(
    harness: SettingsControllerHarness,
) -> None:
    """The dialog stays, and says what was changed elsewhere."""
    harness.open(A, B)
    (dialog,) = harness.dialogs()
    dialog.accept()
    (first,) = harness.saves
    assert first.changes.base == Base((A, B), SETTINGS)
    assert first.changes.accepted == frozenset()
    conflicts = frozenset({Conflict("A", "name", "'Other'")})
    harness.controller.finish_save(
        SaveFinished(problem=Failure(ConfigChanged, "A: name"), conflicts=conflicts)
    )
    assert dialog.isVisible()
    shown = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "A: name" in shown
    dialog.accept()
    assert harness.saves[-1].changes.accepted == conflicts


@pytest.mark.case("attack 4", "a file that others may write is believed")
def test_the_dialog_has_the_command_that_mends_permissions(
    harness: SettingsControllerHarness,
) -> None:
    """A person reads there why nothing was saved."""
    harness.open(A)
    press(harness.dialog, "OK")
    problem = Failure(ConfigUntrusted, "chmod go-w /x")
    harness.controller.finish_save(SaveFinished(problem=problem))
    shown = " ".join(label.text() for label in harness.dialog.findChildren(QLabel))
    assert "chmod go-w" in shown
