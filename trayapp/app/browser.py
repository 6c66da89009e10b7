"""Opens a web page in the person's own browser."""

import os
import sys
from typing import Final

from PySide6.QtCore import QProcess, QProcessEnvironment, QUrl
from PySide6.QtGui import QDesktopServices

from trayapp.core.base_url import base_url_problem

_LIBRARIES: Final = "LD_LIBRARY_PATH"


def open_in_browser(url: str) -> None:
    """Open an `https` page or one on loopback; ignore any other address.

    A child of the bundled program inherits its library path, and a browser fails with
    the bundle's libraries. So on Linux the browser gets a clean library path.
    """
    if base_url_problem(url) is not None:
        return
    if sys.platform in {"win32", "darwin"} or not _started(url):
        QDesktopServices.openUrl(QUrl(url))


def _started(url: str) -> bool:
    process = QProcess()
    process.setProgram("xdg-open")
    process.setArguments([url])
    environment = QProcessEnvironment.systemEnvironment()
    if getattr(sys, "frozen", False):
        # PyInstaller keeps what was there before under a name of its own.
        environment.remove(_LIBRARIES)
        if before := os.environ.get(f"{_LIBRARIES}_ORIG"):
            environment.insert(_LIBRARIES, before)
    process.setProcessEnvironment(environment)
    # PySide6's stub promises a pair, and 6.11 gives the first of it alone.
    result: object = process.startDetached()
    return result is True or (isinstance(result, tuple) and result[0] is True)
