"""Native notifications as values: what they say, how urgent, with which buttons."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from trayapp.core.account import Account
from trayapp.core.alerts import Alert, AlertKind
from trayapp.core.language import Language
from trayapp.core.plain import one_line


class Urgency(IntEnum):
    """As the desktop notifications specification numbers it."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2


class Button(StrEnum):
    """What a person can answer to a notification."""

    DEFAULT = "default"
    """Clicking the notification itself, by the specification's name for it."""
    OPEN = "open"
    TOP_UP = "top-up"
    ENTER_KEY = "enter-key"


@dataclass(frozen=True, slots=True)
class Picture:
    """The square picture beside a notification's words, as pixels.

    Servers that can't read every file's format, or no theme of ours, show pixels.
    """

    size: int
    rgba: bytes = field(repr=False)
    """Four bytes a pixel, row by row from the top, not premultiplied."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification."""

    topic: str
    """A newer one on the same topic replaces the older one on the screen."""
    account_id: str
    title: str
    body: str
    """Plain text: whoever shows it escapes it where the server takes markup."""
    urgency: Urgency
    buttons: tuple[tuple[Button, str], ...]


def notice(alert: Alert, language: Language) -> Notice:
    """Say an alert."""
    translate, account = language.gettext, alert.account
    name = one_line(account.name, 60)
    if alert.kind is AlertKind.REJECTED:
        return Notice(
            topic=f"{account.id}/key",
            account_id=account.id,
            title=translate("{name}: the API key is rejected").format(name=name),
            body=translate(
                "The key may be wrong or revoked: enter the new one. Or this "
                "computer's IP address is blocked: allow it in the account's API "
                "settings. The balance is not watched until then."
            ),
            urgency=Urgency.CRITICAL,
            buttons=(
                (Button.DEFAULT, translate("Open")),
                (Button.ENTER_KEY, translate("Enter new key")),
                (Button.OPEN, translate("Open")),
            ),
        )
    left = ""
    if alert.balance is not None:
        left = language.money(alert.balance.amount, alert.balance.unit)
    if alert.kind is AlertKind.EMPTY:
        title = translate("{name}: the balance is used up").format(name=name)
        body = translate(
            "{amount} left. Messages are no longer sent until the account is topped up."
        ).format(amount=left)
        urgency = Urgency.CRITICAL
    else:
        title = translate("{name}: low balance").format(name=name)
        body = translate(
            "{amount} left, less than {limit}. Top up before messages stop."
        ).format(amount=left, limit=_limit(account, alert, language))
        urgency = Urgency.NORMAL
    top_up = ((Button.TOP_UP, translate("Top up")),) if account.panel_url else ()
    return Notice(
        topic=f"{account.id}/balance",
        account_id=account.id,
        title=title,
        body=body,
        urgency=urgency,
        buttons=(
            (Button.DEFAULT, translate("Open")),
            *top_up,
            (Button.OPEN, translate("Open")),
        ),
    )


def _limit(account: Account, alert: Alert, language: Language) -> str:
    unit = alert.balance.unit if alert.balance is not None else ""
    return language.money(account.low_below, unit)
