"""The program restarts itself with its own arguments."""

import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from trayapp.qt.restart import start_successor, successor_arguments


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["-m", "trayapp"], ["-m", "trayapp", "--shown"]),
        (
            ["-X", "utf8", "-m", "trayapp", "--minimized", "--verbose"],
            ["-X", "utf8", "-m", "trayapp", "--verbose", "--shown"],
        ),
        (["/usr/bin/balance-tray", "--shown"], ["/usr/bin/balance-tray", "--shown"]),
    ],
)
def test_the_arguments_stay_and_the_window_is_shown(
    given: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--minimized` goes, because the window has been opened since."""
    monkeypatch.setattr(sys, "orig_argv", ["python3", *given])
    assert successor_arguments() == expected


def test_a_bundle_keeps_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no interpreter's arguments."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "argv", ["/opt/balance-tray", "--verbose"])
    assert successor_arguments() == ["--verbose", "--shown"]


def test_the_successor_starts_or_the_result_is_false(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is a process of its own, with all the arguments."""
    output = tmp_path / "output"
    code = "import os, sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[2:]) + os"
    code += ".environ['PYINSTALLER_RESET_ENVIRONMENT'] + chr(10))"
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-c", code, str(output)])
    assert start_successor()
    deadline = time.monotonic() + 20
    while not (output.exists() and output.read_text().endswith("\n")):
        assert time.monotonic() < deadline
        QThread.msleep(10)
    assert output.read_text() == "--shown1\n"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert not start_successor()
