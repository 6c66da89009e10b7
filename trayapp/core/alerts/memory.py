"""What was told of an account and what it was told from, to outlive a restart."""

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
"""The schedule moves a question by a tenth of the interval; later it is overdue."""


class EpisodeStage(StrEnum):
    """How far the telling of an episode has come; without one there is no episode."""

    PENDING = "held"
    """Snoozed, quiet or untaken: to be told afterwards, if it still holds."""
    OFF = "off"
    """A person wants no word of it: that is not counted as told."""
    SENT = "told"


@dataclass(frozen=True, slots=True)
class AlertMemory:
    """All that the next decision about an account needs of the ones before."""

    question: str = ""
    """What the gateway is asked; the answer to another question is another balance."""
    since: datetime | None = None
    """From when on readings answer that question; None: all do."""
    stages: Mapping[AlertKind, EpisodeStage] = field(default_factory=dict)
    seen: Reading | None = None
    """The last good answer."""
    in_new_unit: bool = False
    """Whether it was the first one in another unit than those before it."""
    days: tuple[int, int] | None = None
    """In how many days it ran out, from the first to the last, as known then."""
    risen: Decimal = Decimal(0)
    """How much was topped up and is still to be told."""
    drained: datetime | None = None
    """When the account was last seen draining."""
    sent_at: datetime | None = None
    """When a person was last told, or reminded, that the balance is low or empty."""
    failures: int = 0
    """How many questions in a row gave no balance."""
    unanswered: bool = False
    """Whether that is the gateway's or the network's doing, and not the key's."""
    without: timedelta = timedelta(0)
    """For how long, with the program running, there was no good answer."""
    looked: datetime | None = None
    """Until when that was counted."""

    def asking(self, account: Account, now: datetime) -> "AlertMemory":
        """Give the memory to go on with; another question begins with an empty one."""
        question = f"{account.base_url} {account.sub_account}"
        if self.question and self.question != question:
            return AlertMemory(question, since=now)
        since = None if self.since is None else min(self.since, now)
        return replace(self, question=question, since=since)

    def rise_to(self, reading: Reading) -> Decimal | None:
        """Give by how much a reading is above the last one, if they compare at all."""
        seen = self.seen
        if seen is None or seen.balance.unit != reading.balance.unit:
            return None
        more = reading.balance.amount - seen.balance.amount
        return more if more > 0 else None

    def current(self, interval: timedelta, now: datetime) -> Balance | None:
        """Give the last known balance if it can be spoken of as the balance now.

        That is if no question failed since, and none is overdue.
        """
        if self.seen is None or self.failures:
            return None
        age = now - self.seen.at
        on_time = timedelta(0) <= age <= interval * _ON_TIME
        return self.seen.balance if on_time else None

    def with_stage(self, kind: AlertKind, stage: EpisodeStage | None) -> "AlertMemory":
        """Give the memory with an episode at a stage, or over."""
        stages = {one: old for one, old in self.stages.items() if one is not kind}
        if stage is not None:
            stages[kind] = stage
        return replace(self, stages=stages)

    def undelivered(self, alert: Alert) -> "AlertMemory":
        """Give the memory with an alert held that nobody took.

        What is over meanwhile stays over.
        """
        if alert.rise is not None:  # an event, which is forgotten as soon as it is told
            held = self.with_stage(alert.kind, EpisodeStage.PENDING)
            return replace(held, risen=self.risen + alert.rise)
        if self.stages.get(alert.kind) is not EpisodeStage.SENT:
            return self
        return self.with_stage(alert.kind, EpisodeStage.PENDING)

    def as_dict(self) -> dict[str, object]:
        """Give it as plain values, for JSON."""
        seen = self.seen
        return {
            "question": self.question,
            "since": _written(self.since),
            "stages": {kind.value: stage.value for kind, stage in self.stages.items()},
            "amount": seen.balance.digits if seen else None,
            "unit": seen.balance.unit if seen else None,
            "seen": _written(seen.at) if seen else None,
            "in_new_unit": self.in_new_unit,
            "days": list(self.days) if self.days else None,
            "risen": format(self.risen, "f"),
            "drained": _written(self.drained),
            "told_at": _written(self.sent_at),
            "failures": self.failures,
            "unanswered": self.unanswered,
            "without_s": self.without.total_seconds(),
            "looked": _written(self.looked),
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "AlertMemory":
        """Read what `as_dict` gave; `ValueError` if it is anything else."""
        try:
            return cls(
                question=str(table["question"]),
                since=_moment(table["since"]),
                stages={
                    AlertKind(kind): EpisodeStage(stage)
                    for kind, stage in table["stages"].items()
                },
                seen=_seen(table),
                in_new_unit=bool(table["in_new_unit"]),
                days=_days(table["days"]),
                risen=_amount(table["risen"]),
                drained=_moment(table["drained"]),
                sent_at=_moment(table["told_at"]),
                failures=int(table["failures"]),
                unanswered=bool(table["unanswered"]),
                without=timedelta(seconds=float(table["without_s"])),
                looked=_moment(table["looked"]),
            )
        except (AttributeError, KeyError, OverflowError, TypeError) as error:
            message = f"not what was remembered: {error}"
            raise ValueError(message) from error


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
    return Reading(Balance(_amount(table["amount"]), str(table["unit"])), at)


def _days(pair: list[int] | None) -> tuple[int, int] | None:
    if pair is None:
        return None
    first, last = pair
    return int(first), int(last)
