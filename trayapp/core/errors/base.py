"""What every failure has: its words, when to ask again, and which button helps."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import ClassVar

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import mark
from trayapp.core.i18n.plain_text import one_line


class Retry(Enum):
    """When it makes sense to ask again by itself."""

    SOON = auto()
    """The way there failed: from a minute on, ever more slowly."""
    LATER = auto()
    """The gateway said no or not now: not before the usual interval."""
    DAILY = auto()
    """Asking again with the same key may get this computer blocked: once a day."""
    KEYRING = auto()
    """Look whether the keyring opened meanwhile, without asking for its password."""


class Remedy(Enum):
    """The button that goes with an error."""

    RETRY = auto()
    ENTER_KEY = auto()
    UNLOCK = auto()
    COPY_DETAILS = auto()
    NONE = auto()


class BalanceTrayError(Exception):
    """The root: something that a person is told in their own words."""

    id: ClassVar[str] = "error"
    """Stable, for `check --json` and for the log."""
    status: ClassVar[Status] = Status.UNREACHABLE
    retry: ClassVar[Retry] = Retry.SOON
    remedy: ClassVar[Remedy] = Remedy.RETRY
    title: ClassVar[str] = mark("Something went wrong")
    reason: ClassVar[str] = ""
    advice: ClassVar[str] = ""

    def __init__(
        self, *, detail: str = "", retry_after: timedelta | None = None
    ) -> None:
        """Keep `detail` made safe to show, and how long the gateway asked to wait."""
        self.detail = one_line(detail, 300)
        self.retry_after = retry_after
        super().__init__(f"{self.id}: {self.detail}" if self.detail else self.id)

    def as_failure(self) -> "Failure":
        """Give this as a value, without the traceback and what its frames hold."""
        return Failure(type(self), self.detail, self.retry_after)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a value: what crosses threads and is remembered."""

    kind: type[BalanceTrayError]
    detail: str = ""
    retry_after: timedelta | None = None
