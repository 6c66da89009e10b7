"""The program's upper half: everything wired, with a poller and a tray that note."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from harness.event_log import EventLog
from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.app.wiring import Wiring
from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.alerts.notification import Notification
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import BalanceTrayError, Failure
from trayapp.core.i18n.language import Language
from trayapp.core.settings import IconStyle, Settings
from trayapp.core.view.tray import TrayView
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.log.recent import RecentErrors
from trayapp.services.messages.events import Emit, Event, ProfileLoaded, RefreshFinished
from trayapp.services.messages.requests import ReadLoginEntry, Request
from trayapp.ui.card.card import AccountCard
from trayapp.ui.first_run.dialog import FirstRun
from trayapp.ui.history.window import HistoryWindow
from trayapp.ui.settings.account_dialog import AccountDialog
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.tray.tray import Tray
from trayapp.ui.window.window import Window
from widgets.visible import visible_texts, visible_windows

A: Final = Account("a", "Main")
B: Final = Account(
    "b", "Shop", Service.CUSTOM, "https://b.example", panel="https://pay.b.example"
)
C: Final = Account("c", "No panel", Service.CUSTOM, "https://c.example")
NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOW: Final = Balance(Decimal("9.5000"), "EUR")
NO_TRAY: Final = "This desktop shows no tray icons"


def outcome(account: Account, result: Balance | type[BalanceTrayError]) -> Outcome:
    """Make what a question came to."""
    if isinstance(result, Balance):
        return Outcome(account.id, NOON, Reading(result, NOON))
    return Outcome(account.id, NOON, Failure(result, "a detail"))


class RecordingPoller(Poller):
    """A poller that notes what it is asked for and never runs."""

    def __init__(self) -> None:
        super().__init__(self._never)
        self.calls: list[str] = []
        self.requests = EventLog()
        self.is_stuck = False

    def _never(self, _: Emit) -> Backend:
        raise AssertionError

    def start(self, *_: object) -> None:
        """Note it."""
        self.calls.append("start")

    def stop(self) -> bool:
        """Note it."""
        self.calls.append("stop")
        return not self.is_stuck

    def post(self, request: Request) -> None:
        """Note it."""
        self.requests.record(request)


def lazily(window: Window) -> LazyWindow:
    """Give a lazy_window whose window was made by the test."""
    lazy_window = LazyWindow(lambda: window)
    assert lazy_window.window is window
    return lazy_window


class RecordingTray(Tray):
    """A tray that notes what it shows, on a desktop as the test wants it."""

    def __init__(self) -> None:
        super().__init__(Language())
        self.views: list[TrayView] = []
        self.messages: list[Notification] = []
        self.calls: list[str] = []
        self.styles: list[IconStyle] = []
        self.host = True

    def show_style(self, style: IconStyle) -> None:
        """Note it, and show it."""
        self.styles.append(style)
        super().show_style(style)

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

    def show_message(self, notice: Notification) -> None:
        """Note it."""
        self.messages.append(notice)


class WiredProgram:
    """Everything wired, and a hand on both ends."""

    def __init__(self, qtbot: QtBot, recent: RecentErrors | None = None) -> None:
        self._qtbot = qtbot
        self.poller, self.tray = RecordingPoller(), RecordingTray()
        self.wiring = Wiring(self.poller, self.tray, Language(), recent)
        self.window = self.wiring.lazy_window.window
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

    def report(self, event: Event) -> None:
        """Let the backend report an event."""
        self.poller.event_emitted.emit(event)

    def load(
        self, *accounts: Account, problems: tuple[type[BalanceTrayError], ...] = ()
    ) -> None:
        """Say what is stored."""
        failures = tuple(Failure(kind, "a detail") for kind in problems)
        known = tuple(map(AccountState, accounts))
        self.report(ProfileLoaded(known, Settings(), failures))

    def answer(
        self, account: Account, result: Balance | type[BalanceTrayError]
    ) -> None:
        """Say what a question came to."""
        self.report(RefreshFinished(outcome(account, result)))

    def asked(self) -> list[object]:
        """Give all requests, but for the one that each dialog makes when it opens."""
        requests = self.poller.requests.events
        return [one for one in requests if not isinstance(one, ReadLoginEntry)]

    def dialogs(self) -> list[SettingsDialog]:
        """Give the settings dialogs that are to be seen."""
        return visible_windows(SettingsDialog)

    @property
    def dialog(self) -> SettingsDialog:
        """The one settings dialog."""
        (dialog,) = self.dialogs()
        return dialog

    def first_runs(self) -> list[FirstRun]:
        """Give the first runs that are to be seen."""
        return visible_windows(FirstRun)

    def histories(self) -> list[HistoryWindow]:
        """Give the history windows that are to be seen."""
        return visible_windows(HistoryWindow)

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
        return text in "\n".join(visible_texts(self.window))

    def close_window(self) -> None:
        """Close the window, and say that it was the last one."""
        self.window.close()
        self.wiring.tray_fallback.window_closed()


@contextmanager
def wired_program(
    qtbot: QtBot, recent: RecentErrors | None = None
) -> Iterator[WiredProgram]:
    """Wire everything, and take it down again."""
    before = set(QApplication.topLevelWidgets())
    program = WiredProgram(qtbot, recent)
    yield program
    for widget in set(QApplication.topLevelWidgets()) - before:
        widget.hide()
        widget.deleteLater()
    program.wiring.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
