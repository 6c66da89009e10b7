"""Who hears whom: what becomes known goes up, to the tray and the windows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QTableWidget
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account
from trayapp.core.alerts.decision import Alert, Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.wording import notification_about
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.plot import ChartData
from trayapp.core.errors import (
    ConfigBroken,
    ConfigTooNew,
    ExportUnwritable,
    Failure,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
    InternalFault,
    Unauthorized,
)
from trayapp.core.errors.status import Status
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import Language
from trayapp.core.settings import AlertKind, IconStyle, Settings
from trayapp.core.view.history import HistoryView
from trayapp.services.desktop.instance_client import InstanceMessage
from trayapp.services.messages.events import (
    ExportFinished,
    ForecastMade,
    HistoryRead,
    LoginEntryRead,
    NotificationLogChanged,
    PendingPaymentsChanged,
    PollerFailed,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
    StorageChanged,
    TrialFinished,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ReadHistory,
    ReadLoginEntry,
    ReloadProfile,
    RequestBalances,
    RunTrial,
)
from trayapp.ui.intents import (
    ExportHistory,
    OpenHistory,
    OpenNotificationLog,
    OpenSettings,
)
from trayapp.ui.widgets.login_option import LoginOption
from wired import LOW, NO_TRAY, NOON, A, B, Scene, outcome, press, wired, words

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
FAR = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
EXPORTED = "Exported to /home/ana/main.csv."


@pytest.fixture
def scene(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Wire everything, drawn at once, and take it down again."""
    monkeypatch.setattr("trayapp.app.screen.presenter._BURST_MS", 0)
    monkeypatch.setattr(
        "trayapp.app.screen.presenter._TURN_MS", 60_000
    )  # this machine may be busy
    with wired(qtbot) as scene:
        yield scene


def page(account: Account, forecast_words: str = "No word yet") -> HistoryView:
    """Make what a history window shows, from one reading."""
    chart = ChartData(
        (Reading(LOW, NOON),), account.low_below, (), None, NOON, LOW.unit
    )
    return HistoryView(account.id, account.name, chart, forecast_words, "", (), ())


# --- what becomes known --------------------------------------------------------------


def test_the_icon_is_shown_before_anything_is_known(scene: Scene) -> None:
    """And says nothing of accounts that are not loaded yet."""
    scene.wiring.start(quiet=False)
    assert scene.tray.calls == ["show"]
    assert scene.poller.calls == ["start"]
    assert scene.tray.views == []
    assert not scene.window.isVisible()


def test_a_start_with_accounts_opens_no_window(scene: Scene) -> None:
    """It is a program for the tray."""
    scene.start(A, B)
    assert not scene.window.isVisible()
    assert scene.dialogs() == []
    assert scene.tray.views[-1].gauge.status is Status.UNKNOWN


def test_an_outcome_is_in_the_tray_and_in_the_window(scene: Scene) -> None:
    """The weakest account decides the icon."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(A, Balance(Decimal("350.1200"), "EUR"))
    scene.answer(B, LOW)
    view = scene.tray.views[-1]
    assert view.gauge.status is Status.LOW
    assert view.lines[0].startswith("Shop: €9.50, Low, as of ")
    assert [one.account_id for one in scene.cards] == ["a", "b"]
    assert scene.says("€350.12")
    assert scene.says("Low: below €10.00")


def test_a_question_under_way_is_shown(scene: Scene) -> None:
    """Until its answer comes."""
    scene.start(A)
    scene.wiring.show_window()
    scene.report(RefreshStarted("a"))
    assert scene.says("Asking the gateway…")
    scene.answer(A, LOW)
    assert not scene.says("Asking the gateway…")


def test_a_window_that_is_opened_late_shows_all_the_same(scene: Scene) -> None:
    """What is known does not depend on who looked."""
    scene.start(A)
    scene.answer(A, LOW)
    assert scene.cards == []
    scene.wiring.show_window()
    assert scene.says("€9.50")


# --- what a person is told -----------------------------------------------------------


def test_a_notification_that_is_qts_to_show_comes_from_the_tray(scene: Scene) -> None:
    """Where there is no D-Bus; its words are ready."""
    scene.start(A)
    notification = notification_about(Alert(AlertKind.REJECTED, A), Language())
    scene.report(ShowNotification(notification))
    assert scene.tray.messages == [notification]


def test_an_answer_alone_tells_nobody(scene: Scene) -> None:
    """It is on the screen for whoever looks."""
    scene.start(A)
    scene.answer(A, LOW)
    assert scene.tray.messages == scene.asked() == []


def test_a_snooze_is_in_the_tray_until_its_end(scene: Scene) -> None:
    """A person sees why nothing is told."""
    scene.start(A)
    scene.report(SnoozeChanged(datetime.now(UTC) + timedelta(hours=1)))
    assert scene.tray.views[-1].snoozed.startswith("Snoozed until ")
    scene.report(SnoozeChanged(None))
    assert not scene.tray.views[-1].snoozed


def test_what_was_decided_is_in_the_list_of_reasons(scene: Scene) -> None:
    """The window's "Why?" opens it."""
    scene.start(A)
    held = LogEntry(NOON, "a", "Main", AlertKind.LOW, Disposition.PENDING, Reason.QUIET)
    scene.report(NotificationLogChanged((held,)))
    scene.window.intent.emit(OpenNotificationLog())
    (table,) = scene.window.findChildren(QTableWidget)
    assert table.isVisible()
    row = [str(table.model().index(0, column).data()) for column in (2, 3)]
    assert [one.replace("\u200b", "") for one in row] == [
        "Low balance",
        "Held back: it was in the quiet hours",
    ]


