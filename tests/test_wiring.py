"""Who hears whom: what becomes known goes up, what a person asks for goes down."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account, Service
from trayapp.core.alerts import Alert, AlertKind
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Changes, Trial
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigBroken,
    ConfigTooNew,
    ConfigUnwritable,
    Failure,
    HistoryProblem,
    InternalFault,
    KeyringLocked,
    NoConnection,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.known import Known, Outcome
from trayapp.core.language import Language
from trayapp.core.notices import Button, Notice, notice
from trayapp.core.settings import Settings
from trayapp.core.state import State
from trayapp.core.text import TrayView
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend, Listener, Loaded, Saved
from trayapp.services.doorbell import Word
from trayapp.ui.about import AboutDialog
from trayapp.ui.account_dialog import AccountDialog
from trayapp.ui.card import AccountCard
from trayapp.ui.settings_dialog import SettingsDialog
from trayapp.ui.tray import Tray
from trayapp.ui.window import Window
from trayapp.wiring import Wiring

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
A = Account("a", "Main")
B = Account(
    "b", "Shop", Service.CUSTOM, "https://b.example", panel="https://pay.b.example"
)
C = Account("c", "No panel", Service.CUSTOM, "https://c.example")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOW = Balance(Decimal("9.5000"), "EUR")
NO_TRAY = "This desktop shows no tray icons"


def outcome(
    account: Account,
    result: Balance | type[BalanceTrayError],
    alert: AlertKind | None = None,
) -> Outcome:
    """Make what a question came to, with what a person is to be told of it."""
    if isinstance(result, Balance):
        told = Alert(alert, account, result) if alert else None
        return Outcome(account.id, NOON, Reading(result, NOON), told)
    told = Alert(alert, account) if alert else None
    return Outcome(account.id, NOON, Failure(result, "a detail"), told)


class NotedPoller(Poller):
    """A poller that notes what it is asked for and never runs."""

    def __init__(self) -> None:
        super().__init__(self._never)
        self.calls: list[object] = []
        self.saves: list[tuple[Changes, frozenset[str]]] = []
        self.told: list[Notice] = []
        self.is_stuck = False

    def _never(self, _: Listener) -> Backend:
        raise AssertionError

    def start(self, *_: object) -> None:
        """Note it."""
        self.calls.append("start")

    def stop(self) -> bool:
        """Note it."""
        self.calls.append("stop")
        return not self.is_stuck

    def refresh(self, account_ids: Iterable[str] | None = None) -> None:
        """Note it."""
        self.calls.append(None if account_ids is None else list(account_ids))

    def try_out(self, trial: Trial) -> None:
        """Note it."""
        self.calls.append(trial)

    def save(self, changes: Changes, shown: frozenset[str]) -> None:
        """Note it."""
        self.saves.append((changes, shown))

    def unlock(self) -> None:
        """Note it."""
        self.calls.append("unlock")

    def tell(self, notice: Notice) -> None:
        """Note it."""
        self.told.append(notice)

    def reload(self) -> None:
        """Note it."""
        self.calls.append("reload")


class NotedTray(Tray):
    """A tray that notes what it shows, on a desktop as the test wants it."""

    def __init__(self) -> None:
        super().__init__(Language())
        self.views: list[TrayView] = []
        self.messages: list[Notice] = []
        self.calls: list[str] = []
        self.host = True

    def render(self, view: TrayView) -> None:
        """Note it, and show it."""
        self.views.append(view)
        super().render(view)

    def show(self) -> None:
        """Note it."""
        self.calls.append("show")

    def hide(self) -> None:
        """Note it."""
        self.calls.append("hide")

    def recreate(self) -> None:
        """Note it."""
        self.calls.append("recreate")

    def is_hosted(self) -> bool:
        """Say what the test wants."""
        return self.host

    def show_message(self, notice: Notice) -> None:
        """Note it."""
        self.messages.append(notice)


class Scene:
    """Everything wired, and a hand on both ends."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        before = set(QApplication.topLevelWidgets())
        self.poller, self.tray = NotedPoller(), NotedTray()
        self.wiring = Wiring(self.poller, self.tray, Language())
        made = set(QApplication.topLevelWidgets()) - before
        (self.window,) = (one for one in made if isinstance(one, Window))
        self.quits: list[None] = []
        self.wiring.quit_requested.connect(lambda: self.quits.append(None))

    def start(
        self,
        *accounts: Account,
        problems: tuple[type[BalanceTrayError], ...] = (),
        quiet: bool = False,
    ) -> None:
        """Start, and load these accounts."""
        self.wiring.start(quiet=quiet)
        self.load(*accounts, problems=problems)

    def load(
        self, *accounts: Account, problems: tuple[type[BalanceTrayError], ...] = ()
    ) -> None:
        """Say what is stored."""
        failures = tuple(Failure(kind, "a detail") for kind in problems)
        known = tuple(map(Known, accounts))
        self.poller.loaded.emit(Loaded(known, Settings(), failures))

    def answer(
        self,
        account: Account,
        result: Balance | type[BalanceTrayError],
        alert: AlertKind | None = None,
    ) -> None:
        """Say what a question came to."""
        self.poller.answered.emit(outcome(account, result, alert))

    def asked(self) -> list[object]:
        """Give what the poller was asked for since it was started."""
        return self.poller.calls[1:]

    def dialogs(self) -> list[SettingsDialog]:
        """Give the settings dialogs that are to be seen."""
        return [
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, SettingsDialog) and one.isVisible()
        ]

    @property
    def dialog(self) -> SettingsDialog:
        """The one settings dialog."""
        (dialog,) = self.dialogs()
        return dialog

    @property
    def edited(self) -> str:
        """The name of the account whose dialog comes up."""
        found = self.dialog.findChildren
        self._qtbot.waitUntil(lambda: bool(found(AccountDialog)))
        (dialog,) = found(AccountDialog)
        return dialog.findChildren(QLineEdit)[0].text()

    @property
    def cards(self) -> list[AccountCard]:
        """The cards in the window."""
        return [
            one
            for one in self.window.findChildren(AccountCard)
            if one.isVisibleTo(self.window)
        ]

    def says(self, text: str) -> bool:
        """Say whether something stands in the window."""
        return text in "\n".join(words(self.window))

    def close_window(self) -> None:
        """Close the window, and say that it was the last one."""
        self.window.close()
        self.wiring.window_closed()


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Wire everything, and take it down again."""
    before = set(QApplication.topLevelWidgets())
    scene = Scene(qtbot)
    yield scene
    for widget in set(QApplication.topLevelWidgets()) - before:
        widget.hide()
        widget.deleteLater()
    scene.wiring.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what was to be opened in the browser."""
    opened: list[str] = []
    monkeypatch.setattr("trayapp.wiring.open_in_browser", opened.append)
    return opened


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a panel no time to come up."""
    monkeypatch.setattr("trayapp.wiring._TRAY_GRACE_MS", 0)


def words(widget: QWidget) -> list[str]:
    """Read all that is to be seen."""
    return [
        one.text().replace("\u200b", "")
        for one in widget.findChildren(QLabel)
        if one.isVisibleTo(widget)
    ]


def press(widget: QWidget, text: str) -> None:
    """Press a button by its text."""
    (button,) = (
        one
        for one in widget.findChildren(QPushButton)
        if one.text().replace("&", "") == text
        and one.isVisibleTo(widget)
        and one.window() is widget.window()
    )
    button.click()


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
    assert scene.tray.views[-1].state is State.UNKNOWN


def test_an_outcome_is_in_the_tray_and_in_the_window(scene: Scene) -> None:
    """The weakest account decides the icon."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(A, Balance(Decimal("350.1200"), "EUR"))
    scene.answer(B, LOW)
    view = scene.tray.views[-1]
    assert view.state is State.LOW
    assert view.lines[0].startswith("Shop: €9.50, Low, as of ")
    assert [one.account_id for one in scene.cards] == ["a", "b"]
    assert scene.says("€350.12")
    assert scene.says("Low: below €10.00")


