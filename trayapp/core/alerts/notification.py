"""Native notifications as values: what they say, how urgent, with which buttons."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.words import body, headline, line, urgent
from trayapp.core.i18n.language import Language
from trayapp.core.settings import AlertKind

_MOST_LINES: Final = 5
"""Of a notification about several accounts; desktops cut longer ones off."""
_GRAVEST_FIRST: Final = (
    AlertKind.EMPTY,
    AlertKind.DRAIN,
    AlertKind.REJECTED,
    AlertKind.LOW,
    AlertKind.LOW_DAYS,
    AlertKind.UNREACHABLE,
    AlertKind.TOPPED_UP,
)
_TOPICS: Final = {
    AlertKind.REJECTED: "key",
    AlertKind.DRAIN: "drain",
    AlertKind.UNREACHABLE: "reach",
}
"""All others are about the balance: a top-up takes the low balance off the screen."""


class Urgency(IntEnum):
    """As the desktop notifications specification numbers it."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2


class NotificationButton(StrEnum):
    """What a person can answer to a notification."""

    DEFAULT = "default"
    """Clicking the notification itself, by the specification's name for it."""
    OPEN = "open"
    TOP_UP = "top-up"
    ENTER_KEY = "enter-key"
    SNOOZE = "snooze"
    """For 8 hours, as its label says."""


@dataclass(frozen=True, slots=True)
class NotificationImage:
    """The square picture beside a notification's words, as pixels.

    Servers that can't read every file's format, or no theme of ours, show pixels.
    """

    size: int
    rgba: bytes = field(repr=False)
    """Four bytes a pixel, row by row from the top, not premultiplied."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification."""

    topic: str
    """A newer one on the same topic replaces the older one on the screen."""
    account_id: str
    """Which account its buttons mean; of several, the gravest one."""
    title: str
    body: str
    """Plain text, a line for each account: whoever shows it escapes it where the
    server takes markup."""
    urgency: Urgency
    buttons: tuple[tuple[NotificationButton, str], ...]
    alerts: tuple[Alert, ...] = ()
    """What it tells, to be told later if nothing shows it now."""


def sample_notification(language: Language) -> Notification:
    """Say that notifications work, when a person tries that out."""
    return Notification(
        topic="trial",
        account_id="",
        title=language.gettext("This is how Balance Tray tells you"),
        body=language.gettext(
            "Notifications work. Low balances, rejected keys and the like come so."
        ),
        urgency=Urgency.NORMAL,
        buttons=_buttons((), language),
    )


def notification_about(
    alerts: Alert | Sequence[Alert], language: Language
) -> Notification:
    """Say what is to be told in one notification, the gravest first.

    One alert, or several of one account, read as that account's; of several accounts
    each has a line.
    """
    given = [alerts] if isinstance(alerts, Alert) else alerts
    ordered = sorted(given, key=lambda one: _GRAVEST_FIRST.index(one.kind))
    gravest = ordered[0]
    names = list(dict.fromkeys(one.account.id for one in ordered))
    if len(names) == 1:
        bodies = (body(one, language) for one in ordered)
        said = replace(_single(gravest, language), body="\n".join(bodies))
        return replace(said, alerts=tuple(ordered))
    lines = [line(one, language) for one in ordered[:_MOST_LINES]]
    more = len(ordered) - len(lines)
    if more:
        # Translators: notifications that are not listed.
        words = language.ngettext("and {n} more", "and {n} more", more)
        lines.append(words.format(n=more))
    return Notification(
        # What was said of other accounts stays on the screen.
        topic="/".join(["several", *sorted(names)]),
        account_id=gravest.account.id,
        title=_title_of_several(ordered, len(names), language),
        body="\n".join(lines),
        urgency=_urgency(gravest),
        buttons=_buttons((), language),
        alerts=tuple(ordered),
    )


def _single(alert: Alert, language: Language) -> Notification:
    translate, account = language.gettext, alert.account
    own: tuple[tuple[NotificationButton, str], ...] = ()
    if alert.kind is AlertKind.REJECTED:
        own = ((NotificationButton.ENTER_KEY, translate("Enter new key")),)
    elif alert.kind is AlertKind.DRAIN and account.panel_url:
        # Translators: a button: it opens the web page of the account.
        own = ((NotificationButton.TOP_UP, translate("Open panel")),)
    elif alert.kind is not AlertKind.UNREACHABLE and account.panel_url:
        own = ((NotificationButton.TOP_UP, translate("Top up")),)
    return Notification(
        topic=f"{account.id}/{_TOPICS.get(alert.kind, 'balance')}",
        account_id=account.id,
        title=headline(alert, language),
        body=body(alert, language),
        urgency=_urgency(alert),
        buttons=_buttons(own, language),
    )


def _buttons(
    own: tuple[tuple[NotificationButton, str], ...], language: Language
) -> tuple[tuple[NotificationButton, str], ...]:
    translate = language.gettext
    return (
        # Translators: a button: it brings the window up.
        (NotificationButton.DEFAULT, translate("Open")),
        *own,
        (NotificationButton.OPEN, translate("Open")),
        # Translators: a button: no notifications for 8 hours.
        (NotificationButton.SNOOZE, translate("Snooze 8 h")),
    )


def _urgency(alert: Alert) -> Urgency:
    return Urgency.CRITICAL if urgent(alert) else Urgency.NORMAL


def _title_of_several(
    alerts: Sequence[Alert], accounts: int, language: Language
) -> str:
    if all(one.kind is AlertKind.TOPPED_UP and one.rise for one in alerts):
        words = language.ngettext(
            "{n} account was topped up", "{n} accounts were topped up", accounts
        )
    else:
        words = language.ngettext(
            "{n} account needs you", "{n} accounts need you", accounts
        )
    return words.format(n=accounts)
