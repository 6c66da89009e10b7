"""What an alert kind consists of, and what its rules look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from trayapp.core.account import Account
from trayapp.core.alerts.decision import Alert, Outlook
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.notification import NotificationButton
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure
from trayapp.core.i18n.language import Language
from trayapp.core.settings import AlertKind, Settings


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of one account at one moment: the input of a kind's rules."""

    account: Account
    settings: Settings
    outlook: Outlook
    result: Reading | Failure | None
    """The gateway's response; None if only time passed, about once a minute."""
    memory: AlertMemory
    """It includes `result`, and what this turn decided so far."""
    balance: Balance | None
    """What is left now; None if that is unknown. An old balance counts as unknown."""
    sent: frozenset[AlertKind]
    """The kinds of which this turn sent an alert so far."""
    now: datetime
    """Aware, in UTC."""
    zone: tzinfo | None = None
    """The person's time zone; None for the system's."""
    is_current: bool = True
    """As in `Observation`."""

    @property
    def today(self) -> date:
        """The person's day."""
        return self.now.astimezone(self.zone).date()

    @property
    def amount(self) -> Decimal | None:
        """The amount to compare with limits; None if it is unknown.

        None also right after the unit changed: amounts of two units don't compare.
        """
        if self.balance is None or self.memory.in_new_unit:
            return None
        return self.balance.amount

    def is_sent(self, kind: AlertKind) -> bool:
        """Say whether an alert of this kind was shown and its episode goes on."""
        return self.memory.episodes.get(kind) is EpisodeStatus.SENT

    def is_sending(self, kind: AlertKind) -> bool:
        """Say whether an alert of this kind is on its way and was not shown yet."""
        return self.memory.episodes.get(kind) is EpisodeStatus.SENDING

    def is_pending(self, kind: AlertKind) -> bool:
        """Say whether an alert of this kind waits until it may be sent."""
        return self.memory.episodes.get(kind) is EpisodeStatus.PENDING


def uncovered(_: Situation) -> AlertKind | None:
    """Name no kind that covers an alert."""
    return None


def keep(memory: AlertMemory) -> AlertMemory:
    """Forget nothing."""
    return memory


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertKindRecord:
    """All that is particular to one kind of alert.

    A rule that depends on something unknown must not apply: what is unknown neither
    begins nor ends an episode. Texts are marked for translation, not translated.
    """

    kind: AlertKind

    # When it is sent.
    alert: Callable[[Situation], Alert | None]
    """The alert if the condition holds now; None if it does not, or is unknown. It is
    called each turn: the state machine sends it once per episode."""
    is_over: Callable[[Situation], bool]
    """Whether the episode ends. Leave some distance to `alert`: a value that hovers
    around a limit is then sent once."""
    compares_amounts: bool
    """Whether the rules compare amounts. A change of the unit then ends the episode."""
    is_urgent: bool = False
    """Whether messages have stopped, or money is being lost, at this moment. Such an
    alert ignores snooze and quiet hours; the desktop shows it as critical."""
    is_reminded: bool = False
    """Whether it is repeated as often as `Settings.reminder` says."""
    is_event: bool = False
    """Whether it has no duration. Its episode is over as soon as it was decided."""
    covered_by: Callable[[Situation], AlertKind | None] = uncovered
    """The graver kind whose alert, shown or on its way, says this too; None for none.
    """
    implied_by: Callable[[Situation], AlertKind | None] = uncovered
    """The kind whose alert makes this one no news, though its condition does not hold.
    """
    forget: Callable[[AlertMemory], AlertMemory] = keep
    """Remove what the memory holds for this kind; called when an episode ends."""

    # What the notification says.
    event: str
    """What happened, to follow the account's name: "Shop: low balance"."""
    reminder: str = ""
    """The same in a reminder; empty if that has no words of its own."""
    body: Callable[[Alert, Language], str]
    """How things stand and what to do, translated, in whole sentences. Details may be
    missing in the alert, because a pending alert is built later."""
    line: Callable[[Alert, Language], str] = lambda _, __: ""
    """The text in place of `event` in a list of several accounts, translated; empty for
    `event`. It may have details, such as a date."""
    topic: str
    """A newer notification of the same topic and account replaces the older one."""
    button: tuple[NotificationButton, str] | None
    """`TOP_UP` is left out where no web page is known."""

    # What the notification log and the settings say.
    log_text: str
    option_label: str
    """With its mnemonic."""
    option_help: str
