"""Writes down all that comes onto a desktop's clipboard; or puts something on it.

    python3 tests/support/sessions/clipboard_monitor.py [TEXT]

is started on the desktop, and runs until it is ended.
"""

import signal
import sys

from PySide6.QtGui import QGuiApplication

SEPARATOR = "--- on the clipboard:"


def main() -> None:
    """Watch, or hold a text."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    application = QGuiApplication(sys.argv[:1])
    clipboard = application.clipboard()

    def write_down() -> None:
        print(SEPARATOR, clipboard.text(), flush=True)  # noqa: T201  # its log is read

    clipboard.dataChanged.connect(write_down)
    if sys.argv[1:]:
        clipboard.setText(sys.argv[1])
    else:
        print("watching", flush=True)  # noqa: T201  # whoever started it waits for it
    application.exec()


if __name__ == "__main__":
    main()
