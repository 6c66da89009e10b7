"""Uncaught exceptions, of threads too, and Qt's messages are logged."""

import json
import subprocess
import sys

import pytest

from tally import FAULTS, Tally

KEY = "made-up-key-0123456789"
FRAME = """
import asyncio, gc, json, logging, sys, threading
from PySide6.QtCore import (
    QCoreApplication, QEvent, QObject, QRunnable, Qt, QThread, QThreadPool, QTimer,
    Signal, Slot, qCritical, qDebug, qInfo, qWarning,
)
from PySide6.QtWidgets import QApplication, QWidget
from trayapp.core.secret import Secret
from trayapp.qt.fault_hooks import FaultHooks, catch_faults, release_faults
from trayapp.qt.loop import Loop, RequestQueue
from trayapp.services.log.log_file import Redactor
from trayapp.services.log.recent import RecentErrors

redactor = Redactor()
redactor.add_key(Secret("{key}"))

class Printer(logging.Handler):
    def emit(self, record):
        kind = record.exc_info[0].__name__ if record.exc_info else None
        print(json.dumps([record.levelname, record.getMessage(), kind]), flush=True)
        if "{key}" in self.format(record):
            print("the key is in the entry", flush=True)

def fail(*_):
    raise ZeroDivisionError("{key}")

def spin(milliseconds=100):
    QTimer.singleShot(milliseconds, application.quit)
    application.exec()

printer = Printer()
printer.setFormatter(redactor)
logging.basicConfig(level=logging.DEBUG, handlers=[printer])
logging.getLogger("asyncio").setLevel(logging.WARNING)
catch_faults()
""".replace("{key}", KEY)
UNCAUGHT = "an exception was not caught"
IN_SLOT = """
application = QCoreApplication([])
QTimer.singleShot(0, fail)
spin()
"""
IN_SIGNAL = """
class Bell(QObject):
    rung = Signal()

    @Slot()
    def hear(self):
        fail()

application = QCoreApplication([])
bell = Bell()
bell.rung.connect(bell.hear)
bell.rung.emit()
"""
IN_OVERRIDE = """
class Broken(QWidget):
    def {method}(self, *_):
        self.{method} = None
        if not seen:
            seen.append(1)
            fail()
        return False

seen = []
application = QApplication([])
application.setQuitOnLastWindowClosed(False)
broken = Broken()
broken.resize(100, 100)
other = QWidget()
other.installEventFilter(broken)
broken.show()
broken.startTimer(1)
QTimer.singleShot(20, broken.close)
QCoreApplication.postEvent(other, QEvent(QEvent.Type.User))
spin()
"""
IN_QTHREAD = """
class Broken(QThread):
    def run(self):
        fail()

application = QCoreApplication([])
thread = Broken()
thread.start()
thread.wait()
"""
IN_POOL = """
class Broken(QRunnable):
    def run(self):
        fail()

application = QCoreApplication([])
QThreadPool.globalInstance().start(Broken())
QThreadPool.globalInstance().waitForDone()
"""
IN_THREAD = "thread = threading.Thread(target=fail); thread.start(); thread.join()"
IN_FINALIZER = """
class Short:
    __del__ = fail
Short()
"""
ON_LOOP = """
class Idle:
    heartbeats = 0

    async def run(self):
        await asyncio.Event().wait()

    async def handle(self, request):
        handle_request()

def {how}

requests = RequestQueue()
done = threading.Event()
loop = Loop(lambda _: Idle(), requests, on_loss=print)
requests.add("a request")
loop.start()
assert done.wait(10)
loop.end()
loop.wait()
assert loop.fault is None
"""
IN_TASK = """handle_request():
    async def stray():
        raise ZeroDivisionError("{key}")

    def collect():
        gc.collect()
        done.set()

    asyncio.get_running_loop().create_task(stray())
    asyncio.get_running_loop().call_later(0.05, collect)
""".replace("{key}", KEY)
IN_CALLBACK = """handle_request():
    asyncio.get_running_loop().call_soon(fail)
    asyncio.get_running_loop().call_later(0.05, done.set)
"""
IN_FUTURE = """handle_request():
    future = asyncio.get_running_loop().create_future()
    future.set_result("{key}")
    future.add_done_callback(fail)
    asyncio.get_running_loop().call_later(0.05, done.set)
""".replace("{key}", KEY)
FROM_THREAD = """
application = QCoreApplication([])
thread = threading.Thread(target=qWarning, args=("oh",)); thread.start(); thread.join()
"""
AFTER_RELEASE = """
release_faults()
qWarning("sent elsewhere")
"""
CASES: dict[str, tuple[str, list[object]]] = {
    "at the top": ("fail()", ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a slot": (IN_SLOT, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a connected slot": (IN_SIGNAL, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    **{
        f"in {method}": (
            IN_OVERRIDE.format(method=method),
            ["CRITICAL", UNCAUGHT, "ZeroDivisionError"],
        )
        for method in (
            "paintEvent",
            "timerEvent",
            "closeEvent",
            "showEvent",
            "resizeEvent",
            "eventFilter",
            "event",
        )
    },
    "in a QThread": (IN_QTHREAD, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a thread pool": (IN_POOL, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a thread": (IN_THREAD, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a finalizer": (IN_FINALIZER, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a task": (
        ON_LOOP.format(how=IN_TASK),
        [
            "ERROR",
            f"{UNCAUGHT}: Task exception was never retrieved",
            "ZeroDivisionError",
        ],
    ),
    **{
        name: (
            ON_LOOP.format(how=how),
            [
                "ERROR",
                f"{UNCAUGHT}: Exception in callback {callback}",
                "ZeroDivisionError",
            ],
        )
        for name, how, callback in (
            ("in a callback", IN_CALLBACK, "fail"),
            ("of a future", IN_FUTURE, "fail"),
        )
    },
    "Qt's debugging": ("qDebug('hm')", ["DEBUG", "Qt: hm", None]),
    "Qt's information": ("qInfo('so')", ["INFO", "Qt: so", None]),
    "Qt's warning": ("qWarning('oh')", ["WARNING", "Qt: oh", None]),
    "Qt's error": ("qCritical('no')", ["ERROR", "Qt: no", None]),
    "Qt's, elsewhere": (FROM_THREAD, ["WARNING", "Qt: oh", None]),
}


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a program that logs faults to standard output."""
    return subprocess.run(
        [sys.executable, "-c", FRAME + code],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("code", "record"), CASES.values(), ids=CASES)
def test_each_fault_is_one_record(
    code: str, record: list[object], tally: Tally
) -> None:
    """It is not lost, repeated or printed beside the log, and has no key."""
    process = run(code)
    assert [json.loads(line) for line in process.stdout.splitlines()] == [record]
    # PySide's own message there names only a method.
    assert KEY not in process.stderr
    assert "Traceback" not in process.stderr
    tally.add(FAULTS)


def test_after_the_release_qts_messages_go_to_standard_error() -> None:
    """Qt may send messages while it is destroyed, when Python's log is gone."""
    process = run(AFTER_RELEASE)
    assert process.stdout == ""
    assert "sent elsewhere" in process.stderr


FULL = """
import tempfile
from pathlib import Path
from trayapp.services.log.log_file import start_log
root = logging.getLogger()
root.handlers.clear()
folder = tempfile.TemporaryDirectory()
start_log(Path(folder.name, "log"), verbose=False)
root.handlers[0].stream.close()
root.handlers[0].stream = open("/dev/full", "a")
for _ in range(3):
    QTimer.singleShot(0, fail)
application = QCoreApplication([])
spin()
print("lives")
"""
BROKEN_HANDLER = """
class Broken(logging.Handler):
    def handle(self, record):
        qWarning("the handler speaks")
        raise OSError("the handler fails")

logging.getLogger().addHandler(Broken())
application = QCoreApplication([])
QTimer.singleShot(0, fail)
qWarning("said")
thread = threading.Thread(target=fail); thread.start(); thread.join()
spin()
print("lives")
"""
REPORTING = """
application = QCoreApplication([])
faults = FaultHooks()
recent = RecentErrors(redactor, faults.occurred.emit)
logging.getLogger().addHandler(recent)

class Window(QObject):
    @Slot(object)
    def hear(self, failure):
        same = QThread.currentThread() is application.thread()
        print(failure.kind.id, failure.detail, same, flush=True)

window = Window()
faults.occurred.connect(window.hear, Qt.ConnectionType.QueuedConnection)
printer.setLevel(logging.CRITICAL + 1)
thread = threading.Thread(target=fail); thread.start(); thread.join()
spin()
recent.close()
fail()
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no file that is always full"
)
def test_a_full_disk_does_not_end_the_program(tally: Tally) -> None:
    """The entry is lost, and nothing is printed."""
    process = run(FULL)
    assert (process.stdout, process.stderr) == ("lives\n", "")
    tally.add(FAULTS, 3)


def test_a_fault_in_a_log_handler_is_suppressed(tally: Tally) -> None:
    """It is not logged, which would not end; the other faults are logged once."""
    process = run(BROKEN_HANDLER)
    # Qt itself does not pass a message within a message to its handler.
    assert process.stderr == "the handler speaks\n"
    *entries, end = process.stdout.splitlines()
    assert [json.loads(entry)[1] for entry in entries] == [
        "Qt: said",
        UNCAUGHT,
        UNCAUGHT,
    ]
    assert end == "lives"
    tally.add(FAULTS, 3)


def test_a_fault_is_reported_on_the_gui_thread_until_close(tally: Tally) -> None:
    """It may happen on any thread; after `close` nothing is reported."""
    process = run(REPORTING)
    assert process.stdout == "internal-fault ZeroDivisionError True\n"
    assert process.stderr == ""
    tally.add(FAULTS, 2)
