"""Starts the program anew, as it was started, once this process is done."""

import sys
from typing import Final

from PySide6.QtCore import QProcess, QProcessEnvironment

RESTART: Final = 75
"""What the program's event loop ends with to be started anew."""
SHOWN: Final = "--shown"
"""Has it come up with its window, where it was before."""
_ONCE: Final = {SHOWN, "--minimized"}


def start_anew() -> bool:
    """Start it; say whether that went well. What this process holds must be let go."""
    process = QProcess()
    process.setProgram(sys.executable)
    process.setArguments(arguments())
    environment = QProcessEnvironment.systemEnvironment()
    # A bundle is to unpack and find its own libraries anew (PyInstaller's manual,
    # "Restarting the application").
    environment.insert("PYINSTALLER_RESET_ENVIRONMENT", "1")
    process.setProcessEnvironment(environment)
    started: object = process.startDetached()  # a bool, other than the stubs say
    return started is True


def arguments() -> list[str]:
    """Give what this process was started with, for its successor."""
    frozen = getattr(sys, "frozen", False)
    given = sys.argv[1:] if frozen else sys.orig_argv[1:]
    return [*(one for one in given if one not in _ONCE), SHOWN]