# --- what the history says -----------------------------------------------------------


def test_a_forecast_and_a_payment_are_on_the_card(scene: Scene) -> None:
    """Beside the balance that they are about."""
    scene.start(A)
    scene.wiring.show_window()
    scene.answer(A, LOW)
    scene.report(ForecastMade("a", FAR))
    scene.report(PendingPaymentsChanged((PendingPayment("a", NOON),)))
    assert scene.says("More than two years at this pace")
    assert scene.says("You said you paid")
    scene.report(PendingPaymentsChanged(()))
    assert not scene.says("You said you paid")


def test_a_page_that_was_asked_for_comes_up(scene: Scene) -> None:
    """In a window of its own."""
    scene.start(A)
    scene.window.intent.emit(OpenHistory("a"))
    assert scene.asked() == [ReadHistory("a")]
    scene.report(HistoryRead(page(A)))
    (window,) = scene.histories()
    assert window.account_id == "a"


def test_an_open_history_is_renewed_after_an_answer(scene: Scene) -> None:
    """And one that isn't open is not read at all."""
    scene.start(A, B)
    scene.window.intent.emit(OpenHistory("a"))
    scene.report(HistoryRead(page(A)))
    scene.report(ForecastMade("b", FAR))
    scene.report(ForecastMade("a", FAR))
    assert scene.asked() == [ReadHistory("a")] * 2
    scene.report(HistoryRead(page(A, "Read anew")))
    (window,) = scene.histories()
    assert "Read anew" in words(window)


def test_an_export_that_was_written_is_told(scene: Scene) -> None:
    """In the window, also when that was closed; again, though it was read before."""
    scene.start(A)
    for _ in range(2):
        scene.report(ExportFinished("/home/ana/main.csv", None))
        assert scene.window.isVisible()
        assert scene.says(EXPORTED)
        press(scene.window, "Dismiss")
        assert not scene.says(EXPORTED)


def test_an_export_that_failed_is_told_with_the_reason(scene: Scene) -> None:
    """In place of what was said of the one before."""
    scene.start(A)
    scene.report(ExportFinished("/home/ana/main.csv", None))
    failure = Failure(ExportUnwritable, "No space left on device")
    scene.report(ExportFinished("/home/ana/main.csv", failure))
    assert not scene.says(EXPORTED)
    assert scene.says(
        "The export can't be written. The disk is full, or the folder may not be "
        "written to. Choose another folder, or free some space, and export again. "
        "(No space left on device)"
    )


def test_an_export_is_told_in_the_history_that_is_open(scene: Scene) -> None:
    """The window below it has nothing to say, and does not come up."""
    scene.start(A)
    scene.window.intent.emit(OpenHistory("a"))
    scene.report(HistoryRead(page(A)))
    (window,) = scene.histories()
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/main.csv"))
    scene.report(ExportFinished("/home/ana/main.csv", Failure(ExportUnwritable)))
    assert any("The export can't be written." in one for one in words(window))
    assert not scene.says("The export can't be written.")
    assert not scene.window.isVisible()


