"""Who hears whom: what becomes known goes up, to the tray and the windows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QTableWidget
from pytestqt.qtbot import QtBot

from harness.wired_program import LOW, NO_TRAY, NOON, A, B, WiredProgram, outcome
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
    KeyRemains,
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
    KeyRemovalChanged,
    KeyTestFinished,
    LoginEntryRead,
    NotificationLogChanged,
    PendingPaymentsChanged,
    PollerFailed,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
    StorageChanged,
    TimeZoneChanged,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ReadHistory,
    ReadLoginEntry,
    ReloadProfile,
    RequestBalances,
    RunKeyTest,
)
from trayapp.ui.intents import (
    ExportHistory,
    OpenHistory,
    OpenNotificationLog,
    OpenSettings,
)
from trayapp.ui.widgets.login_option import LoginOption
from widgets.visible import click_button, visible_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
FAR = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
EXPORTED = "Exported to /home/ana/main.csv."


def page(account: Account, forecast_words: str = "No word yet") -> HistoryView:
    """Make what a history window shows, from one reading."""
    chart = ChartData(
        (Reading(LOW, NOON),), account.low_below, (), None, NOON, LOW.unit
    )
    return HistoryView(account.id, account.name, chart, forecast_words, "", (), ())


# --- what becomes known --------------------------------------------------------------


def test_the_icon_is_shown_before_anything_is_known(program: WiredProgram) -> None:
    """And says nothing of accounts that are not loaded yet."""
    program.wiring.start(quiet=False)
    assert program.tray.calls == ["show"]
    assert program.poller.calls == ["start"]
    assert program.tray.views == []
    assert not program.window.isVisible()


def test_a_start_with_accounts_opens_no_window(program: WiredProgram) -> None:
    """It is a program for the tray."""
    program.start(A, B)
    assert not program.window.isVisible()
    assert program.dialogs() == []
    assert program.tray.views[-1].gauge.status is Status.UNKNOWN


def test_an_outcome_is_in_the_tray_and_in_the_window(program: WiredProgram) -> None:
    """The weakest account decides the icon."""
    program.start(A, B)
    program.wiring.show_window()
    program.answer(A, Balance(Decimal("350.1200"), "EUR"))
    program.answer(B, LOW)
    view = program.tray.views[-1]
    assert view.gauge.status is Status.LOW
    assert view.lines[0].startswith("Shop: €9.50, Low, as of ")
    assert [one.account_id for one in program.cards] == ["a", "b"]
    assert program.says("€350.12")
    assert program.says("Low: below €10.00")


def test_a_question_under_way_is_shown(program: WiredProgram) -> None:
    """Until its answer comes."""
    program.start(A)
    program.wiring.show_window()
    program.report(RefreshStarted("a"))
    assert program.says("Asking the gateway…")
    program.answer(A, LOW)
    assert not program.says("Asking the gateway…")


def test_a_window_that_is_opened_late_shows_all_the_same(program: WiredProgram) -> None:
    """What is known does not depend on who looked."""
    program.start(A)
    program.answer(A, LOW)
    assert program.cards == []
    program.wiring.show_window()
    assert program.says("€9.50")


# --- what a person is told -----------------------------------------------------------


def test_a_notification_that_is_qts_to_show_comes_from_the_tray(
    program: WiredProgram,
) -> None:
    """Where there is no D-Bus; its words are ready."""
    program.start(A)
    notification = notification_about(Alert(AlertKind.REJECTED, A), Language())
    program.report(ShowNotification(notification))
    assert program.tray.messages == [notification]


def test_an_answer_alone_tells_nobody(program: WiredProgram) -> None:
    """It is on the screen for whoever looks."""
    program.start(A)
    program.answer(A, LOW)
    assert program.tray.messages == program.asked() == []


def test_a_snooze_is_in_the_tray_until_its_end(program: WiredProgram) -> None:
    """A person sees why nothing is told."""
    program.start(A)
    program.report(SnoozeChanged(datetime.now(UTC) + timedelta(hours=1)))
    assert program.tray.views[-1].snoozed.startswith("Snoozed until ")
    program.report(SnoozeChanged(None))
    assert not program.tray.views[-1].snoozed


@pytest.mark.case("also 3", "what the program shows follows the system")
def test_another_time_zone_draws_everything_again(program: WiredProgram) -> None:
    """The times in the tray, on the cards and in open histories are local."""
    program.start(A)
    program.answer(A, LOW)
    program.window.intent.emit(OpenHistory("a"))
    program.report(HistoryRead(page(A)))
    drawn = len(program.tray.views)
    program.report(TimeZoneChanged())
    assert len(program.tray.views) == drawn + 1
    assert program.asked() == [ReadHistory("a")] * 2


def test_what_was_decided_is_in_the_list_of_reasons(program: WiredProgram) -> None:
    """The window's "Why?" opens it."""
    program.start(A)
    held = LogEntry(NOON, "a", "Main", AlertKind.LOW, Disposition.PENDING, Reason.QUIET)
    program.report(NotificationLogChanged((held,)))
    program.window.intent.emit(OpenNotificationLog())
    (table,) = program.window.findChildren(QTableWidget)
    assert table.isVisible()
    row = [str(table.model().index(0, column).data()) for column in (2, 3)]
    assert [one.replace("\u200b", "") for one in row] == [
        "Low balance",
        "Held back: it was in the quiet hours",
    ]


