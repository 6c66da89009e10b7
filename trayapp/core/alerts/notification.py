"""Native notifications as values: text, urgency and buttons."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from trayapp.core.alerts.decision import Alert


class Urgency(IntEnum):
    """As the desktop notifications specification numbers it."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2


class NotificationButton(StrEnum):
    """A button of a notification."""

    DEFAULT = "default"
    """A click on the notification itself; the specification gives it this name."""
    OPEN = "open"
    TOP_UP = "top-up"
    ENTER_KEY = "enter-key"
    SNOOZE = "snooze"
    """For 8 hours, as its label says."""


@dataclass(frozen=True, slots=True)
class NotificationImage:
    """The square picture beside a notification's text, as pixels.

    Some servers read neither our icon theme nor every file format; all show pixels.
    """

    size: int
    rgba: bytes = field(repr=False)
    """Four bytes a pixel, row by row from the top, not premultiplied."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification."""

    topic: str
    """A newer notification on the same topic replaces the older one on the screen."""
    account_id: str
    """The account that its buttons act on: of several, the gravest alert's."""
    title: str
    body: str
    """Plain text, a line for each account. The sink escapes it for a server that reads
    markup."""
    urgency: Urgency
    buttons: tuple[tuple[NotificationButton, str], ...]
    alerts: tuple[Alert, ...] = ()
    """The alerts in it, to be sent later if nothing shows the notification now."""
