"""Sends every fault that nobody caught to the log: Python's, threads' and Qt's."""

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def catch_faults() -> None:
    """Install the hooks; an exception in a slot would otherwise go to stderr alone."""
    sys.excepthook = _log_exception
    threading.excepthook = _log_thread_exception
    sys.unraisablehook = _log_unraisable
    qInstallMessageHandler(_log_qt_message)


def release_faults() -> None:
    """Take Qt's hook away again: Qt may speak while it is being taken down."""
    qInstallMessageHandler(None)


def _log_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    _log.critical("a fault nobody caught", exc_info=(kind, error, trace))


def _log_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def _log_qt_message(kind: QtMsgType, _: QMessageLogContext, message: str) -> None:
    """Log what Qt says; called on any thread, so it calls nothing of Qt itself."""
    _log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
