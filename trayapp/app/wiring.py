"""Who hears whom: the tray, the windows, the model and the poller of one profile."""

from typing import TYPE_CHECKING, Final, assert_never

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from trayapp.app.browser import open_in_browser
from trayapp.app.controllers.faults import FaultController
from trayapp.app.controllers.history import HistoryController
from trayapp.app.controllers.language import LanguageController
from trayapp.app.controllers.notification_log import NotificationLogController
from trayapp.app.controllers.settings import SettingsController
from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.app.screen.presenter import Presenter
from trayapp.app.screen.visibility import TrayFallback
from trayapp.core.alerts.notification import NotificationButton
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.errors import ConfigStuck, ConfigTooNew, ConfigUnreadable, Failure
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.settings import Settings
from trayapp.core.view.account_text import problem
from trayapp.qt.model import AccountsModel
from trayapp.qt.poller import Poller
from trayapp.services.desktop.instance_client import InstanceMessage
from trayapp.services.messages.events import (
    ButtonPressed,
    DeliveryChanged,
    DiagnosticsCollected,
    Event,
    ExportFinished,
    ForecastMade,
    HistoryRead,
    LoginEntryRead,
    NotificationLogChanged,
    PendingPaymentsChanged,
    PollerFailed,
    ProfileLoaded,
    RecentBalancesRead,
    RefreshFinished,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
    StorageChanged,
    TrialFinished,
)
from trayapp.services.messages.requests import (
    ChangeSnooze,
    ExpectTopUp,
    OpenKeyring,
    ReloadProfile,
    RequestBalances,
    SendSample,
)
from trayapp.ui.intents import (
    AccountIntent,
    CopyDiagnostics,
    CopyText,
    CopyTopUpRequest,
    EnterKey,
    Intent,
    LeaveFirstRun,
    OpenAbout,
    OpenFirstRun,
    OpenHistory,
    OpenIntent,
    OpenNotificationLog,
    OpenSettings,
    OpenTopUpPage,
    OpenWebsite,
    OpenWindow,
    ProgramIntent,
    Quit,
    RefreshBalances,
    ReportPayment,
    RevealAmounts,
    SendTestNotification,
    SnoozeNotifications,
    UnlockKeyring,
)
from trayapp.ui.tray.tray import Tray
from trayapp.ui.window.front import bring_to_front

if TYPE_CHECKING:
    # Only their names: importing them would bring httpx and sqlite3 to the GUI thread
    # before the icon has its first balance.
    from trayapp.services.log.recent import RecentErrors
    from trayapp.ui.window.window import Window

_EXPORT: Final = "export"
_UNSAVABLE: Final = (ConfigStuck, ConfigTooNew, ConfigUnreadable)
"""What keeps accounts from being saved as well as from being shown."""


