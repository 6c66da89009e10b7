"""Causes faults that quote the key inside the program, in each place that may fail.

Python imports this module at its start if its folder is on the path. It waits until the
file that BALANCE_TRAY_INTRUDER names exists.
"""

import asyncio
import gc
import logging
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Final

_PAUSE_S: Final = 0.05
_log = logging.getLogger("trayapp.intruder")


class _Unraisable:
    """An object whose finalizer fails."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __del__(self) -> None:
        raise ValueError(self._key)


def _fail(key: str) -> None:
    raise ValueError(key)


async def _fail_later(key: str) -> None:
    await asyncio.sleep(0)
    raise ValueError(key)


def _in_the_loop(key: str) -> None:
    """Fail in a callback, and in a task that no code awaits."""
    loop = asyncio.get_running_loop()
    loop.create_task(_fail_later(key))  # noqa: RUF006  # it must not be awaited
    context = {"message": key, "exception": ValueError(key), "key": key}
    loop.call_exception_handler(context)
    loop.call_soon(_fail, key)


def _in_the_window(key: str) -> None:
    """Fail in a slot, and send messages of Qt."""
    from PySide6.QtCore import (  # noqa: PLC0415  # not before the program does
        QCoreApplication,
        QTimer,
        qCritical,
        qWarning,
    )

    qWarning(key)
    qCritical(key)
    application = QCoreApplication.instance()
    assert application is not None
    QTimer.singleShot(0, application, lambda: _fail(key))


def _of_kind(name: str) -> list[object]:
    return [item for item in gc.get_objects() if type(item).__name__ == name]


def _break_all(key: str) -> None:
    for loop in gc.get_objects():
        if isinstance(loop, asyncio.BaseEventLoop) and loop.is_running():
            loop.call_soon_threadsafe(_in_the_loop, key)
    _in_the_window(key)
    threading.Thread(target=_fail, args=[key], name=key).start()
    _Unraisable(key)
    warnings.warn(key, stacklevel=1)
    logging.getLogger("httpx").warning("sent %s", key)
    logging.getLogger("httpcore").debug("sent %s", key)
    _log.error("%s", {"key": key}, exc_info=ValueError(key), stack_info=True)


def _wait(trigger: Path) -> None:
    while not trigger.exists():
        time.sleep(_PAUSE_S)
    gc.unfreeze()  # the program has frozen its long-lived objects
    for secret in _of_kind("Secret"):
        _break_all(secret.reveal())  # type: ignore[attr-defined]  # selected by its type's name
        break
    trigger.with_suffix(".done").touch()


if trigger := os.environ.get("BALANCE_TRAY_INTRUDER"):
    threading.Thread(target=_wait, args=[Path(trigger)], daemon=True).start()