# --- what the history says -----------------------------------------------------------


def test_a_forecast_and_a_payment_are_on_the_card(program: WiredProgram) -> None:
    """Beside the balance that they are about."""
    program.start(A)
    program.wiring.show_window()
    program.answer(A, LOW)
    program.report(ForecastMade("a", FAR))
    program.report(PendingPaymentsChanged((PendingPayment("a", NOON),)))
    assert program.says("More than two years at this pace")
    assert program.says("You said you paid")
    program.report(PendingPaymentsChanged(()))
    assert not program.says("You said you paid")


def test_a_page_that_was_asked_for_comes_up(program: WiredProgram) -> None:
    """In a window of its own."""
    program.start(A)
    program.window.intent.emit(OpenHistory("a"))
    assert program.asked() == [ReadHistory("a")]
    program.report(HistoryRead(page(A)))
    (window,) = program.histories()
    assert window.account_id == "a"


def test_an_open_history_is_renewed_after_an_answer(program: WiredProgram) -> None:
    """And one that isn't open is not read at all."""
    program.start(A, B)
    program.window.intent.emit(OpenHistory("a"))
    program.report(HistoryRead(page(A)))
    program.report(ForecastMade("b", FAR))
    program.report(ForecastMade("a", FAR))
    assert program.asked() == [ReadHistory("a")] * 2
    program.report(HistoryRead(page(A, "Read anew")))
    (window,) = program.histories()
    assert "Read anew" in visible_texts(window)


def test_an_export_that_was_written_is_told(program: WiredProgram) -> None:
    """In the window, also when that was closed; again, though it was read before."""
    program.start(A)
    for _ in range(2):
        program.report(ExportFinished("/home/ana/main.csv", None))
        assert program.window.isVisible()
        assert program.says(EXPORTED)
        click_button(program.window, "Dismiss")
        assert not program.says(EXPORTED)


def test_an_export_that_failed_is_told_with_the_reason(program: WiredProgram) -> None:
    """In place of what was said of the one before."""
    program.start(A)
    program.report(ExportFinished("/home/ana/main.csv", None))
    failure = Failure(ExportUnwritable, "No space left on device")
    program.report(ExportFinished("/home/ana/main.csv", failure))
    assert not program.says(EXPORTED)
    assert program.says(
        "The export can't be written. The disk is full, or the folder may not be "
        "written to. Choose another folder, or free some space, and export again. "
        "(No space left on device)"
    )


def test_an_export_is_told_in_the_history_that_is_open(program: WiredProgram) -> None:
    """The window below it has nothing to say, and does not come up."""
    program.start(A)
    program.window.intent.emit(OpenHistory("a"))
    program.report(HistoryRead(page(A)))
    (window,) = program.histories()
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/main.csv"))
    program.report(ExportFinished("/home/ana/main.csv", Failure(ExportUnwritable)))
    assert any("The export can't be written." in one for one in visible_texts(window))
    assert not program.says("The export can't be written.")
    assert not program.window.isVisible()


# --- the first start, and problems ---------------------------------------------------


def test_without_an_account_a_person_is_welcomed_once(program: WiredProgram) -> None:
    """Not again when the command line changes something."""
    program.start()
    (wizard,) = program.first_runs()
    assert "Step 1 of 3" in visible_texts(wizard)
    assert program.tray.views[-1].gauge.status is Status.NOT_SET_UP
    assert not program.window.isVisible()
    wizard.reject()
    program.load()
    assert (program.first_runs(), program.dialogs()) == ([], [])


