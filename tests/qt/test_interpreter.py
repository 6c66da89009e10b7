"""The garbage collector ignores long-lived objects, and imports are Python's own."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trayapp.qt.interpreter import (
    freeze_long_lived_objects,
    pause_garbage_collection,
    return_free_memory,
)

IMPORTS = """
import builtins, linecache, sys
import PySide6.QtWidgets
from trayapp.qt.interpreter import restore_import
assert builtins.__import__ is not builtins.__orig_import__, "PySide has changed"
restore_import()
restore_import()
read = len(linecache.cache)
import wave
import PySide6.QtSvg
from PySide6.QtCore import QObject, Signal
class Sender(QObject):
    sent = Signal(str)
received = []
sender = Sender()
sender.sent.connect(received.append)
sender.sent.emit("still works")
print(len(linecache.cache) - read, sender.objectName.__name__, *received)
"""


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_garbage_collection_pauses_until_the_start_is_over() -> None:
    """Freezing the long-lived objects turns it on again."""
    pause_garbage_collection()
    assert not gc.isenabled()
    freeze_long_lived_objects()
    assert gc.isenabled()


def test_existing_objects_are_not_examined_again() -> None:
    """The objects of thousands of modules are frozen."""
    gc.unfreeze()
    freeze_long_lived_objects()
    assert gc.get_freeze_count() > 10_000


def test_a_frozen_object_that_became_garbage_is_collected_at_the_next_call() -> None:
    """Freezing keeps no object for ever."""

    class SelfReference:
        """An object that refers to itself."""

        def __init__(self, gone: list[str]) -> None:
            self.me, self.gone = self, gone

        def __del__(self) -> None:
            self.gone.append("gone")

    gone: list[str] = []
    node = SelfReference(gone)
    freeze_long_lived_objects()
    del node
    assert gone == []
    freeze_long_lived_objects()
    assert gone == ["gone"]


def test_imports_read_no_source_and_pyside_works(tmp_path: Path) -> None:
    """The lines of hundreds of modules would stay in memory."""
    process = subprocess.run(
        [sys.executable, "-c", IMPORTS],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout == "0 objectName still works\n"


def test_without_pyside_the_import_stays_as_it_is() -> None:
    """The commands without a window never import PySide6."""
    code = (
        "import builtins\n"
        "from trayapp.qt.interpreter import restore_import\n"
        "own = builtins.__import__\n"
        "restore_import()\n"
        "print(builtins.__import__ is own)\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert process.stdout == "True\n"


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone has the function")
def test_memory_that_was_freed_between_objects_returns_to_the_system() -> None:
    """Without that, the imports' temporary memory stays with the program for ever."""
    kept = [bytes(1_000) for _ in range(40_000)]
    # Every second one stays, so that no block at the end is free by itself.
    del kept[::2]
    kept_last = bytes(100_000)
    before = _resident_kb()
    del kept
    return_free_memory()
    assert before - _resident_kb() > 15_000
    assert len(kept_last) == 100_000


def _resident_kb() -> int:
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])