def test_a_question_under_way_is_shown(scene: Scene) -> None:
    """Until its answer comes."""
    scene.start(A)
    scene.wiring.show_window()
    scene.poller.asking.emit("a")
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


def test_an_alert_goes_to_the_desktops_notifications(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over D-Bus, by the poller's thread."""
    monkeypatch.setattr("trayapp.wiring._BY_D_BUS", True)
    scene.start(A)
    scene.answer(A, LOW, AlertKind.LOW)
    assert scene.poller.told == [notice(Alert(AlertKind.LOW, A, LOW), Language())]
    assert scene.tray.messages == []


def test_an_alert_is_qts_to_show_on_windows_and_macos(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows their own way."""
    monkeypatch.setattr("trayapp.wiring._BY_D_BUS", False)
    scene.start(A)
    scene.answer(A, Unauthorized, AlertKind.REJECTED)
    assert scene.tray.messages == [notice(Alert(AlertKind.REJECTED, A), Language())]
    assert scene.poller.told == []


def test_an_outcome_without_an_alert_tells_nobody(scene: Scene) -> None:
    """It is on the screen for whoever looks."""
    scene.start(A)
    scene.answer(A, LOW)
    assert scene.poller.told == scene.tray.messages == []


# --- the first start, and problems ---------------------------------------------------


def test_without_an_account_a_person_is_welcomed_once(scene: Scene) -> None:
    """Not again when the command line changes something."""
    scene.start()
    assert "Welcome to Balance Tray" in words(scene.dialog)
    assert scene.tray.views[-1].state is State.NOT_SET_UP
    scene.dialog.reject()
    scene.load()
    assert scene.dialogs() == []


def test_a_quiet_start_opens_nothing_by_itself(scene: Scene) -> None:
    """It is the session that starts it, not a person."""
    scene.start(quiet=True)
    assert scene.dialogs() == []
    assert not scene.window.isVisible()


def test_a_problem_with_our_files_is_told_in_the_window(scene: Scene) -> None:
    """What, why, what helps and the detail; a quiet start says it too."""
    scene.start(A, problems=(HistoryProblem,), quiet=True)
    assert scene.window.isVisible()
    (told,) = (one for one in words(scene.window) if "history" in one)
    assert told == (
        "The history can't be kept. Its database can't be opened or written. Check "
        "the free space; balances are still shown and warned about. (a detail)"
    )
    assert scene.dialogs() == []


def test_after_damaged_settings_the_accounts_are_asked_for_again(
    scene: Scene,
) -> None:
    """There is nothing else to be done."""
    scene.start(problems=(ConfigBroken,))
    assert scene.says("The settings file can't be read.")
    assert len(scene.dialogs()) == 1


def test_after_settings_of_a_newer_version_nothing_is_asked_for(scene: Scene) -> None:
    """Nothing could be saved."""
    scene.start(problems=(ConfigTooNew,))
    assert scene.says("The settings were written by a newer version.")
    assert scene.dialogs() == []


def test_a_fault_of_ours_is_told_in_the_window(scene: Scene) -> None:
    """Polling has ended, and that is not to be overlooked."""
    scene.start(A)
    scene.poller.failed.emit(Failure(InternalFault, "ZeroDivisionError"))
    assert scene.window.isVisible()
    assert scene.says("Balance Tray made a mistake.")
    assert scene.says("(ZeroDivisionError)")


# --- what a person asks for ----------------------------------------------------------


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_refreshing_asks_all(scene: Scene, whose: str) -> None:
    """From the tray's menu and from the window."""
    scene.start(A, B)
    view = scene.tray if whose == "tray" else scene.window
    view.refresh_requested.emit()
    assert scene.asked() == [None]


def test_checking_asks_one(scene: Scene) -> None:
    """The one whose card it is on."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(B, NoConnection)
    press(scene.window, "Check again")
    assert scene.asked() == [["b"]]


def test_unlocking_asks_the_keyring(scene: Scene) -> None:
    """It puts up its own question."""
    scene.start(A)
    scene.wiring.show_window()
    scene.answer(A, KeyringLocked)
    press(scene.window, "Unlock keyring…")
    assert scene.asked() == ["unlock"]


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_topping_up_opens_the_accounts_panel(
    scene: Scene, pages: list[str], whose: str
) -> None:
    """Each brand's own, or the one that a person named."""
    scene.start(A, B, C)
    view = scene.tray if whose == "tray" else scene.window
    for account_id in ("a", "b", "gone"):
        view.top_up_requested.emit(account_id)
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
    scene.tray.about_requested.emit()
    (about,) = scene.window.findChildren(AboutDialog)
    assert about.isVisible()


@pytest.mark.parametrize("whose", ["tray", "window"])
def test_quitting_is_passed_on(scene: Scene, whose: str) -> None:
    """Whoever runs the program ends it."""
    scene.start(A)
    view = scene.tray if whose == "tray" else scene.window
    view.quit_requested.emit()
    assert len(scene.quits) == 1


@pytest.mark.parametrize("intent", ["open_requested", "notice_clicked"])
def test_the_tray_brings_the_window(scene: Scene, intent: str) -> None:
    """By a click on it or on its message; a minimized one comes back."""
    scene.start(A)
    for _ in range(2):
        signal = getattr(scene.tray, intent)
        signal.emit(*(["a"] if intent == "notice_clicked" else []))
        assert scene.window.isVisible()
        assert not scene.window.isMinimized()
        scene.window.showMinimized()


@pytest.mark.parametrize("button", [Button.DEFAULT, Button.OPEN])
def test_a_pressed_notification_brings_the_window(scene: Scene, button: Button) -> None:
    """Clicked itself, or its button."""
    scene.start(A)
    scene.poller.pressed.emit("a", button.value)
    assert scene.window.isVisible()


def test_a_pressed_top_up_opens_the_panel(scene: Scene, pages: list[str]) -> None:
    """And no window."""
    scene.start(A)
    scene.poller.pressed.emit("a", Button.TOP_UP.value)
    assert pages == ["https://app.smsup.es"]
    assert not scene.window.isVisible()


def test_a_pressed_enter_key_opens_that_accounts_dialog(scene: Scene) -> None:
    """The key can be typed at once."""
    scene.start(A, B)
    scene.poller.pressed.emit("b", Button.ENTER_KEY.value)
    assert scene.edited == "Shop"


def test_a_key_is_entered_from_the_card_too(scene: Scene) -> None:
    """The same dialog."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(B, Unauthorized)
    press(scene.window, "Enter new key…")
    assert scene.edited == "Shop"


# --- settings ------------------------------------------------------------------------


def test_settings_wait_until_something_is_loaded(scene: Scene) -> None:
    """Saving an empty dialog would remove every account."""
    scene.wiring.start(quiet=False)
    scene.tray.settings_requested.emit()
    assert scene.dialogs() == []
    scene.load(A)
    scene.tray.settings_requested.emit()
    assert len(scene.dialogs()) == 1


def test_saved_settings_are_everywhere(scene: Scene) -> None:
    """The dialog closes; tray and window show the accounts as they are now."""
    scene.start(A, B)
    scene.wiring.show_window()
    scene.answer(B, LOW)
    scene.window.settings_requested.emit()
    press(scene.dialog, "OK")
    ((changes, shown),) = scene.poller.saves
    assert (changes.accounts, shown) == ((A, B), frozenset({"a", "b"}))
    scene.poller.saved.emit(Saved((B, C), Settings()))
    assert scene.dialogs() == []
    assert [one.account_id for one in scene.cards] == ["b", "c"]
    assert scene.says("€9.50")
    assert len(scene.tray.views[-1].lines) == 2


def test_settings_that_were_not_saved_change_nothing(scene: Scene) -> None:
    """The dialog says why."""
    scene.start(A)
    scene.tray.settings_requested.emit()
    press(scene.dialog, "OK")
    scene.poller.saved.emit(Saved(problem=Failure(ConfigUnwritable)))
    assert "The settings can't be saved" in words(scene.dialog)
    assert len(scene.tray.views[-1].lines) == 1


def test_a_trial_goes_to_the_gateway_and_its_answer_back(scene: Scene) -> None:
    """Before anything is stored."""
    scene.start(A)
    scene.poller.pressed.emit("a", Button.ENTER_KEY.value)
    assert scene.edited == "Main"
    (dialog,) = scene.dialog.findChildren(AccountDialog)
    press(dialog, "Test")
    (trial,) = scene.asked()
    assert isinstance(trial, Trial)
    scene.poller.tried.emit(trial, outcome(A, LOW))
    assert "The gateway answers: €9.50" in words(dialog)


def test_what_the_command_line_changed_is_shown(scene: Scene) -> None:
    """Without a restart, and what is known stays."""
    scene.start(A)
    scene.wiring.show_window()
    scene.answer(A, LOW)
    scene.load(A, B)
    assert [one.account_id for one in scene.cards] == ["a", "b"]
    assert scene.says("€9.50")


# --- other starts, and the end -------------------------------------------------------


def test_another_start_brings_the_window(scene: Scene) -> None:
    """Whoever starts it again wants to see it."""
    scene.start(A)
    scene.wiring.hear(Word.SHOW.value)
    assert scene.window.isVisible()


def test_another_start_can_end_and_reload_it(scene: Scene) -> None:
    """`--quit`, and `account add`."""
    scene.start(A)
    scene.wiring.hear(Word.RELOAD.value)
    assert scene.asked() == ["reload"]
    scene.wiring.hear(Word.QUIT.value)
    assert len(scene.quits) == 1
    assert not scene.window.isVisible()


def test_the_demo_asks_often_but_not_with_a_rejected_key(scene: Scene) -> None:
    """The breaker holds in the demo too."""
    scene.start(A, B)
    scene.answer(A, Unauthorized)
    scene.wiring.ask_unrejected()
    assert scene.asked() == [["b"]]


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


# --- the tray's host -----------------------------------------------------------------


@pytest.mark.usefixtures("no_grace")
def test_without_a_tray_the_window_takes_its_place(scene: Scene, qtbot: QtBot) -> None:
    """It says why; closing it then ends the program."""
    scene.tray.host = False
    scene.start(A, quiet=True)
    qtbot.waitUntil(scene.window.isVisible)
    assert scene.says(NO_TRAY)
    scene.close_window()
    assert len(scene.quits) == 1


@pytest.mark.usefixtures("no_grace")
def test_minimizing_the_window_without_a_tray_keeps_the_program(
    scene: Scene, qtbot: QtBot
) -> None:
    """It goes on warning."""
    scene.tray.host = False
    scene.start(A)
    qtbot.waitUntil(scene.window.isVisible)
    scene.window.showMinimized()
    scene.wiring.window_closed()
    assert scene.quits == []


def test_a_panel_has_time_to_come_up(scene: Scene) -> None:
    """At login it may start after the program."""
    scene.tray.host = False
    scene.start(A)
    QCoreApplication.processEvents()
    assert not scene.window.isVisible()


@pytest.mark.usefixtures("no_grace")
def test_with_a_tray_closing_the_window_hides_it(scene: Scene, qtbot: QtBot) -> None:
    """And nothing more."""
    scene.start(A)
    scene.wiring.show_window()
    qtbot.wait(1)
    assert not scene.says(NO_TRAY)
    scene.close_window()
    assert scene.quits == []


@pytest.mark.usefixtures("no_grace")
def test_a_host_that_appears_gets_a_new_icon(scene: Scene, qtbot: QtBot) -> None:
    """The old one can't show up any more; the window is a window again."""
    scene.tray.host = False
    scene.start(A)
    qtbot.waitUntil(scene.window.isVisible)
    scene.tray.host = True
    scene.wiring.host_appeared()
    assert scene.tray.calls == ["show", "recreate"]
    assert not scene.says(NO_TRAY)
    scene.close_window()
    assert scene.quits == []


def test_a_host_that_was_there_needs_no_new_icon(scene: Scene) -> None:
    """Qt finds a panel that starts again by itself."""
    scene.start(A)
    scene.wiring.host_appeared()
    assert scene.tray.calls == ["show"]


@pytest.mark.usefixtures("no_grace")
def test_a_name_without_a_host_changes_nothing(scene: Scene, qtbot: QtBot) -> None:
    """A watcher alone shows no icons."""
    scene.tray.host = False
    scene.start(A)
    qtbot.waitUntil(scene.window.isVisible)
    scene.wiring.host_appeared()
    assert scene.says(NO_TRAY)
    scene.close_window()
    assert len(scene.quits) == 1
