"""The last warnings and faults, kept at hand; and word of each fault of ours."""

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

KEPT: Final = 40
_LONGEST: Final = 400


class RecentErrors(logging.Handler):
    """A handler of the log: whatever ends there has one way to a person, too.

    Of a fault it keeps what was being done, the exception's type and the line it came
    from. Not its text, which may quote anything; that is in the log file alone.
    """

    def __init__(
        self, redactor: "Redactor", tell: Callable[[Failure], object] | None = None
    ) -> None:
        """Call `tell` with each fault of ours, on the thread on which it was logged."""
        super().__init__(logging.WARNING)
        self.setFormatter(redactor)
        self._redactor = redactor
        self._tell = tell
        self._entries: deque[str] = deque(maxlen=KEPT)

    @property
    def entries(self) -> tuple[str, ...]:
        """The last ones, the oldest first, without any key."""
        return tuple(self._entries)

    def redact(self, text: str) -> str:
        """Take every key out that the log knows of."""
        return self._redactor.redact(text)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it; a fault in here is none of the program's."""
        try:
            error = record.exc_info[1] if record.exc_info else None
            self._entries.append(self._entry(record, error))
            if error is not None and record.levelno >= logging.ERROR and self._tell:
                self._tell(InternalFault(detail=type(error).__name__).as_failure())
        except Exception:  # noqa: BLE001  # or it would be logged, here, without end
            self.handleError(record)

    def close(self) -> None:
        """Tell nobody any more."""
        self._tell = None
        super().close()

    def _entry(self, record: logging.LogRecord, error: BaseException | None) -> str:
        plain = copy.copy(record)
        plain.exc_info = plain.exc_text = plain.stack_info = None
        said = self.format(plain)[:_LONGEST]
        return said if error is None else f"{said} ({_origin(error)})"


def _origin(error: BaseException) -> str:
    """Name an exception's type and the line that raised it, as a traceback does."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    where = "".join(f" at {Path(one.filename).name}:{one.lineno}" for one in frames)
    return f"{type(error).__name__}{where}"
