"""A context manager that logs a fault, so that the code after it goes on."""

import logging
from types import TracebackType

_log = logging.getLogger(__name__)


class log_faults:  # noqa: N801  # named like those of contextlib
    """Log an exception of the `with` block and suppress it.

    `task` names what failed, as in "saving the plan". Use it for the work of single
    accounts: the program shows the logged fault, and polls the other accounts.
    """

    def __init__(self, task: str) -> None:
        self._task = task

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        _log.error("%s failed", self._task, exc_info=error)
        return True
