"""A log handler that keeps the last warnings and reports each fault."""

import copy
import logging
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trayapp.core.errors import Failure, InternalFault

if TYPE_CHECKING:
    from trayapp.services.log.log_file import Redactor

MAX_ENTRIES: Final = 40
_MAX_ENTRY: Final = 400


class RecentErrors(logging.Handler):
    """A handler that keeps warnings and errors, and reports faults to the window.

    Of a fault it keeps the task that failed, the exception's type and its line. It
    drops the exception's text, which may quote anything; the log file has that.
    """

    def __init__(
        self,
        redactor: "Redactor",
        report: Callable[[Failure], object] | None = None,
    ) -> None:
        """Call `report` with each fault, on the thread that logged it."""
        super().__init__(logging.WARNING)
        self.setFormatter(redactor)
        self._redactor = redactor
        self._report = report
        self._entries: deque[str] = deque(maxlen=MAX_ENTRIES)

    @property
    def entries(self) -> tuple[str, ...]:
        """The last entries without keys, the oldest first."""
        return tuple(self._entries)

    def redact(self, text: str) -> str:
        """Remove the keys that the log knows from a text."""
        return self._redactor.redact(text)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record, and report it if it is a fault."""
        try:
            error = record.exc_info[1] if record.exc_info else None
            self._entries.append(self._entry(record, error))
            if error is not None and record.levelno >= logging.ERROR and self._report:
                self._report(InternalFault(detail=type(error).__name__).as_failure())
        except Exception:  # noqa: BLE001  # logging it here would not end
            self.handleError(record)

    def close(self) -> None:
        """Stop reporting faults."""
        self._report = None
        super().close()

    def _entry(self, record: logging.LogRecord, error: BaseException | None) -> str:
        short_record = copy.copy(record)
        short_record.exc_info = short_record.exc_text = None
        short_record.stack_info = None
        text = self.format(short_record)[:_MAX_ENTRY]
        return text if error is None else f"{text} ({_origin(error)})"


def _origin(error: BaseException) -> str:
    """Return an exception's type and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    lines = (f" at {Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return type(error).__name__ + "".join(lines)