# --- the first start, and problems ---------------------------------------------------


def test_without_an_account_a_person_is_welcomed_once(scene: Scene) -> None:
    """Not again when the command line changes something."""
    scene.start()
    (wizard,) = scene.first_runs()
    assert "Step 1 of 3" in words(wizard)
    assert scene.tray.views[-1].gauge.status is Status.NOT_SET_UP
    assert not scene.window.isVisible()
    wizard.reject()
    scene.load()
    assert (scene.first_runs(), scene.dialogs()) == ([], [])


def test_a_first_run_that_is_left_can_be_gone_on_with(scene: Scene) -> None:
    """The window comes up and says so; what was entered is still there."""
    scene.start(quiet=True)
    scene.window.show()
    press(scene.window, "Add an account…")
    (wizard,) = scene.first_runs()
    press(wizard, "Next")
    scene.window.close()
    wizard.reject()
    assert scene.window.isVisible()
    assert scene.says("You began to set up an account")
    press(scene.window, "Go on where you left off")
    assert scene.first_runs() == [wizard]
    assert "Step 2 of 3" in words(wizard)


def test_after_the_first_run_the_window_shows_its_account(scene: Scene) -> None:
    """Whose balance is asked for by then."""
    scene.start()
    (wizard,) = scene.first_runs()
    press(wizard, "Next")
    (key,) = (
        one
        for one in wizard.findChildren(QLineEdit)
        if one.accessibleName() == "API key"
    )
    key.setText("made-up-key-0123456789")
    press(wizard, "Next")
    (request,) = scene.asked()
    assert isinstance(request, RunTrial)
    trial = request.trial
    scene.report(TrialFinished(trial, outcome(trial.account, LOW)))
    press(wizard, "Finish")
    (save,) = scene.poller.requests.of(ApplyChanges)
    assert save.shown == frozenset()
    changes = save.changes
    scene.report(SaveFinished(changes.accounts, changes.settings))
    assert scene.first_runs() == []
    assert scene.window.isVisible()
    assert [one.name for one in scene.cards] == ["SMSup"]


def test_settings_can_be_chosen_before_there_is_an_account(scene: Scene) -> None:
    """A language, for one."""
    scene.start(quiet=True)
    scene.tray.intent.emit(OpenSettings())
    assert len(scene.dialogs()) == 1
    assert scene.first_runs() == []


def test_a_quiet_start_opens_nothing_by_itself(scene: Scene) -> None:
    """It is the session that starts it, not a person."""
    scene.start(quiet=True)
    assert (scene.first_runs(), scene.dialogs()) == ([], [])
    assert not scene.window.isVisible()


def test_that_the_history_is_not_kept_is_told_until_it_is(scene: Scene) -> None:
    """No window comes up by itself, and what was mended stays to be read."""
    scene.start(A, quiet=True)
    for kind in (HistoryDamaged, HistoryBusy, HistoryFull):
        scene.report(StorageChanged(Failure(kind, "a detail")))
    assert not scene.window.isVisible()
    scene.wiring.show_window()
    assert scene.says("The disk is full.")
    assert not scene.says("The history is held by another program.")
    scene.report(StorageChanged(None))
    assert not scene.says("The disk is full.")
    assert scene.says("The history was damaged.")


def test_a_problem_with_our_files_is_told_in_the_window(scene: Scene) -> None:
    """What, why, what helps and the detail; a quiet start says it too."""
    scene.start(A, problems=(HistoryProblem,), quiet=True)
    assert scene.window.isVisible()
    (told,) = (one for one in words(scene.window) if "history" in one)
    assert told == (
        "The history can't be kept. Its database can't be opened or written. Check "
        "that its folder is there, is yours and may be written to. Balances are still "
        "shown and warned about. (a detail)"
    )
    assert scene.dialogs() == []


def test_after_damaged_settings_the_window_says_so_before_anything_else(
    scene: Scene,
) -> None:
    """No dialog hides the words; the first account's button stands below them."""
    scene.start(problems=(ConfigBroken,))
    assert scene.says("The settings file can't be read.")
    assert scene.says("No account yet")
    assert (scene.first_runs(), scene.dialogs()) == ([], [])


