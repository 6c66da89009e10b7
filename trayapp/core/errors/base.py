"""The base of all errors: its words, when to retry, and which button helps."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import ClassVar

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import mark
from trayapp.core.i18n.plain_text import one_line


class Retry(Enum):
    """When the program sends the next request by itself."""

    SOON = auto()
    """The connection failed: after a minute, then with doubled waits."""
    LATER = auto()
    """The gateway refused or is down: after the usual interval, then with doubled
    waits of up to six hours."""
    DAILY = auto()
    """Once a day, as more requests with the same key may block this computer."""
    KEYRING = auto()
    """Check whether the keyring was unlocked, without a prompt for its password."""


class Remedy(Enum):
    """What helps against an error; `ui/card/remedies.py` gives each its buttons."""

    NONE = auto()
    RETRY = auto()
    ENTER_KEY = auto()
    """The account has no usable key."""
    REPLACE_KEY = auto()
    """The key may be wrong, or the gateway may accept it later."""
    UNLOCK = auto()
    COPY_DETAILS = auto()
    OPEN_WEBSITE = auto()
    """Only the provider can end it: the website says how."""


class BalanceTrayError(Exception):
    """The root of all errors that are shown to a person."""

    id: ClassVar[str] = "error"
    """Stable, for `check --json` and for the log."""
    status: ClassVar[Status] = Status.UNREACHABLE
    retry: ClassVar[Retry] = Retry.SOON
    remedy: ClassVar[Remedy] = Remedy.RETRY
    rejects_key: ClassVar[bool] = False
    """The gateway rejected the key, so the next request reads the keyring again."""
    counts_as_outage: ClassVar[bool] = True
    """Alerts count how long the error lasts as time without a response."""
    title: ClassVar[str] = mark("Something went wrong")
    reason: ClassVar[str] = ""
    advice: ClassVar[str] = ""
    terminal_advice: ClassVar[str] = ""
    """In place of `advice` in a terminal, if that names what only a window has."""
    first_advice: ClassVar[str] = ""
    """What precedes `advice` for an account that never had a balance."""

    def __init__(
        self, *, detail: str = "", retry_after: timedelta | None = None
    ) -> None:
        """Keep `detail`, made safe to show, and the gateway's Retry-After."""
        self.detail = one_line(detail, 300)
        self.retry_after = retry_after
        super().__init__(f"{self.id}: {self.detail}" if self.detail else self.id)

    def as_failure(self) -> "Failure":
        """Give the error as a value, without its traceback and its frames."""
        return Failure(type(self), self.detail, self.retry_after)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a value, which crosses threads and is stored."""

    kind: type[BalanceTrayError]
    detail: str = ""
    retry_after: timedelta | None = None
