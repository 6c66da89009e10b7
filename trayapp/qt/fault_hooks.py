"""Logs each uncaught exception, of threads too, and Qt's messages."""

import contextlib
import logging
import sys
import threading
from collections.abc import Iterable
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

_log = logging.getLogger(__name__)
_inside = threading.local()
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class FaultHooks(QObject):
    """Reports faults of the program to the GUI thread; use a queued connection.

    Signals:
        occurred (Failure): emitted on the thread that logged the fault
    """

    occurred = Signal(object)


def catch_faults(earlier: Iterable[tuple[QtMsgType, str]] = ()) -> None:
    """Install the hooks; without them an exception in a slot only goes to stderr.

    Logs the `earlier` messages of Qt.
    """
    sys.excepthook = _log_exception
    threading.excepthook = _log_thread_exception
    sys.unraisablehook = _log_unraisable
    qInstallMessageHandler(_log_qt_message)
    for kind, message in earlier:
        _log_qt_text(kind, message)


def release_faults() -> None:
    """Remove Qt's hook, because Qt may send messages while it is destroyed."""
    qInstallMessageHandler(None)


def _log_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    _log_safely(
        logging.CRITICAL, "an exception was not caught", exc_info=(kind, error, trace)
    )


def _log_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def _log_qt_message(kind: QtMsgType, _: QMessageLogContext, message: str) -> None:
    """Log a message of Qt; called on any thread, so it must not call Qt."""
    _log_qt_text(kind, message)


def _log_qt_text(kind: QtMsgType, text: str) -> None:
    _log_safely(_LEVELS.get(kind, logging.WARNING), f"Qt: {text}")


def _log_safely(level: int, message: str, exc_info: _ExcInfo | None = None) -> None:
    """Log, and suppress faults of logging itself.

    A log handler may fail. It may also make Qt send a message, which calls this again.
    """
    if getattr(_inside, "hook", False):
        return
    _inside.hook = True
    with contextlib.suppress(Exception):
        _log.log(level, "%s", message, exc_info=exc_info)
    _inside.hook = False
