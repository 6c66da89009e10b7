"""The program starts itself as it was started."""

import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from trayapp.qt.restart import arguments, start_anew


@pytest.mark.parametrize(
    ("given", "again"),
    [
        (["-m", "trayapp"], ["-m", "trayapp", "--shown"]),
        (
            ["-X", "utf8", "-m", "trayapp", "--minimized", "--verbose"],
            ["-X", "utf8", "-m", "trayapp", "--verbose", "--shown"],
        ),
        (["/usr/bin/balance-tray", "--shown"], ["/usr/bin/balance-tray", "--shown"]),
    ],
)
def test_with_what_it_was_given_and_its_window(
    given: list[str], again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However Python found it; where it was minimized there is a window by now."""
    monkeypatch.setattr(sys, "orig_argv", ["python3", *given])
    assert arguments() == again


def test_a_bundle_is_its_own_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was given follows its own name."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "argv", ["/opt/balance-tray", "--verbose"])
    assert arguments() == ["--verbose", "--shown"]


def test_it_says_whether_it_could_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With all that it is given, in a process of its own."""
    left = tmp_path / "left"
    code = "import os, sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[2:]) + os"
    code += ".environ['PYINSTALLER_RESET_ENVIRONMENT'] + chr(10))"
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-c", code, str(left)])
    assert start_anew()
    end = time.monotonic() + 20
    while not (left.exists() and left.read_text().endswith("\n")):
        assert time.monotonic() < end
        QThread.msleep(10)
    assert left.read_text() == "--shown1\n"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert not start_anew()
