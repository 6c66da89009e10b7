"""Who hears whom: the tray, the windows, the model and the poller of one profile."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from trayapp import __version__
from trayapp.browser import open_in_browser
from trayapp.core.errors import ConfigBroken, Failure
from trayapp.core.known import Known, Outcome
from trayapp.core.language import Language
from trayapp.core.notices import Button, notice
from trayapp.core.settings import Settings
from trayapp.core.state import State
from trayapp.core.text import card, problem, tray_view
from trayapp.qt.model import AccountsModel
from trayapp.qt.poller import Poller
from trayapp.services.doorbell import Word
from trayapp.settings_desk import SettingsDesk
from trayapp.ui.about import AboutDialog
from trayapp.ui.tray import Tray
from trayapp.ui.window import Window

if TYPE_CHECKING:
    # Only their names: importing them would bring httpx and sqlite3 to the GUI thread
    # before the icon has its first balance.
    from trayapp.services.backend import Loaded, Saved

_TRAY_GRACE_MS: Final = 5_000
"""How long a panel may take to come up at login before we do without it."""
_AGE_MS: Final = 30_000
_HOUR_MS: Final = 3_600_000
_BY_D_BUS: Final = sys.platform not in {"win32", "darwin"}
_NO_TRAY: Final = "no-tray"


class Wiring(QObject):
    """Passes intents down and what is known up; decides nothing about balances.

    Signals:
        quit_requested(): a person wants the program to end.
    """

    quit_requested = Signal()

    def __init__(self, poller: Poller, tray: Tray, language: Language) -> None:
        """Connect the poller, which need not run yet, and the tray."""
        super().__init__()
        self._poller, self._tray, self._language = poller, tray, language
        self._model = AccountsModel(self)
        self._settings = Settings()
        self._loaded = False
        self._quiet = False
        self._hosted = False
        self._without_tray = False
        self._window = Window(language)
        self._about = AboutDialog(__version__, language, self._window)
        self._desk = SettingsDesk(language, self)
        self._ages = QTimer(self, interval=_AGE_MS)
        self._days = QTimer(self, interval=_HOUR_MS)
        self._connect()

    def start(self, *, quiet: bool) -> None:
        """Show the tray icon and start to poll; `quiet` opens no window by itself."""
        self._quiet = quiet
        self._render_tray()
        self._tray.show()
        self._hosted = self._tray.is_hosted()
        self._poller.start()
        self._days.start()
        QTimer.singleShot(_TRAY_GRACE_MS, self._check_tray)

    def stop(self) -> bool:
        """Take everything off the screen and end the poller; False if it is stuck."""
        self._tray.hide()
        self._window.hide()
        return self._poller.stop()

    def _connect(self) -> None:
        poller, tray, window = self._poller, self._tray, self._window
        self._ages.timeout.connect(self._render_window)
        self._days.timeout.connect(self._render_tray)
        self._model.changed.connect(self._on_changed)
        poller.loaded.connect(self._on_loaded)
        poller.asking.connect(self._model.mark_asking)
        poller.answered.connect(self._on_answered)
        poller.tried.connect(self._desk.show_trial)
        poller.saved.connect(self._on_saved)
        poller.saved.connect(self._desk.close_or_explain)
        self._desk.save_requested.connect(poller.save)
        self._desk.test_requested.connect(poller.try_out)
        poller.pressed.connect(self._on_pressed)
        poller.failed.connect(self._on_fault)
        for views in (tray, window):
            views.refresh_requested.connect(self._refresh_all)
            views.top_up_requested.connect(self._top_up)
            views.settings_requested.connect(self._open_settings)
            views.quit_requested.connect(self.quit_requested)
        tray.open_requested.connect(self.show_window)
        tray.about_requested.connect(self._show_about)
        tray.notice_clicked.connect(self.show_window)
        window.check_requested.connect(self._refresh)
        window.enter_key_requested.connect(self._enter_key)
        window.unlock_requested.connect(poller.unlock)
        window.copy_requested.connect(self._copy)

    # --- what becomes known -------------------------------------------------------

    @Slot(object)
    def _on_loaded(self, loaded: "Loaded") -> None:
        first, self._loaded = not self._loaded, True
        self._settings = loaded.settings
        self._model.load(loaded.known)
        self._render_tray()
        for failure in loaded.problems:
            self._show_problem(failure)
        if loaded.problems:
            self.show_window()
        broken = any(one.kind is ConfigBroken for one in loaded.problems)
        nothing_set_up = not loaded.known and (not loaded.problems or broken)
        if first and nothing_set_up and not self._quiet:
            self._open_settings()

    @Slot(object)
    def _on_answered(self, outcome: Outcome) -> None:
        self._model.apply(outcome)
        if outcome.alert is None:
            return
        said = notice(outcome.alert, self._language)
        if _BY_D_BUS:
            self._poller.tell(said)
        else:
            self._tray.show_message(said)

    @Slot(object)
    def _on_saved(self, saved: "Saved") -> None:
        if saved.problem is None:
            self._settings = saved.settings
            self._model.set_accounts(saved.accounts)

    @Slot(str, str)
    def _on_pressed(self, account_id: str, button: str) -> None:
        if button == Button.TOP_UP:
            self._top_up(account_id)
        elif button == Button.ENTER_KEY:
            self._enter_key(account_id)
        else:
            self.show_window()

    @Slot(object)
    def _on_fault(self, failure: Failure) -> None:
        self._show_problem(failure)
        self.show_window()

    @Slot(object)
    def _on_changed(self, _known: tuple[Known, ...]) -> None:
        self._render_tray()
        self._render_window()

    @Slot()
    def _render_tray(self) -> None:
        if self._loaded:
            view = tray_view(self._model.known, datetime.now(UTC), self._language)
            self._tray.render(view)

    @Slot()
    def _render_window(self) -> None:
        if not self._window.isVisible():
            self._ages.stop()
            return
        now = datetime.now(UTC)
        known = self._model.known
        self._window.show_cards(tuple(card(one, now, self._language) for one in known))

    def _show_problem(self, failure: Failure) -> None:
        said = problem(failure, self._language)
        detail = f"({said.detail})" if said.detail else ""
        parts = (f"{said.title}.", said.reason, said.advice, detail)
        self._window.show_banner(failure.kind.id, " ".join(filter(None, parts)))

    # --- what a person asks for ---------------------------------------------------

    @Slot()
    def show_window(self) -> None:
        """Bring the window up, whatever state it is in."""
        if self._window.isMinimized():
            self._window.showNormal()
        else:
            self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._render_window()
        self._ages.start()

    @Slot(str)
    def hear(self, word: str) -> None:
        """Do what another start of the program asks for."""
        match word:
            case Word.SHOW:
                self.show_window()
            case Word.RELOAD:
                self._poller.reload()
            case Word.QUIT:
                self.quit_requested.emit()

    @Slot()
    def ask_unrejected(self) -> None:
        """Ask all accounts but those whose key was rejected (the demo does, often)."""
        rejected = State.UNAUTHORIZED
        self._poller.refresh(
            one.account.id for one in self._model.known if one.state is not rejected
        )

    @Slot()
    def _refresh_all(self) -> None:
        self._poller.refresh()

    @Slot(str)
    def _refresh(self, account_id: str) -> None:
        self._poller.refresh([account_id])

    @Slot(str)
    def _top_up(self, account_id: str) -> None:
        account = self._model.account(account_id)
        if account is not None:
            open_in_browser(account.panel_url)

    @Slot(str)
    def _enter_key(self, account_id: str) -> None:
        self._edit_settings(account_id)

    @Slot()
    def _open_settings(self) -> None:
        self._edit_settings(None)

    def _edit_settings(self, account_id: str | None) -> None:
        if self._loaded:
            accounts = tuple(one.account for one in self._model.known)
            self._desk.open(accounts, self._settings, edit=account_id)

    @Slot()
    def _show_about(self) -> None:
        self._about.show()
        self._about.raise_()

    @Slot(str)
    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    # --- the tray's host ----------------------------------------------------------

    @Slot()
    def host_appeared(self) -> None:
        """Make the icon anew if it was made before there was a host for it."""
        if not self._hosted:
            self._tray.recreate()
            self._hosted = self._tray.is_hosted()
        if self._hosted:
            self._without_tray = False
            self._window.show_banner(_NO_TRAY, None)

    @Slot()
    def window_closed(self) -> None:
        """End the program with its window where there is no icon to bring it back."""
        if self._without_tray and not self._window.isVisible():
            self.quit_requested.emit()

    @Slot()
    def _check_tray(self) -> None:
        if self._tray.is_hosted():
            self._hosted = True
            return
        self._without_tray = True
        self._window.show_banner(
            _NO_TRAY,
            self._language.gettext(
                "This desktop shows no tray icons, so this window takes the icon's "
                "place. On GNOME, the AppIndicator extension brings them back. "
                "Minimize the window to keep being warned; closing it ends the program."
            ),
        )
        self.show_window()
