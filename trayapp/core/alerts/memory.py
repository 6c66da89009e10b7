"""What an account's alerts depend on besides the balance; it outlives a restart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from trayapp.core.account import Account
from trayapp.core.alerts.decision import Alert
from trayapp.core.balance import Balance, Reading
from trayapp.core.settings import AlertKind

_AMOUNT: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,8})?", re.ASCII)
_ON_TIME: Final = 1.25
"""The scheduler moves a request by a tenth of the interval; a later one is overdue."""


class EpisodeStatus(StrEnum):
    """Whether the alert of an episode was sent. Without an episode there is none."""

    PENDING = "held"
    """The alert waits, as notifications are snoozed, quiet or undelivered."""
    OFF = "off"
    """The person turned the kind off; the alert does not count as sent."""
    SENDING = "sending"
    """The alert is on its way and was not shown yet. It is stored as `PENDING`: if the
    program ends now, the next start sends the alert."""
    SENT = "told"
    """A notification server has shown the alert, or a graver one that covers it."""


@dataclass(frozen=True, slots=True)
class AlertMemory:
    """What the next decision about an account needs to know of the earlier ones."""

    endpoint: str = ""
    """The address and the sub-account of the requests. Other ones return the balance of
    another account."""
    since: datetime | None = None
    """The first moment whose readings belong to these requests; None for all."""
    episodes: Mapping[AlertKind, EpisodeStatus] = field(default_factory=dict)
    """The episodes that are not over."""
    seen: Reading | None = None
    """The last balance that the gateway returned."""
    in_new_unit: bool = False
    """Whether it was the first in a new unit, or a doubtful balance came since."""
    days: tuple[int, int] | None = None
    """The run-out day of that balance: first and last, in days from then."""
    unreported_top_up: Decimal = Decimal(0)
    """The top-ups since the last alert about a top-up."""
    last_drain_at: datetime | None = None
    """The last time when the account spent unusually much."""
    sent_at: datetime | None = None
    """The last alert or reminder of a low or empty balance, shown or on its way."""
    failures: int = 0
    """How many requests in a row returned no balance."""
    unanswered: bool = False
    """Whether the gateway or the network is the cause of that, and not the key."""
    time_without_response: timedelta = timedelta(0)
    """How long the program ran without a balance."""
    counted_until: datetime | None = None
    """The end of the time that `time_without_response` counts."""

    def for_account(self, account: Account, now: datetime) -> "AlertMemory":
        """Return the memory for an account; it is empty if the requests changed."""
        endpoint = f"{account.base_url} {account.sub_account}"
        if self.endpoint and self.endpoint != endpoint:
            return AlertMemory(endpoint, since=now)
        since = None if self.since is None else min(self.since, now)
        return replace(self, endpoint=endpoint, since=since)

    def rise_to(self, reading: Reading) -> Decimal | None:
        """Return how much a reading is above the last one.

        None if it is not above it, or has a new unit.
        """
        seen = self.seen
        if seen is None or seen.balance.unit != reading.balance.unit:
            return None
        more = reading.balance.amount - seen.balance.amount
        return more if more > 0 else None

    def current(self, interval: timedelta, now: datetime) -> Balance | None:
        """Return the last balance if it is still current, else None.

        It is current if no request has failed since, and none is overdue.
        """
        if self.seen is None or self.failures:
            return None
        age = now - self.seen.at
        on_time = timedelta(0) <= age <= interval * _ON_TIME
        return self.seen.balance if on_time else None

    def with_episode(
        self, kind: AlertKind, status: EpisodeStatus | None
    ) -> "AlertMemory":
        """Return the memory with the status of an episode; None ends the episode."""
        episodes = {
            other: old for other, old in self.episodes.items() if other is not kind
        }
        if status is not None:
            episodes[kind] = status
        return replace(self, episodes=episodes)

    def delivered(self, alert: Alert) -> "AlertMemory":
        """Return the memory after an alert was shown, with those that it covers.

        An episode that has ended meanwhile stays over.
        """
        memory = self
        for kind in (alert.kind, *alert.covers):
            if memory.episodes.get(kind) is EpisodeStatus.SENDING:
                memory = memory.with_episode(kind, EpisodeStatus.SENT)
        if alert.rise is None or memory is self:
            return memory
        # An event is over when its alert was shown. Another may have come meanwhile.
        top_up = max(self.unreported_top_up - alert.rise, Decimal(0))
        return replace(memory.with_episode(alert.kind, None), unreported_top_up=top_up)

    def undelivered(self, alert: Alert) -> "AlertMemory":
        """Return the memory with an alert pending that was not shown.

        So are those that it covers. An episode that has ended meanwhile stays over.
        """
        memory = self
        for kind in (alert.kind, *alert.covers):
            if memory.episodes.get(kind) in {EpisodeStatus.SENDING, EpisodeStatus.SENT}:
                memory = memory.with_episode(kind, EpisodeStatus.PENDING)
        return memory

    def as_dict(self) -> dict[str, object]:
        """Return plain values for JSON; the keys are stored and stay as they are."""
        seen = self.seen
        return {
            "question": self.endpoint,
            "since": _written(self.since),
            "stages": {
                kind.value: _stored_status(status).value
                for kind, status in self.episodes.items()
            },
            "amount": seen.balance.digits if seen else None,
            "unit": seen.balance.unit if seen else None,
            "seen": _written(seen.at) if seen else None,
            "in_new_unit": self.in_new_unit,
            "days": list(self.days) if self.days else None,
            "risen": format(self.unreported_top_up, "f"),
            "drained": _written(self.last_drain_at),
            "told_at": _written(self.sent_at),
            "failures": self.failures,
            "unanswered": self.unanswered,
            "without_s": self.time_without_response.total_seconds(),
            "looked": _written(self.counted_until),
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "AlertMemory":
        """Read the values of `as_dict`; `ValueError` for anything else."""
        try:
            return cls(
                endpoint=str(table["question"]),
                since=_moment(table["since"]),
                episodes={
                    AlertKind(kind): _stored_status(EpisodeStatus(status))
                    for kind, status in table["stages"].items()
                },
                seen=_seen(table),
                in_new_unit=bool(table["in_new_unit"]),
                days=_days(table["days"]),
                unreported_top_up=_amount(table["risen"]),
                last_drain_at=_moment(table["drained"]),
                sent_at=_moment(table["told_at"]),
                failures=int(table["failures"]),
                unanswered=bool(table["unanswered"]),
                time_without_response=timedelta(seconds=float(table["without_s"])),
                counted_until=_moment(table["looked"]),
            )
        except (AttributeError, KeyError, OverflowError, TypeError) as error:
            message = f"not what was remembered: {error}"
            raise ValueError(message) from error


def _stored_status(status: EpisodeStatus) -> EpisodeStatus:
    return EpisodeStatus.PENDING if status is EpisodeStatus.SENDING else status


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        message = f"{written} has no zone"
        raise ValueError(message)
    # At the ends of the calendar, other zones have days that UTC lacks: better said
    # here than when it is counted with or written again.
    return moment.astimezone(UTC)


def _amount(digits: str) -> Decimal:
    # Not by core.balance's rule: a sum of amounts may have more digits than one.
    if not _AMOUNT.fullmatch(digits):
        message = f"{digits!r} is no amount"
        raise ValueError(message)
    return Decimal(digits)


def _seen(table: Mapping[str, Any]) -> Reading | None:
    at = _moment(table["seen"])
    if at is None:
        return None
    digits, unit = table["amount"], str(table["unit"])
    balance = Balance.from_digits(digits, unit) or Balance(_amount(digits), unit)
    return Reading(balance, at)


def _days(pair: list[int] | None) -> tuple[int, int] | None:
    if pair is None:
        return None
    first, last = pair
    return int(first), int(last)
