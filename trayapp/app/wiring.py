"""Ties tray, windows, model and poller of one profile together."""

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
from trayapp.app.screen.tray_fallback import TrayFallback
from trayapp.core.errors import (
    ConfigOfNobody,
    ConfigTooNew,
    ConfigUnreadable,
    ConfigUntrusted,
    Failure,
)
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
    KeyRemovalChanged,
    KeyTestFinished,
    LoginEntryRead,
    NotificationLogChanged,
    PacesChanged,
    PendingPaymentsChanged,
    PollerFailed,
    ProfileLoaded,
    RecentBalancesRead,
    RefreshFinished,
    RefreshPostponed,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
    StorageChanged,
    TimeZoneChanged,
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
    intent_of_button,
)
from trayapp.ui.tray.tray import Tray
from trayapp.ui.window.front import bring_to_front

if TYPE_CHECKING:
    # Only their names: importing them would bring httpx and sqlite3 to the GUI thread
    # before the icon has its first balance.
    from trayapp.services.log.recent import RecentErrors
    from trayapp.ui.window.window import Window

_EXPORT: Final = "export"
_UNSAVABLE: Final = (ConfigOfNobody, ConfigTooNew, ConfigUnreadable, ConfigUntrusted)
"""What keeps accounts from being saved as well as from being shown."""


