"""Who hears whom: what a person asks for goes down, to the poller and the dialogs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtGui import QAction, QGuiApplication
from pytestqt.qtbot import QtBot

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
    ProfileLoaded,
    SaveFinished,
    TrialFinished,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ChangeSnooze,
    ExpectTopUp,
    MarkCorrection,
    OpenKeyring,
    ReadHistory,
    RequestBalances,
    RunTrial,
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
from wired import LOW, NOON, A, B, C, Scene, outcome, press, wired, words

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
LOOK_UP = ReadHistory("a")
REQUEST = """\
Please top up the SMS account Main.
Balance: €9.50
Runs out: Not enough history yet
Panel: https://app.smsup.es"""


@pytest.fixture
def scene(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Wire everything, drawn at once, and take it down again."""
    monkeypatch.setattr("trayapp.app.screen.presenter._BURST_MS", 0)
    monkeypatch.setattr(
        "trayapp.app.screen.presenter._TURN_MS", 60_000
    )  # this machine may be busy
    with wired(qtbot) as scene:
        yield scene


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what was to be opened in the browser."""
    opened: list[str] = []
    monkeypatch.setattr("trayapp.app.wiring.open_in_browser", opened.append)
    return opened


def choose(scene: Scene, text: str) -> None:
    """Choose what stands in a menu of the window."""
    (action,) = (
        one
        for one in scene.window.findChildren(QAction)
        if one.text().replace("&", "") == text
    )
    action.trigger()


def open_history(scene: Scene) -> HistoryWindow:
    """Open the first account's history from its card."""
    press(scene.window, "History…")
    chart = ChartData((), A.low_below, (), None, NOON, "")
    scene.report(HistoryRead(HistoryView("a", "Main", chart, "", "", (), ())))
    (window,) = scene.histories()
    return window


# --- what a person asks for ----------------------------------------------------------


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_refreshing_asks_all(scene: Scene, whose: str) -> None:
    """From the tray's menu and from the window."""
    scene.start(A, B)
    view = scene.tray if whose == "tray" else scene.window
    view.intent.emit(RefreshBalances())
    assert scene.asked() == [RequestBalances()]


def test_checking_asks_one(scene: Scene) -> None:
    """The one whose card it is on."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(B, NoConnection)
    press(scene.window, "Check again")
    assert scene.asked() == [RequestBalances(("b",))]


def test_unlocking_asks_the_keyring(scene: Scene) -> None:
    """It puts up its own question."""
    scene.start(A)
    scene.wiring.show_window()
    scene.answer(A, KeyringLocked)
    press(scene.window, "Unlock keyring…")
    assert scene.asked() == [OpenKeyring()]


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_topping_up_opens_the_accounts_panel(
    scene: Scene, pages: list[str], whose: str
) -> None:
    """Each brand's own, or the one that a person named."""
    scene.start(A, B, C)
    view = scene.tray if whose == "tray" else scene.window
    for account_id in ("a", "b", "gone"):
        view.intent.emit(OpenTopUpPage(account_id))
    assert pages == ["https://app.smsup.es", "https://pay.b.example"]


def test_details_are_copied(scene: Scene) -> None:
    """For a report."""
    scene.start(A)
    scene.wiring.show_window()
    scene.answer(A, UnexpectedReply)
    press(scene.window, "Copy details")
    assert "a detail" in QGuiApplication.clipboard().text()


def test_about_is_shown(scene: Scene) -> None:
    """From the tray's menu."""
    scene.start(A)
    scene.tray.intent.emit(OpenAbout())
    (about,) = scene.window.findChildren(AboutDialog)
    assert about.isVisible()


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_quitting_is_passed_on(scene: Scene, whose: str) -> None:
    """Whoever runs the program ends it."""
    scene.start(A)
    view = scene.tray if whose == "tray" else scene.window
    view.intent.emit(Quit())
    assert len(scene.quits) == 1


@pytest.mark.parametrize("intent", [OpenWindow(at_icon=True), OpenWindow()])
def test_the_tray_brings_the_window(scene: Scene, intent: OpenWindow) -> None:
    """By a click on it or on its message; a minimized one comes back."""
    scene.start(A)
    for _ in range(2):
        scene.tray.intent.emit(intent)
        assert scene.window.isVisible()
        assert not scene.window.isMinimized()
        scene.window.showMinimized()


@pytest.mark.parametrize(
    "button", [NotificationButton.DEFAULT, NotificationButton.OPEN]
)
def test_a_pressed_notification_brings_the_window(
    scene: Scene, button: NotificationButton
) -> None:
    """Clicked itself, or its button."""
    scene.start(A)
    scene.report(ButtonPressed("a", button))
    assert scene.window.isVisible()


def test_a_pressed_top_up_opens_the_panel(scene: Scene, pages: list[str]) -> None:
    """And no window."""
    scene.start(A)
    scene.report(ButtonPressed("a", NotificationButton.TOP_UP))
    assert pages == ["https://app.smsup.es"]
    assert not scene.window.isVisible()


def test_a_pressed_enter_key_opens_that_accounts_dialog(scene: Scene) -> None:
    """The key can be typed at once."""
    scene.start(A, B)
    scene.report(ButtonPressed("b", NotificationButton.ENTER_KEY))
    assert scene.edited == "Shop"


def test_a_key_is_entered_from_the_card_too(scene: Scene) -> None:
    """The same dialog."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(B, Unauthorized)
    press(scene.window, "Enter new key…")
    assert scene.edited == "Shop"


# --- notifications -------------------------------------------------------------------


@pytest.mark.parametrize("choice", SnoozeChoice)
def test_the_tray_snoozes_as_long_as_was_chosen(
    scene: Scene, choice: SnoozeChoice
) -> None:
    """Or no longer."""
    scene.start(A)
    scene.tray.intent.emit(SnoozeNotifications(choice))
    assert scene.asked() == [ChangeSnooze(choice)]


def test_a_pressed_snooze_holds_for_what_its_label_says(scene: Scene) -> None:
    """Eight hours, and no window comes up."""
    scene.start(A)
    scene.report(ButtonPressed("a", NotificationButton.SNOOZE))
    assert scene.asked() == [ChangeSnooze(SnoozeChoice.EIGHT_HOURS)]
    assert not scene.window.isVisible()


def test_notifications_can_be_tried_out_from_the_settings(scene: Scene) -> None:
    """The same way as real ones."""
    scene.start(A)
    scene.tray.intent.emit(OpenSettings())
    scene.dialog.intent.emit(SendTestNotification())
    assert scene.asked() == [SendSample()]


# --- history and payments ------------------------------------------------------------


def test_who_has_paid_says_so_on_the_card(scene: Scene) -> None:
    """Then the top-up is waited for."""
    scene.start(A)
    scene.wiring.show_window()
    choose(scene, "I have paid")
    assert scene.asked() == [ExpectTopUp("a")]


def test_the_history_is_read_when_it_is_asked_for(scene: Scene) -> None:
    """In the person's language; once, however often its window is brought up."""
    scene.start(A)
    scene.wiring.show_window()
    open_history(scene)
    press(scene.window, "History…")
    assert scene.asked() == [LOOK_UP]


def test_the_history_window_exports(scene: Scene) -> None:
    """What, how and where to."""
    scene.start(A)
    scene.wiring.show_window()
    window = open_history(scene)
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/main.csv"))
    assert scene.asked() == [LOOK_UP, WriteExport("a", "csv", "/home/ana/main.csv")]


@pytest.mark.parametrize("on", [True, False])
def test_a_correction_is_kept_before_the_page_is_read_again(
    scene: Scene, *, on: bool
) -> None:
    """Else the page would not show it."""
    scene.start(A)
    scene.wiring.show_window()
    open_history(scene).intent.emit(MarkAsCorrection("a", NOON, on))
    assert scene.asked() == [LOOK_UP, MarkCorrection("a", NOON, on), LOOK_UP]


def test_the_request_to_top_up_is_copied_from_card_and_history(scene: Scene) -> None:
    """For who pays."""
    scene.start(A)
    scene.wiring.show_window()
    scene.answer(A, LOW)
    window, clipboard = open_history(scene), QGuiApplication.clipboard()
    clipboard.setText("before")
    choose(scene, "Copy top-up request")
    assert clipboard.text() == REQUEST
    clipboard.setText("before")
    press(window, "Copy top-up request")
    assert clipboard.text() == REQUEST


def test_without_a_balance_the_clipboard_is_left_alone(scene: Scene) -> None:
    """There is nothing to ask for yet."""
    scene.start(A)
    scene.wiring.show_window()
    QGuiApplication.clipboard().setText("before")
    choose(scene, "Copy top-up request")
    scene.window.intent.emit(CopyTopUpRequest("gone"))
    assert QGuiApplication.clipboard().text() == "before"


# --- settings ------------------------------------------------------------------------


def test_settings_wait_until_something_is_loaded(scene: Scene) -> None:
    """Saving an empty dialog would remove every account."""
    scene.wiring.start(quiet=False)
    scene.tray.intent.emit(OpenSettings())
    assert scene.dialogs() == []
    scene.load(A)
    scene.tray.intent.emit(OpenSettings())
    assert len(scene.dialogs()) == 1


def test_saved_settings_are_everywhere(scene: Scene) -> None:
    """The dialog closes; tray and window show the accounts as they are now."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(B, LOW)
    scene.window.intent.emit(OpenSettings())
    press(scene.dialog, "OK")
    (save,) = scene.poller.requests.of(ApplyChanges)
    changes, shown = save.changes, save.shown
    assert (changes.accounts, shown) == ((A, B), frozenset({"a", "b"}))
    scene.report(SaveFinished((B, C), Settings()))
    assert scene.dialogs() == []
    assert [one.account_id for one in scene.cards] == ["b", "c"]
    assert scene.says("€9.50")
    assert len(scene.tray.views[-1].lines) == 2


def test_the_dialog_shows_the_settings_as_they_are(scene: Scene) -> None:
    """As they were loaded, and then as they were saved."""
    hours = [Settings(timedelta(hours=number)) for number in (1, 2)]
    scene.wiring.start(quiet=False)
    scene.report(ProfileLoaded((AccountState(A),), hours[0]))
    for saved in hours[1:] * 2:
        scene.tray.intent.emit(OpenSettings())
        press(scene.dialog, "OK")
        scene.report(SaveFinished((A,), saved))
    assert [
        one.changes.settings for one in scene.poller.requests.of(ApplyChanges)
    ] == hours


def test_settings_that_were_not_saved_change_nothing(scene: Scene) -> None:
    """The dialog says why."""
    scene.start(A)
    scene.tray.intent.emit(OpenSettings())
    press(scene.dialog, "OK")
    scene.report(SaveFinished(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in words(scene.dialog)
    assert len(scene.tray.views[-1].lines) == 1


def test_a_trial_goes_to_the_gateway_and_its_answer_back(scene: Scene) -> None:
    """Before anything is stored."""
    scene.start(A)
    scene.report(ButtonPressed("a", NotificationButton.ENTER_KEY))
    assert scene.edited == "Main"
    (dialog,) = scene.dialog.findChildren(AccountDialog)
    press(dialog, "Test")
    (request,) = scene.asked()
    assert isinstance(request, RunTrial)
    trial = request.trial
    scene.report(TrialFinished(trial, outcome(A, LOW)))
    assert "The gateway answers: €9.50" in words(dialog)


def test_what_the_command_line_changed_is_shown(scene: Scene) -> None:
    """Without a restart, and what is known stays."""
    scene.start(A)
    scene.wiring.show_window()
    scene.answer(A, LOW)
    scene.load(A, B)
    assert [one.account_id for one in scene.cards] == ["a", "b"]
    assert scene.says("€9.50")
