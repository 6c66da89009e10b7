"""Shows faults of the program and failures of its files, and makes a report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import PySide6
from PySide6.QtCore import QObject, QTimer, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication

from trayapp import __version__
from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.core.errors import (
    BY_ID,
    HistoryBusy,
    HistoryFull,
    HistoryProblem,
    HistoryTooNew,
    KeyRemains,
    NotificationsUnseen,
)
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import problem
from trayapp.core.view.diagnostics import Findings, report
from trayapp.core.view.pace import pace_sentences
from trayapp.qt.model import AccountsModel
from trayapp.services.messages.requests import CollectDiagnostics
from trayapp.ui.intents import OpenWindow
from trayapp.ui.tray.tray import Tray

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trayapp.core.errors import Failure
    from trayapp.core.pace import PaceNotice
    from trayapp.core.view.diagnostics import Fact
    from trayapp.services.log.recent import RecentErrors
    from trayapp.ui.window.about import AboutDialog

_TOPIC: Final = "fault"
_ANSWER_MS: Final = 8_000
"""The report waits no longer for the backend's facts."""
_STOPS: Final = 3
"""After so many failures of the poller the window comes up by itself."""
_PASSING: Final = (HistoryProblem, HistoryBusy, HistoryFull, HistoryTooNew)
"""The errors that are shown until the history can be written again."""
_OF_SETTINGS: Final = tuple(name for name in BY_ID if name.startswith("config-"))
"""The ids of all that can be wrong with the settings file."""
_PACE: Final = "pace"
_NO_ANSWER: Final = (("Poller", "no answer"),)


class FaultController(QObject):
    """Shows each kind of fault once, in a banner, and collects the diagnostics.

    Signals:
        requested(Request): to have the backend collect facts; `finish` takes them.
        intent(Intent): what the about dialog asks for; or to open the window, for a
            fault that a banner in a hidden window would not show.
    """

    requested = Signal(object)
    intent = Signal(object)

    def __init__(
        self,
        tray: Tray,
        lazy_window: LazyWindow,
        model: AccountsModel,
        language: Language,
        recent: "RecentErrors | None" = None,
    ) -> None:
        """Take the last entries of the log from `recent`."""
        super().__init__(lazy_window)
        self._tray, self._lazy_window, self._model = tray, lazy_window, model
        self._language, self._recent = language, recent
        self._shown: set[str] = set()
        self._stops = 0
        self._about: AboutDialog | None = None
        self._deadline = QTimer(self, interval=_ANSWER_MS, singleShot=True)
        self._deadline.timeout.connect(self._finish_without_facts)

    @Slot()
    def show_about(self) -> None:
        """Show what this program is."""
        if self._about is None:
            from trayapp.ui.window.about import AboutDialog

            self._about = AboutDialog(
                __version__, self._language, self._lazy_window.window
            )
            self._about.intent.connect(self.intent)
        self._about.show()
        self._about.raise_()

    def show_problem(self, failure: "Failure") -> None:
        """Show a failure of the program's own files."""
        self._lazy_window.show_banner(
            failure.kind.id, problem(failure, self._language).in_full()
        )

    def clear_settings_problems(self) -> None:
        """Take back what was wrong with the settings file, as it was read or saved."""
        for topic in _OF_SETTINGS:
            self._lazy_window.show_banner(topic, None)

    def show_storage_problem(self, failure: "Failure | None") -> None:
        """Show why the history can't be written, or no longer; open no window."""
        for kind in _PASSING:
            self._lazy_window.show_banner(kind.id, None)
        if failure is not None:
            self.show_problem(failure)

    def show_key_removal(self, failure: "Failure | None") -> None:
        """Show that a removed account's key stays, or no longer; open no window."""
        self._lazy_window.show_banner(KeyRemains.id, None)
        if failure is not None:
            self.show_problem(failure)

    def show_paces(self, notices: "Iterable[PaceNotice]") -> None:
        """Show which gateways take too few requests; open no window."""
        words = pace_sentences(notices, self._language)
        self._lazy_window.show_banner(_PACE, words or None)

    def show_delivery_problem(self, failure: "Failure | None") -> None:
        """Show why notifications don't reach the person, or no longer."""
        self._lazy_window.show_banner(NotificationsUnseen.id, None)
        if failure is not None:
            self.show_problem(failure)

    @Slot(object)
    def show_fault(self, failure: "Failure") -> None:
        """Show a fault in the window once; it may come back with every poll."""
        if failure.detail not in self._shown:
            # Noted first: if showing it is what fails, that is shown once, too.
            self._shown.add(failure.detail)
            words = problem(failure, self._language).in_full()
            self._lazy_window.show_banner(_TOPIC, words, is_fault=True)

    def show_poller_failure(self, failure: "Failure") -> None:
        """Show that no account is polled at present.

        Another poller starts by itself. So the window comes up only if there is no
        balance to see, or after several failures.
        """
        self._stops += 1
        self._model.fail(failure)
        self.show_fault(failure)
        if not self._model.states or self._stops == _STOPS:
            self.intent.emit(OpenWindow())

    @Slot()
    def collect(self) -> None:
        """Begin a report."""
        if not self._deadline.isActive():
            self._deadline.start()
            self.requested.emit(CollectDiagnostics())

    def finish(self, facts: "tuple[Fact, ...]") -> None:
        """Copy the report to the clipboard, and confirm that."""
        if not self._deadline.isActive():
            return  # the report was made without them
        self._deadline.stop()
        QGuiApplication.clipboard().setText(self._report(facts))
        words = self._language.gettext(
            "Copied to the clipboard. It holds no key and no account's name; read it "
            "before you send it on."
        )
        for shown in (self._about, self._lazy_window.present):
            if shown is not None:
                shown.confirm(words)

    @Slot()
    def _finish_without_facts(self) -> None:
        self._deadline.start()  # `finish` accepts facts only before the deadline
        self.finish(_NO_ANSWER)

    def _report(self, facts: "tuple[Fact, ...]") -> str:
        findings = Findings(
            program=(*self._screen(), *facts),
            accounts=self._model.states,
            entries=() if self._recent is None else self._recent.entries,
            home=str(Path.home()),
        )
        text = report(findings)
        return text if self._recent is None else self._recent.redact(text)

    def _screen(self) -> "tuple[Fact, ...]":
        is_hosted = self._tray.is_hosted()
        kind = "the system's" if is_hosted else "none"
        if sys.platform not in {"win32", "darwin"}:
            from trayapp.qt.tray_host import tray_kind  # no D-Bus there

            kind = tray_kind(is_hosted=is_hosted)
        return (
            ("Balance Tray", __version__),
            ("Qt", f"{qVersion()}, PySide6 {PySide6.__version__}"),
            ("Platform plugin", QGuiApplication.platformName()),
            ("Tray", kind),
        )
