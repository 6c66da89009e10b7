"""Keeps a fault of ours in one thing from ending what is done beside it."""

import logging
from types import TracebackType

_log = logging.getLogger(__name__)


class log_faults:  # noqa: N801  # reads as contextlib's own: with log_faults("…")
    """Log whatever is raised in the `with`, where `doing` says what failed; go on.

    For the paths of single accounts: a person is told of what was logged, and the
    other accounts are asked all the same.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing

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
        _log.error("%s failed", self._doing, exc_info=error)
        return True