def test_a_first_run_that_is_left_can_be_gone_on_with(program: WiredProgram) -> None:
    """The window comes up and says so; what was entered is still there."""
    program.start(quiet=True)
    program.window.show()
    click_button(program.window, "Add an account…")
    (wizard,) = program.first_runs()
    click_button(wizard, "Next")
    program.window.close()
    wizard.reject()
    assert program.window.isVisible()
    assert program.says("You began to set up an account")
    click_button(program.window, "Go on where you left off")
    assert program.first_runs() == [wizard]
    assert "Step 2 of 3" in visible_texts(wizard)


def test_after_the_first_run_the_window_shows_its_account(
    program: WiredProgram,
) -> None:
    """Whose balance is asked for by then."""
    program.start()
    (wizard,) = program.first_runs()
    click_button(wizard, "Next")
    (key,) = (
        one
        for one in wizard.findChildren(QLineEdit)
        if one.accessibleName() == "API key"
    )
    key.setText("made-up-key-0123456789")
    click_button(wizard, "Next")
    (request,) = program.asked()
    assert isinstance(request, RunKeyTest)
    key_test = request.key_test
    program.report(KeyTestFinished(key_test, outcome(key_test.account, LOW)))
    click_button(wizard, "Finish")
    (save,) = program.poller.requests.of(ApplyChanges)
    assert save.changes.base.accounts == ()
    changes = save.changes
    program.report(SaveFinished(changes.accounts, changes.settings))
    assert program.first_runs() == []
    assert program.window.isVisible()
    assert [one.name for one in program.cards] == ["SMSup"]


def test_settings_can_be_chosen_before_there_is_an_account(
    program: WiredProgram,
) -> None:
    """A language, for one."""
    program.start(quiet=True)
    program.tray.intent.emit(OpenSettings())
    assert len(program.dialogs()) == 1
    assert program.first_runs() == []


def test_a_quiet_start_opens_nothing_by_itself(program: WiredProgram) -> None:
    """It is the session that starts it, not a person."""
    program.start(quiet=True)
    assert (program.first_runs(), program.dialogs()) == ([], [])
    assert not program.window.isVisible()


def test_that_the_history_is_not_kept_is_told_until_it_is(
    program: WiredProgram,
) -> None:
    """No window comes up by itself, and what was mended stays to be read."""
    program.start(A, quiet=True)
    for kind in (HistoryDamaged, HistoryBusy, HistoryFull):
        program.report(StorageChanged(Failure(kind, "a detail")))
    assert not program.window.isVisible()
    program.wiring.show_window()
    assert program.says("The disk is full.")
    assert not program.says("The history is held by another program.")
    program.report(StorageChanged(None))
    assert not program.says("The disk is full.")
    assert program.says("The history was damaged.")


@pytest.mark.case("attack 3", "a key stays in a locked keyring without a word")
def test_a_key_that_stays_in_the_keyring_is_told_until_it_is_removed(
    program: WiredProgram,
) -> None:
    """No window comes up by itself."""
    program.start(A, quiet=True)
    program.report(KeyRemovalChanged(Failure(KeyRemains)))
    assert not program.window.isVisible()
    program.wiring.show_window()
    assert program.says("The key of a removed account is still in the keyring.")
    program.report(KeyRemovalChanged(None))
    assert not program.says("The key of a removed account is still in the keyring.")


def test_a_problem_with_our_files_is_told_in_the_window(program: WiredProgram) -> None:
    """What, why, what helps and the detail; a quiet start says it too."""
    program.start(A, problems=(HistoryProblem,), quiet=True)
    assert program.window.isVisible()
    (told,) = (one for one in visible_texts(program.window) if "history" in one)
    assert told == (
        "The history can't be kept. Its database can't be opened or written. Check "
        "that its folder is there, is yours and may be written to. Balances are still "
        "shown and warned about. (a detail)"
    )
    assert program.dialogs() == []


def test_after_damaged_settings_the_window_says_so_before_anything_else(
    program: WiredProgram,
) -> None:
    """No dialog hides the words; the first account's button stands below them."""
    program.start(problems=(ConfigBroken,))
    assert program.says("The settings file can't be read.")
    assert program.says("No account yet")
    assert (program.first_runs(), program.dialogs()) == ([], [])


