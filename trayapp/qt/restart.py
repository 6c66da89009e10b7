"""Restarts the program with its own arguments, when this process ends."""

import sys
from typing import Final

from PySide6.QtCore import QProcess, QProcessEnvironment

RESTART: Final = 75
"""The event loop's exit code that asks for a restart."""
SHOWN: Final = "--shown"
"""The argument that opens the window at its last place."""
_DROPPED: Final = {SHOWN, "--minimized"}


def start_successor() -> bool:
    """Start the program again; return whether it started.

    First release all that the new process needs, such as the profile's lock.
    """
    process = QProcess()
    process.setProgram(sys.executable)
    process.setArguments(successor_arguments())
    environment = QProcessEnvironment.systemEnvironment()
    # The bundle must unpack again and find its own libraries (PyInstaller's manual,
    # "Restarting the application").
    environment.insert("PYINSTALLER_RESET_ENVIRONMENT", "1")
    process.setProcessEnvironment(environment)
    started: object = process.startDetached()  # a bool, unlike the stub
    return started is True


def successor_arguments() -> list[str]:
    """Return the arguments of this process, for its successor."""
    frozen = getattr(sys, "frozen", False)
    given = sys.argv[1:] if frozen else sys.orig_argv[1:]
    return [*(argument for argument in given if argument not in _DROPPED), SHOWN]