class Wiring(QObject):
    """Passes intents down and what is known up; decides nothing about balances.

    Signals:
        opening(Window): it is about to come up, for the tray was clicked just now.
        quit_requested(): a person wants the program to end.
    """

    opening = Signal(object)
    quit_requested = Signal()

    def __init__(
        self,
        poller: Poller,
        tray: Tray,
        language: Language,
        recent: "RecentErrors | None" = None,
    ) -> None:
        """Connect the poller, which need not run yet, and the tray."""
        super().__init__()
        self._poller, self._tray, self._language = poller, tray, language
        self._model = AccountsModel(self)
        self._loaded = False
        self._quiet = False
        self.stage = LazyWindow(self._make_window, self)
        self._views = Presenter(tray, self.stage, self._model, language)
        self.hosting = TrayFallback(tray, self.stage, language)
        self.faults = FaultController(tray, self.stage, self._model, language, recent)
        self._desk = SettingsController(language, self)
        self._history = HistoryController(language, self)
        self._why = NotificationLogController(language, self.stage)
        self.languages = LanguageController(language, self)
        self._connect_poller()
        self._connect_views()

    def start(self, *, quiet: bool) -> None:
        """Show the tray icon and start to poll; `quiet` opens no window by itself."""
        self._quiet = quiet
        self._views.draw_tray()
        self.hosting.start(quiet=quiet)
        self._poller.start()

    def stop(self) -> bool:
        """Take everything off the screen and end the poller; False if it is stuck."""
        self._tray.hide()
        if (window := self.stage.present) is not None:
            window.hide()
        self.hosting.stop()
        return self._poller.stop()

    def _connect_poller(self) -> None:
        self._poller.event_emitted.connect(self._on_event)
        for source in (self.faults, self._desk, self._history):
            source.requested.connect(self._poller.post)

    def _connect_views(self) -> None:
        for source in (
            self._tray,
            self.hosting,
            self.faults,
            self._desk,
            self._history,
        ):
            source.intent.connect(self.dispatch)

    def _make_window(self) -> "Window":
        from trayapp.ui.window.window import Window

        window = Window(self._language)
        window.intent.connect(self.dispatch)
        return window

    # --- what becomes known -------------------------------------------------------

    @Slot(object)
    def _on_event(self, event: Event) -> None:  # noqa: C901, PLR0912  # a case an event
        """Pass each event to those that show it or act on it."""
        views, desk = self._views, self._desk
        match event:
            case ProfileLoaded():
                self._on_loaded(event)
            case RefreshStarted(account_id):
                self._model.mark_asking(account_id)
            case RefreshFinished(outcome):
                self._model.apply(outcome)
            case ShowNotification(notification):
                self._tray.show_message(notification)
            case ButtonPressed(account_id, button):
                self.dispatch(_intent_of(button, account_id))
            case SnoozeChanged(until):
                views.set_snoozed(until)
            case ForecastMade(account_id, forecast):
                views.set_forecast(account_id, forecast)
                self._history.renew(account_id)
            case RecentBalancesRead(account_id, recent_balances):
                views.set_glimpse(account_id, recent_balances)
            case PendingPaymentsChanged(payments):
                views.set_awaited(payments)
            case NotificationLogChanged(entries):
                self._why.set_entries(entries)
            case HistoryRead(view):
                self._history.show_page(view)
            case ExportFinished(path, failure):
                self._on_exported(path, failure)
            case StorageChanged(problem):
                self.faults.hear_kept(problem)
            case DeliveryChanged(problem):
                self.faults.hear_reached(problem)
                desk.hear_reached(problem)
            case TrialFinished(trial, outcome):
                desk.show_trial(trial, outcome)
            case SaveFinished():
                self._on_saved(event)
                desk.close_or_explain(event)
                self.languages.hear(event)
            case LoginEntryRead(state):
                desk.show_login(state)
            case DiagnosticsCollected(facts):
                self.faults.finish(facts)
            case PollerFailed(failure):
                self.faults.hear_stop(failure)
            case _:
                assert_never(event)

    def _on_loaded(self, loaded: ProfileLoaded) -> None:
        first, self._loaded = not self._loaded, True
        self._follow(loaded.settings)
        self._model.load(loaded.accounts)
        self._views.loaded()
        for failure in loaded.problems:
            self.faults.show_problem(failure)
        if any(failure.kind in _UNSAVABLE for failure in loaded.problems):
            self.stage.window.show_accounts_unavailable()
        if loaded.problems:
            # No dialog over the words: the window has the button for a first account.
            self.show_window()
        elif first and not loaded.accounts and not self._quiet:
            self._desk.begin()

    def _follow(self, settings: Settings) -> None:
        """Do what the settings say of what is seen."""
        self._desk.follow(settings)
        self._tray.show_style(settings.icon)
        self._views.set_discreet(on=settings.discreet)

    def _on_saved(self, saved: SaveFinished) -> None:
        if saved.problem is None:
            self._follow(saved.settings)
            self._model.set_accounts(saved.accounts)

    def _on_exported(self, path: str, failure: Failure | None) -> None:
        words = self._language.gettext("Exported to {path}.").format(path=path)
        if failure is not None:
            words = problem(failure, self._language).in_full()
        if self._history.tell_exported(path, words):
            return
        self.stage.show_banner(_EXPORT, None)  # the same words again are news too
        self.stage.show_banner(_EXPORT, words)
        self.show_window()

    # --- what a person asks for ---------------------------------------------------

    @Slot(object)
    def dispatch(self, intent: Intent) -> None:
        """Do what a person asks for in a view, or hand it to the one who can."""
        if isinstance(intent, OpenIntent):
            self._open(intent)
        elif isinstance(intent, AccountIntent):
            self._act_on_account(intent)
        else:
            self._act_on_program(intent)

    def _open(self, intent: OpenIntent) -> None:
        match intent:
            case OpenWindow(at_icon):
                if at_icon:
                    self.opening.emit(self.stage.window)
                self.show_window()
            case OpenSettings():
                self._edit_settings(None)
            case OpenFirstRun():
                self._desk.begin()
            case OpenHistory(account_id):
                self._history.open(account_id)
            case OpenNotificationLog():
                self._why.open()
            case OpenAbout():
                self.faults.show_about()
            case OpenWebsite(url):
                open_in_browser(url)
            case _:
                assert_never(intent)

    def _act_on_account(self, intent: AccountIntent) -> None:
        match intent:
            case RefreshBalances(account_ids):
                self._poller.post(RequestBalances(account_ids))
            case OpenTopUpPage(account_id):
                self._top_up(account_id)
            case ReportPayment(account_id):
                self._poller.post(ExpectTopUp(account_id))
            case EnterKey(account_id):
                self._edit_settings(account_id)
            case UnlockKeyring():
                self._poller.post(OpenKeyring())
            case CopyText(text):
                QGuiApplication.clipboard().setText(text)
            case CopyTopUpRequest(account_id):
                self._copy_request(account_id)
            case _:
                assert_never(intent)

    def _act_on_program(self, intent: ProgramIntent) -> None:
        match intent:
            case SnoozeNotifications(choice):
                self._poller.post(ChangeSnooze(choice))
            case SendTestNotification():
                self._poller.post(SendSample())
            case RevealAmounts():
                self._views.reveal_amounts()
            case CopyDiagnostics():
                self.faults.collect()
            case LeaveFirstRun():
                self.stage.window.offer_to_continue()
                self.show_window()
            case Quit():
                self.quit_requested.emit()
            case _:
                assert_never(intent)

    def show_window(self) -> None:
        """Bring the window up, whatever state it is in."""
        bring_to_front(self.stage.window)
        self._views.window_shown()

    @Slot(str)
    def hear(self, word: str) -> None:
        """Do what another start of the program asks for."""
        match word:
            case InstanceMessage.SHOW:
                self.show_window()
            case InstanceMessage.RELOAD:
                self._poller.post(ReloadProfile())
            case InstanceMessage.QUIT:
                self.quit_requested.emit()

    @Slot()
    def ask_unrejected(self) -> None:
        """Ask all accounts but those whose key was rejected (the demo does, often)."""
        rejected = Status.UNAUTHORIZED
        self._poller.post(
            RequestBalances(
                tuple(
                    one.account.id
                    for one in self._model.states
                    if one.status is not rejected
                )
            )
        )

    def _top_up(self, account_id: str) -> None:
        account = self._model.account(account_id)
        if account is not None:
            open_in_browser(account.panel_url)

    def _edit_settings(self, account_id: str | None) -> None:
        accounts = tuple(one.account for one in self._model.states)
        self._desk.open(accounts, edit=account_id)

    def _copy_request(self, account_id: str) -> None:
        for known in self._model.states:
            if known.account.id == account_id and known.reading is not None:
                said = self._views.forecast(account_id)
                text = self._history.request_for(known, said)
                QGuiApplication.clipboard().setText(text)


def _intent_of(button: NotificationButton, account_id: str) -> Intent:
    """Return what a person asks for with a button of a notification."""
    match button:
        case NotificationButton.TOP_UP:
            return OpenTopUpPage(account_id)
        case NotificationButton.ENTER_KEY:
            return EnterKey(account_id)
        case NotificationButton.SNOOZE:
            return SnoozeNotifications(SnoozeChoice.EIGHT_HOURS)
        case NotificationButton.OPEN | NotificationButton.DEFAULT:
            return OpenWindow()
        case _:
            assert_never(button)
