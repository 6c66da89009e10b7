"""The program with a stop-watch inside: what it does with much on its hands.

    python packaging/run.py bench.inside accounts | history

It is the whole program, started as ever, but for its keys, which are in memory: every
account of the settings file has `KEY`. It prints what was measured as JSON, and ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (  # noqa: TID251  # measures the program's own loop
    QEvent,
    QEventLoop,
    QObject,
    QTimer,
    Slot,
)
from PySide6.QtWidgets import QApplication  # noqa: TID251  # see above

import trayapp.app.wiring
import trayapp.qt.poller
import trayapp.services.keyring.system_vault
from bench.context import KEY
from bench.process_metrics import pss_mb
from trayapp.__main__ import main as start
from trayapp.services.files.config_file import ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.keyring.keychain import MemoryVault
from trayapp.services.messages.events import RefreshFinished
from trayapp.ui.chart.curve import Curve
from trayapp.ui.intents import OpenHistory
from trayapp.ui.window.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.services.messages.events import Event

_WITHIN_MS: Final = 100_000
_LOOK_MS: Final = 5
_HEART_MS: Final = 1


class Watch(QObject):
    """Notes when accounts were answered, widgets painted, and the loop held up."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[float] = []
        self.painted: dict[type, float] = {}
        self._beats: list[float] = []
        self._heart = QTimer(self, interval=_HEART_MS)
        self._heart.timeout.connect(self._beat)

    def start(self) -> None:
        """Have the heart beat, and see what is painted."""
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one
        self._beats[:] = [time.monotonic()]
        self._heart.start()

    def forget(self) -> None:
        """Begin anew."""
        self.answered.clear()
        self.painted.clear()
        self._beats[:] = [time.monotonic()]

    @property
    def stall_ms(self) -> float:
        """The longest time in which the loop came to nothing else."""
        beats = [*self._beats, time.monotonic()]
        return max(after - before for before, after in pairwise(beats)) * 1_000

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Let the program run until something holds."""
        loop, look, late = QEventLoop(), QTimer(interval=_LOOK_MS), QTimer()
        look.timeout.connect(lambda: loop.quit() if condition() else None)
        late.setSingleShot(True)
        late.timeout.connect(lambda: loop.exit(1))
        look.start()
        late.start(_WITHIN_MS)
        if loop.exec() != 0:
            print(f"{what}: not in time", file=sys.stderr, flush=True)
            os._exit(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's
        """Note the first time that each kind of widget was painted."""
        if event.type() == QEvent.Type.Paint:
            self.painted.setdefault(type(watched), time.monotonic())
        return False

    @Slot()
    def _beat(self) -> None:
        self._beats.append(time.monotonic())

    @Slot(object)
    def record(self, event: Event) -> None:
        """Note when a balance came."""
        if isinstance(event, RefreshFinished):
            self.answered.append(time.monotonic())


class Inside:
    """What is taken hold of while the program builds itself."""

    poller: trayapp.qt.poller.Poller
    wiring: trayapp.app.wiring.Wiring

    def __init__(self, story: str) -> None:
        self._story = story
        self.watch = Watch()
        accounts = ConfigFile(Paths.of_user().config).load().config.accounts
        self.ids = [one.id for one in accounts]

    def take_hold(self) -> None:
        """Put ourselves into the program, before it imports what it is made of."""
        inside, run = self, QApplication.exec

        class Poller(trayapp.qt.poller.Poller):
            def __init__(self, *args: Any) -> None:  # noqa: ANN401  # whatever it takes
                super().__init__(*args)
                inside.poller = self
                self.event_emitted.connect(inside.watch.record)

        class Wiring(trayapp.app.wiring.Wiring):
            def __init__(self, *args: Any) -> None:  # noqa: ANN401  # see above
                super().__init__(*args)
                inside.wiring = self

        def execute(_application: QApplication) -> int:
            inside.watch.start()
            QTimer.singleShot(0, inside.story)
            return run()

        trayapp.qt.poller.Poller = Poller  # type: ignore[assignment,misc]  # the point of it
        trayapp.app.wiring.Wiring = Wiring  # type: ignore[assignment,misc]  # see above
        keys = dict.fromkeys(self.ids, KEY)
        trayapp.services.keyring.system_vault.system_vault = lambda: MemoryVault(keys)
        QApplication.exec = execute  # type: ignore[assignment,method-assign]  # see above

    def story(self) -> None:
        """Do what the command line says, print what came of it, and end."""
        story = self.history if self._story == "history" else self.accounts
        found = story()
        print(json.dumps(found), flush=True)
        self.wiring.quit_requested.emit()

    def accounts(self) -> dict[str, float]:
        """Ask all accounts with the window closed, and again with it open."""
        found: dict[str, float] = {}
        self._all_answered()
        found["stall-first"] = self.watch.stall_ms
        found["seconds"] = self._ask_all()
        found["stall-closed"] = self.watch.stall_ms
        found["window"] = self._open_window()
        self._ask_all()
        found["stall-open"] = self.watch.stall_ms
        found["pss"] = pss_mb([os.getpid()])
        return found

    def history(self) -> dict[str, float]:
        """Open the window, and the first account's history with its chart."""
        self._all_answered()
        found = {"window": self._open_window()}
        window = next(
            one for one in QApplication.topLevelWidgets() if isinstance(one, Window)
        )
        self.watch.forget()
        pressed = time.monotonic()
        window.intent.emit(OpenHistory(self.ids[0]))
        self.watch.wait(lambda: Curve in self.watch.painted, "the chart")
        found["history"] = self.watch.painted[Curve] - pressed
        found["stall"] = self.watch.stall_ms
        found["pss"] = pss_mb([os.getpid()])
        return found

    def _ask_all(self) -> float:
        self.watch.forget()
        asked = time.monotonic()
        self.poller.refresh()
        self._all_answered()
        return self.watch.answered[-1] - asked

    def _all_answered(self) -> None:
        answered, count = self.watch.answered, len(self.ids)
        self.watch.wait(lambda: len(answered) >= count, f"{count} answers")

    def _open_window(self) -> float:
        self.watch.forget()
        asked = time.monotonic()
        self.wiring.show_window()
        self.watch.wait(lambda: Window in self.watch.painted, "the window")
        return self.watch.painted[Window] - asked


if __name__ == "__main__":
    inside = Inside(sys.argv.pop())
    inside.take_hold()
    sys.argv.append("--minimized")
    start()
