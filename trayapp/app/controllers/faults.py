"""What a person is told of the program itself, its files and faults; and a report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import PySide6
from PySide6.QtCore import QObject, QTimer, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication

from trayapp import __version__
from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.core.errors import (
    HistoryBusy,
    HistoryFull,
    HistoryProblem,
    HistoryTooNew,
    NotificationsUnseen,
)
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import problem
from trayapp.core.view.diagnostics import Findings, report
from trayapp.qt.model import AccountsModel
from trayapp.services.messages.requests import CollectDiagnostics
from trayapp.ui.intents import OpenWindow
from trayapp.ui.tray.tray import Tray

if TYPE_CHECKING:
    from trayapp.core.errors import Failure
    from trayapp.core.view.diagnostics import Fact
    from trayapp.services.log.recent import RecentErrors
    from trayapp.ui.window.about import AboutDialog

_TOPIC: Final = "fault"
_ANSWER_MS: Final = 8_000
"""How long the poller's side may look around before the report goes without it."""
_STOPS: Final = 3
"""So often the poller may stop before the window comes up by itself."""
_PASSING: Final = (HistoryProblem, HistoryBusy, HistoryFull, HistoryTooNew)
"""What is told of the history until it is kept again."""
_NO_ANSWER: Final = (("Poller", "no answer"),)


class FaultController(QObject):
    """Tells each kind of fault once, quietly, and knows what to report of it.

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
        stage: LazyWindow,
        model: AccountsModel,
        language: Language,
        recent: "RecentErrors | None" = None,
    ) -> None:
        """Take the last entries of the log from `recent`."""
        super().__init__(stage)
        self._tray, self._stage, self._model = tray, stage, model
        self._language, self._recent = language, recent
        self._told: set[str] = set()
        self._stops = 0
        self._about: AboutDialog | None = None
        self._patience = QTimer(self, interval=_ANSWER_MS, singleShot=True)
        self._patience.timeout.connect(self._do_without)

    @Slot()
    def show_about(self) -> None:
        """Show what this program is."""
        if self._about is None:
            from trayapp.ui.window.about import AboutDialog

            self._about = AboutDialog(__version__, self._language, self._stage.window)
            self._about.intent.connect(self.intent)
        self._about.show()
        self._about.raise_()

    def show_problem(self, failure: "Failure") -> None:
        """Tell of a trouble with the program's own files."""
        self._stage.show_banner(
            failure.kind.id, problem(failure, self._language).in_full()
        )

    def hear_kept(self, failure: "Failure | None") -> None:
        """Say that the history can't be kept; no window comes up, as balances can."""
        for kind in _PASSING:
            self._stage.show_banner(kind.id, None)
        if failure is not None:
            self.show_problem(failure)

    def hear_reached(self, failure: "Failure | None") -> None:
        """Say that nothing shows notifications: the icon and the window do."""
        self._stage.show_banner(NotificationsUnseen.id, None)
        if failure is not None:
            self.show_problem(failure)

    @Slot(object)
    def hear(self, failure: "Failure") -> None:
        """Tell a fault in the window, once: it may come back with every poll."""
        if failure.detail not in self._told:
            # Noted first: should showing it be what fails, that is told once too.
            self._told.add(failure.detail)
            words = problem(failure, self._language).in_full()
            self._stage.show_banner(_TOPIC, words, is_fault=True)

    def hear_stop(self, failure: "Failure") -> None:
        """Show that nobody asks at present: what is known grows old.

        Another poller starts by itself, so that is no reason to bring the window up,
        unless there is nothing else to see or it happens again and again.
        """
        self._stops += 1
        self._model.fail(failure)
        self.hear(failure)
        if not self._model.states or self._stops == _STOPS:
            self.intent.emit(OpenWindow())

    @Slot()
    def collect(self) -> None:
        """Begin a report."""
        if not self._patience.isActive():
            self._patience.start()
            self.requested.emit(CollectDiagnostics())

    def finish(self, facts: "tuple[Fact, ...]") -> None:
        """Put the report on the clipboard, and say so."""
        if not self._patience.isActive():
            return  # it went without
        self._patience.stop()
        QGuiApplication.clipboard().setText(self._report(facts))
        words = self._language.gettext(
            "Copied to the clipboard. It holds no key and no account's name; read it "
            "before you send it on."
        )
        for shown in (self._about, self._stage.present):
            if shown is not None:
                shown.confirm(words)

    @Slot()
    def _do_without(self) -> None:
        self._patience.start()  # as if it were just in time
        self.finish(_NO_ANSWER)

    def _report(self, facts: "tuple[Fact, ...]") -> str:
        found = Findings(
            program=(*self._screen(), *facts),
            accounts=self._model.states,
            entries=() if self._recent is None else self._recent.entries,
            home=str(Path.home()),
        )
        said = report(found)
        return said if self._recent is None else self._recent.redact(said)

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
