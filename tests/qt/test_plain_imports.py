"""What is imported after PySide is imported by Python alone."""

import subprocess
import sys
from pathlib import Path

TOLD = """
import builtins, linecache, sys
import PySide6.QtWidgets
from trayapp.qt.plain_imports import import_plainly
assert builtins.__import__ is not builtins.__orig_import__, "PySide has changed"
import_plainly()
import_plainly()
read = len(linecache.cache)
import wave
import PySide6.QtSvg
from PySide6.QtCore import QObject, Signal
class One(QObject):
    said = Signal(str)
heard = []
one = One()
one.said.connect(heard.append)
one.said.emit("still works")
print(len(linecache.cache) - read, one.objectName.__name__, *heard)
"""


def test_no_source_is_read_any_more_and_pyside_works(tmp_path: Path) -> None:
    """A line for each of the hundreds of modules' lines would stay in memory."""
    done = subprocess.run(
        [sys.executable, "-c", TOLD],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.stdout == "0 objectName still works\n"


def test_without_pyside_there_is_nothing_to_undo() -> None:
    """The commands without a window never import it."""
    told = (
        "import builtins\n"
        "from trayapp.qt.plain_imports import import_plainly\n"
        "own = builtins.__import__\n"
        "import_plainly()\n"
        "print(builtins.__import__ is own)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], check=True, capture_output=True, text=True
    )
    assert done.stdout == "True\n"