def test_after_settings_of_a_newer_version_nothing_is_asked_for(
    program: WiredProgram,
) -> None:
    """Nothing could be saved, so the window has no button to begin with either."""
    program.start(problems=(ConfigTooNew,))
    assert program.says("The settings were written by a newer version.")
    assert program.says("Your accounts can't be shown")
    assert not program.says("&Add an account…")
    assert program.dialogs() == []


def test_a_fault_of_ours_is_told_in_the_window(program: WiredProgram) -> None:
    """Nobody asks at present: the icon shows that, and the window says why."""
    program.start(A)
    program.answer(A, Balance(Decimal("350.1200"), "EUR"))
    program.report(PollerFailed(Failure(InternalFault, "ZeroDivisionError")))
    assert program.tray.views[-1].gauge.status == Status.UNREACHABLE
    assert "€350.12" in program.tray.views[-1].lines[0]
    assert not program.window.isVisible()
    program.wiring.show_window()
    assert program.says("Balance Tray made a mistake.")
    assert program.says("(ZeroDivisionError)")
    program.answer(A, Balance(Decimal("350.1200"), "EUR"))
    assert [view.gauge.status for view in program.tray.views][-1] is Status.OK


# --- other starts, and the end -------------------------------------------------------


def test_another_start_brings_the_window(program: WiredProgram) -> None:
    """Whoever starts it again wants to see it."""
    program.start(A)
    program.wiring.handle_message(InstanceMessage.SHOW.value)
    assert program.window.isVisible()


def test_another_start_can_end_and_reload_it(program: WiredProgram) -> None:
    """`--quit`, and `account add`."""
    program.start(A)
    program.wiring.handle_message(InstanceMessage.RELOAD.value)
    assert program.asked() == [ReloadProfile()]
    program.wiring.handle_message(InstanceMessage.QUIT.value)
    assert len(program.quits) == 1
    assert not program.window.isVisible()


def test_the_demo_asks_often_but_not_with_a_rejected_key(program: WiredProgram) -> None:
    """The breaker holds in the demo too."""
    program.start(A, B)
    program.answer(A, Unauthorized)
    program.wiring.refresh_unrejected()
    assert program.asked() == [RequestBalances(("b",))]


@pytest.mark.parametrize("is_stuck", [False, True])
def test_the_end_takes_everything_off_the_screen(
    program: WiredProgram, *, is_stuck: bool
) -> None:
    """And says whether the poller ended."""
    program.start(A)
    program.wiring.show_window()
    program.poller.is_stuck = is_stuck
    assert program.wiring.stop() is not is_stuck
    assert not program.window.isVisible()
    assert program.tray.calls[-1] == "hide"
    assert program.poller.calls[-1] == "stop"


def test_whether_it_starts_at_login_is_asked_and_answered(
    program: WiredProgram,
) -> None:
    """For the settings that are open."""
    program.start(A)
    program.tray.intent.emit(OpenSettings())
    assert len(program.poller.requests.of(ReadLoginEntry)) == 1
    program.report(LoginEntryRead(LoginEntryState.ON))
    (option,) = (
        one for one in QApplication.allWidgets() if isinstance(one, LoginOption)
    )
    assert option.on


# --- without a tray ------------------------------------------------------------------


def test_without_a_tray_the_window_comes_up_and_its_end_is_the_programs(
    program: WiredProgram, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even at a quiet start: never invisible."""
    monkeypatch.setattr("trayapp.app.screen.tray_fallback._LOGIN_GRACE_MS", 0)
    program.tray.host = False
    program.start(A, quiet=True)
    qtbot.waitUntil(program.window.isVisible)
    assert program.says(NO_TRAY)
    program.close_window()
    assert len(program.quits) == 1


def test_a_taskbar_has_time_to_start(program: WiredProgram) -> None:
    """At login it may start after the program."""
    program.tray.host = False
    program.start(A)
    QCoreApplication.processEvents()
    assert not program.window.isVisible()


def test_the_settings_choose_what_is_seen(program: WiredProgram) -> None:
    """The tray icon's style, and whether amounts are in the tray."""
    program.start(A)
    program.answer(A, LOW)
    before = program.tray.styles[-1]
    settings = Settings(icon=IconStyle.NUMBER, discreet=True)
    program.report(SaveFinished((A,), settings))
    assert (before, program.tray.styles[-1]) == (IconStyle.COLOUR, IconStyle.NUMBER)
    assert "9.5" not in str(program.tray.views[-1])
