"""Faults that nobody caught are in the log: Python's, the threads' and Qt's."""

import json
import subprocess
import sys

import pytest

FRAME = """
import json, logging, sys, threading
from PySide6.QtCore import (
    QCoreApplication, QTimer, qCritical, qDebug, qInfo, qWarning,
)
from trayapp.qt.faults import catch_faults, release_faults

class Printer(logging.Handler):
    def emit(self, record):
        kind = record.exc_info[0].__name__ if record.exc_info else None
        said = [record.levelname, record.getMessage(), kind]
        print(json.dumps(said), flush=True)

def burst(*_):
    raise ZeroDivisionError("on purpose")

logging.basicConfig(level=logging.DEBUG, handlers=[Printer()])
catch_faults()
"""
UNCAUGHT = "a fault nobody caught"
IN_SLOT = """
application = QCoreApplication([])
QTimer.singleShot(0, burst)
QTimer.singleShot(0, application.quit)
application.exec()
"""
IN_THREAD = "thread = threading.Thread(target=burst); thread.start(); thread.join()"
IN_FINALIZER = """
class Short:
    __del__ = burst
Short()
"""
AFTER_RELEASE = """
release_faults()
qWarning("said elsewhere")
"""
CASES: dict[str, tuple[str, list[object]]] = {
    "at the top": ("burst()", ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a slot": (IN_SLOT, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a thread": (IN_THREAD, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "in a finalizer": (IN_FINALIZER, ["CRITICAL", UNCAUGHT, "ZeroDivisionError"]),
    "Qt's debugging": ("qDebug('hm')", ["DEBUG", "Qt: hm", None]),
    "Qt's information": ("qInfo('so')", ["INFO", "Qt: so", None]),
    "Qt's warning": ("qWarning('oh')", ["WARNING", "Qt: oh", None]),
    "Qt's error": ("qCritical('no')", ["ERROR", "Qt: no", None]),
}


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run some code in a program that logs faults to standard output."""
    return subprocess.run(
        [sys.executable, "-c", FRAME + code],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("code", "record"), CASES.values(), ids=CASES)
def test_each_fault_is_one_record(code: str, record: list[object]) -> None:
    """Neither lost, nor told twice, nor printed beside the log."""
    done = run(code)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [record]
    assert done.stderr == ""


def test_after_the_release_qt_speaks_to_the_terminal_again() -> None:
    """It may speak while it is taken down, when Python's log is gone."""
    done = run(AFTER_RELEASE)
    assert done.stdout == ""
    assert "said elsewhere" in done.stderr
