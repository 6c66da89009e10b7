"""Who hears whom: what a person asks for goes down, to the poller and the dialogs."""

from datetime import timedelta

import pytest
from PySide6.QtGui import QAction, QGuiApplication

from harness.wired_program import LOW, NOON, A, B, C, WiredProgram, outcome
from trayapp.core.account_state import AccountState
from trayapp.core.alerts.notification import NotificationButton
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.chart.plot import ChartData
from trayapp.core.errors import (
    ConfigUnwritable,
    Failure,
    KeyringLocked,
    NoConnection,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.settings import Settings
from trayapp.core.view.history import HistoryView
from trayapp.services.messages.events import (
    ButtonPressed,
    HistoryRead,
    KeyTestFinished,
    ProfileLoaded,
    SaveFinished,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ChangeSnooze,
    ExpectTopUp,
    MarkCorrection,
    OpenKeyring,
    ReadHistory,
    RequestBalances,
    RunKeyTest,
    SendSample,
    WriteExport,
)
from trayapp.ui.history.window import HistoryWindow
from trayapp.ui.intents import (
    CopyTopUpRequest,
    ExportHistory,
    MarkAsCorrection,
    OpenAbout,
    OpenSettings,
    OpenTopUpPage,
    OpenWindow,
    Quit,
    RefreshBalances,
    SendTestNotification,
    SnoozeNotifications,
)
from trayapp.ui.settings.account_dialog import AccountDialog
from trayapp.ui.window.about import AboutDialog
from widgets.visible import click_button, visible_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
LOOK_UP = ReadHistory("a")
REQUEST = """\
Please top up the SMS account Main.
Balance: €9.50
Runs out: Not enough history yet
Panel: https://app.smsup.es"""


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what was to be opened in the browser."""
    opened: list[str] = []
    monkeypatch.setattr("trayapp.app.wiring.open_in_browser", opened.append)
    return opened


def choose(program: WiredProgram, text: str) -> None:
    """Choose what stands in a menu of the window."""
    (action,) = (
        one
        for one in program.window.findChildren(QAction)
        if one.text().replace("&", "") == text
    )
    action.trigger()


def open_history(program: WiredProgram) -> HistoryWindow:
    """Open the first account's history from its card."""
    click_button(program.window, "History…")
    chart = ChartData((), A.low_below, (), None, NOON, "")
    program.report(HistoryRead(HistoryView("a", "Main", chart, "", "", (), ())))
    (window,) = program.histories()
    return window


# --- what a person asks for ----------------------------------------------------------


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_refreshing_asks_all(program: WiredProgram, whose: str) -> None:
    """From the tray's menu and from the window."""
    program.start(A, B)
    view = program.tray if whose == "tray" else program.window
    view.intent.emit(RefreshBalances())
    assert program.asked() == [RequestBalances()]


def test_checking_asks_one(program: WiredProgram) -> None:
    """The one whose card it is on."""
    program.start(A, B)
    program.wiring.show_window()
    program.answer(B, NoConnection)
    click_button(program.window, "Check again")
    assert program.asked() == [RequestBalances(("b",))]


def test_unlocking_asks_the_keyring(program: WiredProgram) -> None:
    """It puts up its own question."""
    program.start(A)
    program.wiring.show_window()
    program.answer(A, KeyringLocked)
    click_button(program.window, "Unlock keyring…")
    assert program.asked() == [OpenKeyring()]


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_topping_up_opens_the_accounts_website(
    program: WiredProgram, pages: list[str], whose: str
) -> None:
    """Each brand's own, or the one that a person named."""
    program.start(A, B, C)
    view = program.tray if whose == "tray" else program.window
    for account_id in ("a", "b", "gone"):
        view.intent.emit(OpenTopUpPage(account_id))
    assert pages == ["https://app.smsup.es", "https://pay.b.example"]


def test_details_are_copied(program: WiredProgram) -> None:
    """For a report."""
    program.start(A)
    program.wiring.show_window()
    program.answer(A, UnexpectedReply)
    click_button(program.window, "Copy details")
    assert "a detail" in QGuiApplication.clipboard().text()


def test_about_is_shown(program: WiredProgram) -> None:
    """From the tray's menu."""
    program.start(A)
    program.tray.intent.emit(OpenAbout())
    (about,) = program.window.findChildren(AboutDialog)
    assert about.isVisible()


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_quitting_is_passed_on(program: WiredProgram, whose: str) -> None:
    """Whoever runs the program ends it."""
    program.start(A)
    view = program.tray if whose == "tray" else program.window
    view.intent.emit(Quit())
    assert len(program.quits) == 1


@pytest.mark.parametrize("intent", [OpenWindow(at_icon=True), OpenWindow()])
def test_the_tray_brings_the_window(program: WiredProgram, intent: OpenWindow) -> None:
    """By a click on it or on its message; a minimized one comes back."""
    program.start(A)
    for _ in range(2):
        program.tray.intent.emit(intent)
        assert program.window.isVisible()
        assert not program.window.isMinimized()
        program.window.showMinimized()


@pytest.mark.parametrize(
    "button", [NotificationButton.DEFAULT, NotificationButton.OPEN]
)
def test_a_pressed_notification_brings_the_window(
    program: WiredProgram, button: NotificationButton
) -> None:
    """Clicked itself, or its button."""
    program.start(A)
    program.report(ButtonPressed("a", button))
    assert program.window.isVisible()


def test_a_pressed_top_up_opens_the_website(
    program: WiredProgram, pages: list[str]
) -> None:
    """And no window."""
    program.start(A)
    program.report(ButtonPressed("a", NotificationButton.TOP_UP))
    assert pages == ["https://app.smsup.es"]
    assert not program.window.isVisible()


def test_a_pressed_enter_key_opens_that_accounts_dialog(program: WiredProgram) -> None:
    """The key can be typed at once."""
    program.start(A, B)
    program.report(ButtonPressed("b", NotificationButton.ENTER_KEY))
    assert program.edited == "Shop"


def test_a_key_is_entered_from_the_card_too(program: WiredProgram) -> None:
    """The same dialog."""
    program.start(A, B)
    program.wiring.show_window()
    program.answer(B, Unauthorized)
    click_button(program.window, "Enter new key…")
    assert program.edited == "Shop"


# --- notifications -------------------------------------------------------------------


@pytest.mark.parametrize("choice", SnoozeChoice)
def test_the_tray_snoozes_as_long_as_was_chosen(
    program: WiredProgram, choice: SnoozeChoice
) -> None:
    """Or no longer."""
    program.start(A)
    program.tray.intent.emit(SnoozeNotifications(choice))
    assert program.asked() == [ChangeSnooze(choice)]


def test_a_pressed_snooze_holds_for_what_its_label_says(program: WiredProgram) -> None:
    """Eight hours, and no window comes up."""
    program.start(A)
    program.report(ButtonPressed("a", NotificationButton.SNOOZE))
    assert program.asked() == [ChangeSnooze(SnoozeChoice.EIGHT_HOURS)]
    assert not program.window.isVisible()


def test_notifications_can_be_tried_out_from_the_settings(
    program: WiredProgram,
) -> None:
    """The same way as real ones."""
    program.start(A)
    program.tray.intent.emit(OpenSettings())
    program.dialog.intent.emit(SendTestNotification())
    assert program.asked() == [SendSample()]


# --- history and payments ------------------------------------------------------------


def test_who_has_paid_says_so_on_the_card(program: WiredProgram) -> None:
    """Then the top-up is waited for."""
    program.start(A)
    program.wiring.show_window()
    choose(program, "I have paid")
    assert program.asked() == [ExpectTopUp("a")]


def test_the_history_is_read_when_it_is_asked_for(program: WiredProgram) -> None:
    """In the person's language; once, however often its window is brought up."""
    program.start(A)
    program.wiring.show_window()
    open_history(program)
    click_button(program.window, "History…")
    assert program.asked() == [LOOK_UP]


def test_the_history_window_exports(program: WiredProgram) -> None:
    """What, how and where to."""
    program.start(A)
    program.wiring.show_window()
    window = open_history(program)
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/main.csv"))
    assert program.asked() == [LOOK_UP, WriteExport("a", "csv", "/home/ana/main.csv")]


@pytest.mark.parametrize("on", [True, False])
def test_a_correction_is_kept_before_the_page_is_read_again(
    program: WiredProgram, *, on: bool
) -> None:
    """Else the page would not show it."""
    program.start(A)
    program.wiring.show_window()
    open_history(program).intent.emit(MarkAsCorrection("a", NOON, on))
    assert program.asked() == [LOOK_UP, MarkCorrection("a", NOON, on), LOOK_UP]


def test_the_request_to_top_up_is_copied_from_card_and_history(
    program: WiredProgram,
) -> None:
    """For who pays."""
    program.start(A)
    program.wiring.show_window()
    program.answer(A, LOW)
    window, clipboard = open_history(program), QGuiApplication.clipboard()
    clipboard.setText("before")
    choose(program, "Copy top-up request")
    assert clipboard.text() == REQUEST
    clipboard.setText("before")
    click_button(window, "Copy top-up request")
    assert clipboard.text() == REQUEST


def test_without_a_balance_the_clipboard_is_left_alone(program: WiredProgram) -> None:
    """There is nothing to ask for yet."""
    program.start(A)
    program.wiring.show_window()
    QGuiApplication.clipboard().setText("before")
    choose(program, "Copy top-up request")
    program.window.intent.emit(CopyTopUpRequest("gone"))
    assert QGuiApplication.clipboard().text() == "before"


# --- settings ------------------------------------------------------------------------


def test_settings_wait_until_something_is_loaded(program: WiredProgram) -> None:
    """Saving an empty dialog would remove every account."""
    program.wiring.start(quiet=False)
    program.tray.intent.emit(OpenSettings())
    assert program.dialogs() == []
    program.load(A)
    program.tray.intent.emit(OpenSettings())
    assert len(program.dialogs()) == 1


def test_saved_settings_are_everywhere(program: WiredProgram) -> None:
    """The dialog closes; tray and window show the accounts as they are now."""
    program.start(A, B)
    program.wiring.show_window()
    program.answer(B, LOW)
    program.window.intent.emit(OpenSettings())
    click_button(program.dialog, "OK")
    (save,) = program.poller.requests.of(ApplyChanges)
    assert (save.changes.accounts, save.changes.base.accounts) == ((A, B), (A, B))
    program.report(SaveFinished((B, C), Settings()))
    assert program.dialogs() == []
    assert [one.account_id for one in program.cards] == ["b", "c"]
    assert program.says("€9.50")
    assert len(program.tray.views[-1].lines) == 2


def test_the_dialog_shows_the_settings_as_they_are(program: WiredProgram) -> None:
    """As they were loaded, and then as they were saved."""
    hours = [Settings(timedelta(hours=number)) for number in (1, 2)]
    program.wiring.start(quiet=False)
    program.report(ProfileLoaded((AccountState(A),), hours[0]))
    for saved in hours[1:] * 2:
        program.tray.intent.emit(OpenSettings())
        click_button(program.dialog, "OK")
        program.report(SaveFinished((A,), saved))
    assert [
        one.changes.settings for one in program.poller.requests.of(ApplyChanges)
    ] == hours


def test_settings_that_were_not_saved_change_nothing(program: WiredProgram) -> None:
    """The dialog says why."""
    program.start(A)
    program.tray.intent.emit(OpenSettings())
    click_button(program.dialog, "OK")
    program.report(SaveFinished(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in visible_texts(program.dialog)
    assert len(program.tray.views[-1].lines) == 1


def test_a_key_test_goes_to_the_gateway_and_its_result_back(
    program: WiredProgram,
) -> None:
    """Before anything is stored."""
    program.start(A)
    program.report(ButtonPressed("a", NotificationButton.ENTER_KEY))
    assert program.edited == "Main"
    (dialog,) = program.dialog.findChildren(AccountDialog)
    click_button(dialog, "Test")
    (request,) = program.asked()
    assert isinstance(request, RunKeyTest)
    key_test = request.key_test
    program.report(KeyTestFinished(key_test, outcome(A, LOW)))
    assert "The gateway answers: €9.50" in visible_texts(dialog)


def test_what_the_command_line_changed_is_shown(program: WiredProgram) -> None:
    """Without a restart, and what is known stays."""
    program.start(A)
    program.wiring.show_window()
    program.answer(A, LOW)
    program.load(A, B)
    assert [one.account_id for one in program.cards] == ["a", "b"]
    assert program.says("€9.50")
