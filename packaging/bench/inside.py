"""The program with measurements inside: many accounts, or a long history.

    python packaging/run.py bench.inside accounts | history

It is the whole program with keys in memory: every account of the settings file has
`KEY`. It prints the measurements as JSON, and ends.
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
from trayapp.services.messages.requests import RequestBalances
from trayapp.ui.chart.curve import Curve
from trayapp.ui.intents import OpenHistory
from trayapp.ui.window.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.services.messages.events import Event

_WITHIN_MS: Final = 100_000
_LOOK_MS: Final = 5
_BEAT_MS: Final = 1


class LoopMonitor(QObject):
    """Records when responses come, widgets are painted, and the loop stalls."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[float] = []
        self.painted: dict[type, float] = {}
        self._beats: list[float] = []
        self._timer = QTimer(self, interval=_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Start to record."""
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one
        self._beats[:] = [time.monotonic()]
        self._timer.start()

    def reset(self) -> None:
        """Forget what was recorded."""
        self.answered.clear()
        self.painted.clear()
        self._beats[:] = [time.monotonic()]

    @property
    def stall_ms(self) -> float:
        """The longest time between two turns of the loop."""
        beats = [*self._beats, time.monotonic()]
        return max(after - before for before, after in pairwise(beats)) * 1_000

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Run the program until a condition is true; end the process if it is late."""
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
        """Record the first paint of each class of widget."""
        if event.type() == QEvent.Type.Paint:
            self.painted.setdefault(type(watched), time.monotonic())
        return False

    @Slot()
    def _beat(self) -> None:
        self._beats.append(time.monotonic())

    @Slot(object)
    def record(self, event: Event) -> None:
        """Record the moment of a response."""
        if isinstance(event, RefreshFinished):
            self.answered.append(time.monotonic())


class InstrumentedProgram:
    """The program's own objects, and the measurements that use them."""

    poller: trayapp.qt.poller.Poller
    wiring: trayapp.app.wiring.Wiring

    def __init__(self, measurement: str) -> None:
        self._measurement = measurement
        self.loop = LoopMonitor()
        accounts = ConfigFile(Paths.of_user().config).load().config.accounts
        self.ids = [one.id for one in accounts]

    def instrument(self) -> None:
        """Replace classes of the program before it imports them."""
        inside, run = self, QApplication.exec

        class InstrumentedPoller(trayapp.qt.poller.Poller):
            def __init__(self, *args: Any) -> None:  # noqa: ANN401  # passed on
                super().__init__(*args)
                inside.poller = self
                self.event_emitted.connect(inside.loop.record)

        class InstrumentedWiring(trayapp.app.wiring.Wiring):
            def __init__(self, *args: Any) -> None:  # noqa: ANN401  # see above
                super().__init__(*args)
                inside.wiring = self

        def execute(_application: QApplication) -> int:
            inside.loop.start()
            QTimer.singleShot(0, inside.measure)
            return run()

        trayapp.qt.poller.Poller = InstrumentedPoller  # type: ignore[assignment,misc]  # to instrument
        trayapp.app.wiring.Wiring = InstrumentedWiring  # type: ignore[assignment,misc]  # see above
        keys = dict.fromkeys(self.ids, KEY)
        trayapp.services.keyring.system_vault.system_vault = lambda: MemoryVault(keys)
        QApplication.exec = execute  # type: ignore[assignment,method-assign]  # see above

    def measure(self) -> None:
        """Measure as the command line says, print the result, and end."""
        measurement = self.history if self._measurement == "history" else self.accounts
        found = measurement()
        print(json.dumps(found), flush=True)
        self.wiring.quit_requested.emit()

    def accounts(self) -> dict[str, float]:
        """Refresh all accounts with the window closed, and again with it open."""
        found: dict[str, float] = {}
        self._all_answered()
        found["stall-first"] = self.loop.stall_ms
        found["seconds"] = self._refresh_all()
        found["stall-closed"] = self.loop.stall_ms
        found["window"] = self._open_window()
        self._refresh_all()
        found["stall-open"] = self.loop.stall_ms
        found["pss"] = pss_mb([os.getpid()])
        return found

    def history(self) -> dict[str, float]:
        """Open the window, and the history of the first account with its chart."""
        self._all_answered()
        found = {"window": self._open_window()}
        window = next(
            one for one in QApplication.topLevelWidgets() if isinstance(one, Window)
        )
        self.loop.reset()
        pressed = time.monotonic()
        window.intent.emit(OpenHistory(self.ids[0]))
        self.loop.wait(lambda: Curve in self.loop.painted, "the chart")
        found["history"] = self.loop.painted[Curve] - pressed
        found["stall"] = self.loop.stall_ms
        found["pss"] = pss_mb([os.getpid()])
        return found

    def _refresh_all(self) -> float:
        self.loop.reset()
        before = time.monotonic()
        self.poller.post(RequestBalances())
        self._all_answered()
        return self.loop.answered[-1] - before

    def _all_answered(self) -> None:
        answered, count = self.loop.answered, len(self.ids)
        self.loop.wait(lambda: len(answered) >= count, f"{count} answers")

    def _open_window(self) -> float:
        self.loop.reset()
        before = time.monotonic()
        self.wiring.show_window()
        self.loop.wait(lambda: Window in self.loop.painted, "the window")
        return self.loop.painted[Window] - before


if __name__ == "__main__":
    inside = InstrumentedProgram(sys.argv.pop())
    inside.instrument()
    sys.argv.append("--minimized")
    start()
