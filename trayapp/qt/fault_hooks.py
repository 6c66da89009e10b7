"""Sends every fault that nobody caught to the log: Python's, threads' and Qt's."""

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
    """Brings word of a fault of ours to the GUI thread; connect it queued.

    Signals:
        occurred (Failure): on whichever thread it was logged.
    """

    occurred = Signal(object)


def catch_faults(said: Iterable[tuple[QtMsgType, str]] = ()) -> None:
    """Install the hooks; an exception in a slot would otherwise go to stderr alone.

    What Qt `said` before is logged now.
    """
    sys.excepthook = _log_exception
    threading.excepthook = _log_thread_exception
    sys.unraisablehook = _log_unraisable
    qInstallMessageHandler(_log_qt_message)
    for kind, words in said:
        _log_words_of_qt(kind, words)


def release_faults() -> None:
    """Take Qt's hook away again: Qt may speak while it is being taken down."""
    qInstallMessageHandler(None)


def _log_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    _say(logging.CRITICAL, "a fault nobody caught", exc_info=(kind, error, trace))


def _log_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def _log_qt_message(kind: QtMsgType, _: QMessageLogContext, message: str) -> None:
    """Log what Qt says; called on any thread, so it calls nothing of Qt itself."""
    _log_words_of_qt(kind, message)


def _log_words_of_qt(kind: QtMsgType, words: str) -> None:
    _say(_LEVELS.get(kind, logging.WARNING), f"Qt: {words}")


def _say(level: int, message: str, exc_info: _ExcInfo | None = None) -> None:
    """Log, and let no fault in that become another: there is nobody left to tell.

    A handler of the log may fail, and may make Qt speak, which comes back here.
    """
    if getattr(_inside, "hook", False):
        return
    _inside.hook = True
    with contextlib.suppress(Exception):
        _log.log(level, "%s", message, exc_info=exc_info)
    _inside.hook = False
