"""The last decisions about alerts and their reasons, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from trayapp.core.account import Account
from trayapp.core.alerts.decision import Decision, Disposition, Reason
from trayapp.core.alerts.kinds import KINDS
from trayapp.core.i18n.dates import clock_time
from trayapp.core.i18n.language import Language, mark
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.settings import AlertKind

KEPT: Final = 200
"""So many decisions are kept: the last ones, of all accounts together."""

_UNIT_CHANGED: Final = mark("The unit changed")
_DISPOSITION_WORDS: Final = {
    # Translators: what became of a notification; then one of the reasons below.
    Disposition.SENT: mark("Sent: {reason}"),
    Disposition.PENDING: mark("Held back: {reason}"),
    Disposition.SUPPRESSED: mark("Not sent: {reason}"),
}
_REASON_WORDS: Final = {
    # Translators: why a notification was sent; it follows "Sent: ".
    Reason.NEW: mark("it was new"),
    Reason.AFTERWARDS: mark("it was held back before, and still held"),
    Reason.REMINDER: mark("a reminder, as set"),
    Reason.UNSEEN: mark("you said that you paid, and no top-up was seen"),
    # Translators: why a notification was held back or not sent; it follows a colon.
    Reason.SNOOZED: mark("notifications were snoozed"),
    Reason.QUIET: mark("it was in the quiet hours"),
    Reason.OFF: mark("it is turned off in the settings"),
    Reason.COVERED: mark("a more serious notification said it"),
    Reason.OVER: mark("it was over before it could be told"),
    Reason.UNIT_CHANGED: mark("amounts in two units are not compared"),
    Reason.UNDELIVERED: mark("the desktop took no notification"),
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One decision with its time and account."""

    at: datetime
    """Aware, in UTC."""
    account_id: str
    account_name: str
    """The name at that time."""
    kind: AlertKind | None
    """None for a change of the unit."""
    disposition: Disposition
    reason: Reason


def logged(
    decisions: Iterable[Decision], account: Account, now: datetime
) -> tuple[LogEntry, ...]:
    """Make log entries of decisions about an account."""
    return tuple(
        LogEntry(
            now,
            account.id,
            account.name,
            decision.kind,
            decision.disposition,
            decision.reason,
        )
        for decision in decisions
    )


def why_rows(
    entries: Sequence[LogEntry], now: datetime, language: Language
) -> tuple[tuple[str, str, str, str], ...]:
    """Give the rows of the notification log, the last decision first.

    The columns are the time, the account, the kind, and the result with its reason. The
    order is that of the decisions: a clock that was set back does not change it.
    """
    return tuple(
        (
            clock_time(entry.at, now, language),
            one_line(entry.account_name, 60),
            kind_words(entry.kind, language),
            _disposition_words(entry, language),
        )
        for entry in reversed(entries)
    )


def kind_words(kind: AlertKind | None, language: Language) -> str:
    """Name the kind of alert; None is a change of the unit."""
    return language.gettext(_UNIT_CHANGED if kind is None else KINDS[kind].log_text)


def _disposition_words(entry: LogEntry, language: Language) -> str:
    translate = language.gettext
    reason = translate(_REASON_WORDS[entry.reason])
    return translate(_DISPOSITION_WORDS[entry.disposition]).format(reason=reason)