def test_after_settings_of_a_newer_version_nothing_is_asked_for(scene: Scene) -> None:
    """Nothing could be saved, so the window has no button to begin with either."""
    scene.start(problems=(ConfigTooNew,))
    assert scene.says("The settings were written by a newer version.")
    assert scene.says("Your accounts can't be shown")
    assert not scene.says("&Add an account…")
    assert scene.dialogs() == []


def test_a_fault_of_ours_is_told_in_the_window(scene: Scene) -> None:
    """Nobody asks at present: the icon shows that, and the window says why."""
    scene.start(A)
    scene.answer(A, Balance(Decimal("350.1200"), "EUR"))
    scene.report(PollerFailed(Failure(InternalFault, "ZeroDivisionError")))
    assert scene.tray.views[-1].gauge.status == Status.UNREACHABLE
    assert "€350.12" in scene.tray.views[-1].lines[0]
    assert not scene.window.isVisible()
    scene.wiring.show_window()
    assert scene.says("Balance Tray made a mistake.")
    assert scene.says("(ZeroDivisionError)")
    scene.answer(A, Balance(Decimal("350.1200"), "EUR"))
    assert [view.gauge.status for view in scene.tray.views][-1] is Status.OK


# --- other starts, and the end -------------------------------------------------------


def test_another_start_brings_the_window(scene: Scene) -> None:
    """Whoever starts it again wants to see it."""
    scene.start(A)
    scene.wiring.handle_message(InstanceMessage.SHOW.value)
    assert scene.window.isVisible()


def test_another_start_can_end_and_reload_it(scene: Scene) -> None:
    """`--quit`, and `account add`."""
    scene.start(A)
    scene.wiring.handle_message(InstanceMessage.RELOAD.value)
    assert scene.asked() == [ReloadProfile()]
    scene.wiring.handle_message(InstanceMessage.QUIT.value)
    assert len(scene.quits) == 1
    assert not scene.window.isVisible()


def test_the_demo_asks_often_but_not_with_a_rejected_key(scene: Scene) -> None:
    """The breaker holds in the demo too."""
    scene.start(A, B)
    scene.answer(A, Unauthorized)
    scene.wiring.refresh_unrejected()
    assert scene.asked() == [RequestBalances(("b",))]


@pytest.mark.parametrize("is_stuck", [False, True])
def test_the_end_takes_everything_off_the_screen(
    scene: Scene, *, is_stuck: bool
) -> None:
    """And says whether the poller ended."""
    scene.start(A)
    scene.wiring.show_window()
    scene.poller.is_stuck = is_stuck
    assert scene.wiring.stop() is not is_stuck
    assert not scene.window.isVisible()
    assert scene.tray.calls[-1] == "hide"
    assert scene.poller.calls[-1] == "stop"


def test_whether_it_starts_at_login_is_asked_and_answered(scene: Scene) -> None:
    """For the settings that are open."""
    scene.start(A)
    scene.tray.intent.emit(OpenSettings())
    assert len(scene.poller.requests.of(ReadLoginEntry)) == 1
    scene.report(LoginEntryRead(LoginEntryState.ON))
    (option,) = (
        one for one in QApplication.allWidgets() if isinstance(one, LoginOption)
    )
    assert option.on


# --- without a tray ------------------------------------------------------------------


def test_without_a_tray_the_window_comes_up_and_its_end_is_the_programs(
    scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even at a quiet start: never invisible."""
    monkeypatch.setattr("trayapp.app.screen.tray_fallback._LOGIN_GRACE_MS", 0)
    scene.tray.host = False
    scene.start(A, quiet=True)
    qtbot.waitUntil(scene.window.isVisible)
    assert scene.says(NO_TRAY)
    scene.close_window()
    assert len(scene.quits) == 1


def test_a_panel_has_time_to_come_up(scene: Scene) -> None:
    """At login it may start after the program."""
    scene.tray.host = False
    scene.start(A)
    QCoreApplication.processEvents()
    assert not scene.window.isVisible()


def test_the_settings_choose_what_is_seen(scene: Scene) -> None:
    """The tray icon's style, and whether amounts are in the tray."""
    scene.start(A)
    scene.answer(A, LOW)
    before = scene.tray.styles[-1]
    settings = Settings(icon=IconStyle.NUMBER, discreet=True)
    scene.report(SaveFinished((A,), settings))
    assert (before, scene.tray.styles[-1]) == (IconStyle.COLOUR, IconStyle.NUMBER)
    assert "9.5" not in str(scene.tray.views[-1])