class Wiring(QObject):
    """Dispatches the intents of the views and the events of the backend.

    Signals:
        opening(Window): emitted after a click on the tray, before the window is shown.
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
        self.lazy_window = LazyWindow(self._make_window, self)
        self._presenter = Presenter(tray, self.lazy_window, self._model, language)
        self.tray_fallback = TrayFallback(tray, self.lazy_window, language)
        self.faults = FaultController(
            tray, self.lazy_window, self._model, language, recent
        )
        self._settings = SettingsController(language, self)
        self._history = HistoryController(language, self)
        self._notification_log = NotificationLogController(language, self.lazy_window)
        self.languages = LanguageController(language, self)
        self._connect_poller()
        self._connect_views()

    def start(self, *, quiet: bool) -> None:
        """Show the tray icon and start to poll; `quiet` opens no window by itself."""
        self._quiet = quiet
        self._presenter.draw_tray()
        self.tray_fallback.start(quiet=quiet)
        self._poller.start()

    def stop(self) -> bool:
        """Take everything off the screen and end the poller; False if it is stuck."""
        self._presenter.stop()
        self._tray.hide()
        if (window := self.lazy_window.present) is not None:
            window.hide()
        self.tray_fallback.stop()
        return self._poller.stop()

    def _connect_poller(self) -> None:
        self._poller.event_emitted.connect(self._on_event)
        for source in (self.faults, self._settings, self._history):
            source.requested.connect(self._poller.post)

    def _connect_views(self) -> None:
        for source in (
            self._tray,
            self.tray_fallback,
            self.faults,
            self._settings,
            self._history,
        ):
            source.intent.connect(self.dispatch)

    def _make_window(self) -> "Window":
        from trayapp.ui.window.window import Window

        window = Window(self._language)
        window.intent.connect(self.dispatch)
        return window

    # --- what the backend reports -----------------------------------------------------

    @Slot(object)
    def _on_event(self, event: Event) -> None:  # noqa: C901, PLR0912, PLR0915  # a case an event
        """Pass each event to those that show it or act on it."""
        presenter, settings = self._presenter, self._settings
        match event:
            case ProfileLoaded():
                self._on_loaded(event)
            case RefreshStarted(account_id):
                self._model.mark_refreshing(account_id)
            case RefreshPostponed(account_id):
                self._model.end_refreshing(account_id)
            case PacesChanged(notices):
                self.faults.show_paces(notices)
            case RefreshFinished(outcome):
                self._model.apply(outcome)
            case ShowNotification(notification):
                self._tray.show_message(notification)
            case ButtonPressed(account_id, button):
                self.dispatch(intent_of_button(button, account_id))
            case SnoozeChanged(until):
                presenter.set_snoozed(until)
            case TimeZoneChanged():
                presenter.draw()
                self._history.refresh_all()
            case ForecastMade(account_id, forecast):
                presenter.set_forecast(account_id, forecast)
                self._history.refresh(account_id)
            case RecentBalancesRead(account_id, recent_balances):
                presenter.set_recent_balances(account_id, recent_balances)
            case PendingPaymentsChanged(payments):
                presenter.set_pending_payments(payments)
            case NotificationLogChanged(entries):
                self._notification_log.set_entries(entries)
            case HistoryRead(view):
                self._history.show_page(view)
            case ExportFinished(path, failure):
                self._on_exported(path, failure)
            case StorageChanged(problem):
                self.faults.show_storage_problem(problem)
            case KeyRemovalChanged(problem):
                self.faults.show_key_removal(problem)
            case DeliveryChanged(problem):
                self.faults.show_delivery_problem(problem)
                settings.set_delivery_problem(problem)
            case KeyTestFinished(key_test, outcome):
                is_first = not self._model.has_balance(key_test.account)
                settings.show_key_test(key_test, outcome, is_first=is_first)
            case SaveFinished():
                self._on_saved(event)
                settings.finish_save(event)
                self.languages.handle_save(event)
            case LoginEntryRead(state):
                settings.show_login(state)
            case DiagnosticsCollected(facts):
                self.faults.finish(facts)
            case PollerFailed(failure):
                self.faults.show_poller_failure(failure)
            case _:
                assert_never(event)

    def _on_loaded(self, loaded: ProfileLoaded) -> None:
        first, self._loaded = not self._loaded, True
        self._apply_settings(loaded.settings)
        self._model.load(loaded.accounts)
        self._presenter.loaded()
        self.faults.clear_settings_problems()
        for failure in loaded.problems:
            self.faults.show_problem(failure)
        if any(failure.kind in _UNSAVABLE for failure in loaded.problems):
            self.lazy_window.window.show_accounts_unavailable()
        if loaded.problems:
            # No dialog over the words: the window has the button for a first account.
            self.show_window()
        elif first and not loaded.accounts and not self._quiet:
            self._settings.open_first_run()

    def _apply_settings(self, settings: Settings) -> None:
        """Apply the settings that change what is on the screen."""
        self._settings.set_settings(settings)
        self._tray.show_style(settings.icon)
        self._presenter.set_discreet(on=settings.discreet)

    def _on_saved(self, saved: SaveFinished) -> None:
        if saved.problem is None:
            self._apply_settings(saved.settings)
            self._model.set_accounts(saved.accounts)
            self.faults.clear_settings_problems()
        if saved.notice is not None:
            self.faults.show_problem(saved.notice)

    def _on_exported(self, path: str, failure: Failure | None) -> None:
        words = self._language.gettext("Exported to {path}.").format(path=path)
        if failure is not None:
            words = problem(failure, self._language).in_full()
        if self._history.show_export_result(path, words):
            return
        self.lazy_window.show_banner(_EXPORT, None)  # the same words again are news too
        self.lazy_window.show_banner(_EXPORT, words)
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
                    self.opening.emit(self.lazy_window.window)
                self.show_window()
            case OpenSettings():
                self._edit_settings(None)
            case OpenFirstRun():
                self._settings.open_first_run()
            case OpenHistory(account_id):
                self._history.open(account_id)
            case OpenNotificationLog():
                self._notification_log.open()
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
                self._presenter.reveal_amounts()
            case CopyDiagnostics():
                self.faults.collect()
            case LeaveFirstRun():
                self.lazy_window.window.offer_to_continue()
                self.show_window()
            case Quit():
                self.quit_requested.emit()
            case _:
                assert_never(intent)

    def show_window(self) -> None:
        """Bring the window up, whatever state it is in."""
        bring_to_front(self.lazy_window.window)
        self._presenter.window_shown()

    @Slot(str)
    def handle_message(self, message: str) -> None:
        """Do what another start of the program asks for."""
        match message:
            case InstanceMessage.SHOW:
                self.show_window()
            case InstanceMessage.RELOAD:
                self._poller.post(ReloadProfile())
            case InstanceMessage.QUIT:
                self.quit_requested.emit()

    @Slot()
    def refresh_unrejected(self) -> None:
        """Request all balances but those with a rejected key, for the demo."""
        rejected = Status.UNAUTHORIZED
        self._poller.post(
            RequestBalances(
                tuple(
                    state.account.id
                    for state in self._model.states
                    if state.status is not rejected
                )
            )
        )

    def _top_up(self, account_id: str) -> None:
        account = self._model.account(account_id)
        if account is not None:
            open_in_browser(account.website_url)

    def _edit_settings(self, account_id: str | None) -> None:
        accounts = tuple(state.account for state in self._model.states)
        self._settings.open(accounts, edit=account_id)

    def _copy_request(self, account_id: str) -> None:
        for known in self._model.states:
            if known.account.id == account_id and known.reading is not None:
                forecast = self._presenter.forecast(account_id)
                text = self._history.request_for(known, forecast)
                QGuiApplication.clipboard().setText(text)
