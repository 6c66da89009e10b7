"""How many requests a gateway's host takes, learned from its refusals (HTTP 429).

All accounts of a host share one `Pace`. It is stored, so that a restart keeps it, and
the tray and `check` follow the same one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from itertools import accumulate
from math import ceil
from typing import Any, Final, TypeAlias

from trayapp.core.base_url import BaseUrl
from trayapp.core.errors import Failure
from trayapp.core.schedule import LONGEST_WAIT

SHORTEST_PAUSE: Final = timedelta(seconds=1)
UNLIMITED: Final = 1 << 30
"""The number of requests that a host without a known limit takes at once."""
RECENT: Final = LONGEST_WAIT
"""A balance of this age is shown without an error while its account waits."""
SHORT_WAIT: Final = timedelta(minutes=15)
"""The longest pause that is no error for an account without a recent balance."""
_MINUTE: Final = timedelta(minutes=1)
_LONGEST_WINDOW: Final = timedelta(hours=1)
_SLACK: Final = 1.02
"""A window is longer than measured, as requests travel at different speeds."""
_FIRST_CALM: Final = timedelta(minutes=10)
_LONGEST_CALM: Final = timedelta(hours=1)
_FASTER: Final = 1.25
_SLOWER: Final = 0.75
_FAST_ENOUGH: Final = 50.0
"""Requests a second; a limit of so many is none."""
_CELLS: Final = 20
"""The requests of a window are counted in so many groups."""
_STEP: Final = timedelta(minutes=1)
"""A clock that goes back by less was adjusted, not set."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Demand(Enum):
    """Which waits a request for an account follows."""

    SCHEDULED = auto()
    """The wait of its rejected key, and its turn at the host."""
    RETRY_KEY = auto()
    """Its turn alone: a rejected key is sent again."""
    NOW = auto()
    """None: a person wants it now."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A host takes `count` requests in any time of the length `window`."""

    count: int
    window: timedelta

    @property
    def per_minute(self) -> float:
        """The number of requests a minute."""
        return self.count * (_MINUTE / self.window)


@dataclass(frozen=True, slots=True)
class PaceNotice:
    """A host takes so few requests that its accounts are asked less often."""

    host: str
    """Its name and port."""
    limit: Limit
    cycle: timedelta
    """The time in which each account is asked once; longer than the interval."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """No request was sent for an account, or the host took none: it waits."""

    account_id: str
    until: datetime
    """When the account may be requested again, aware and in UTC."""
    failure: Failure | None = None
    """The rejection of its key that goes on; None if it waits for its turn."""


@dataclass(frozen=True, slots=True)
class RequestSent:
    """Requests to the host were sent, the last one for this account."""

    at: datetime
    account_id: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True)
class RequestTaken:
    """The host responded, and not with a refusal."""

    sent_at: datetime


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """The host took a request not now: 429, or 503 with a Retry-After."""

    at: datetime
    sent_at: datetime
    pause: timedelta
    """The Retry-After, of any length or sign."""
    taken: int
    """How many requests of the last minute, since the last pause, it took."""
    span: timedelta
    """The time since the first of them was sent."""


PaceEvent: TypeAlias = RequestSent | RequestTaken | RequestRefused


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of the limit of one host."""

    limit: Limit | None = None
    """None as long as the host took everything."""
    paused_until: datetime | None = None
    changed_at: datetime | None = None
    """When the host last refused a request, or its limit was last raised."""
    refusals: int = 0
    """How many pauses in a row began before the host took a request."""
    calm: timedelta = _FIRST_CALM
    """The time without a refusal after which the limit is raised."""
    before_raise: int = 0
    """The limit's `count` before it was last raised; 0 if it was lowered since."""
    is_measured: bool = False
    """Whether the limit is what the host took before it refused, and not a step."""
    sent: tuple[tuple[datetime, int], ...] = ()
    """The requests of the last window in groups: each group's time and number."""
    last_account: str = ""
    """The id of the account that was requested last; a round goes on after it."""

    def seen_at(self, now: datetime) -> "Pace":
        """Give the pace as it counts now: without old requests and past pauses.

        If the clock was set back, a pause starts again. So neither a wrong clock nor a
        wrong Retry-After silences the program for longer than `LONGEST_WAIT`.
        """
        pace = self
        if pace.changed_at is not None and pace.changed_at - now > _STEP:
            rest = timedelta(0)
            if pace.paused_until is not None:
                rest = pace.paused_until - pace.changed_at
            until = now + min(rest, LONGEST_WAIT)
            pace = replace(pace, changed_at=now, paused_until=until, sent=())
        window = pace.limit.window if pace.limit is not None else timedelta(0)
        sent = tuple(
            (at, number)
            for at, number in pace.sent
            if now - window < at <= now + SHORTEST_PAUSE
        )
        return pace if sent == pace.sent else replace(pace, sent=sent)

    def resumes_at(self, now: datetime) -> datetime | None:
        """Give the end of the pause, or None without one."""
        until = self.paused_until
        if until is None or not now < until <= now + LONGEST_WAIT:
            return None
        return until

    def free(self, now: datetime) -> int:
        """Give how many requests may be sent now."""
        if self.resumes_at(now) is not None:
            return 0
        if self.limit is None:
            return UNLIMITED
        return max(self.limit.count - _total(self.seen_at(now).sent), 0)

    def next_turn(self, now: datetime) -> datetime:
        """Give the earliest moment for the next request: now, or later."""
        turn = self.resumes_at(now) or now
        sent = self.seen_at(now).sent
        if self.limit is None or _total(sent) < self.limit.count:
            return turn
        sums = accumulate(number for _, number in sent)
        needed = _total(sent) - self.limit.count + 1
        freed = next(
            at for (at, _), total in zip(sent, sums, strict=True) if total >= needed
        )
        return max(turn, freed + self.limit.window)

    def after(self, event: PaceEvent) -> "Pace":
        """Give the pace after an event."""
        match event:
            case RequestSent():
                return self._after_sent(event)
            case RequestTaken(sent_at):
                if self.changed_at is None or sent_at >= self.changed_at:
                    return replace(self, refusals=0, paused_until=None)
                # It was under way when another one was refused.
                if self.limit is None or not self.is_measured:
                    return self
                counted = replace(self.limit, count=self.limit.count + 1)
                return replace(self, limit=counted)
            case RequestRefused():
                return self._after_refused(event)

    def _after_sent(self, event: RequestSent) -> "Pace":
        """Count requests; raise a limit that was reached and held for long."""
        pace = self.seen_at(event.at)
        if pace.limit is None:
            return pace
        sent, cell = pace.sent, pace.limit.window / _CELLS
        number = event.number
        if sent and _cell(sent[-1][0], cell) == _cell(event.at, cell):
            number += sent[-1][1]
            sent = sent[:-1]
        last = event.account_id
        pace = replace(pace, sent=(*sent, (event.at, number)), last_account=last)
        is_calm = pace.changed_at is None or event.at - pace.changed_at >= pace.calm
        return pace.raised(event.at) if is_calm else pace

    def raised(self, now: datetime) -> "Pace":
        """Raise a limit that was reached; after one that held the next comes sooner."""
        limit = self.limit
        if limit is None or _total(self.sent) < limit.count:
            return self
        calm = max(self.calm / 2, _FIRST_CALM) if self.before_raise else self.calm
        raised = Limit(ceil(limit.count * _FASTER), limit.window)
        if raised.per_minute > _FAST_ENOUGH * 60:
            return Pace()
        return replace(
            self,
            limit=raised,
            is_measured=False,
            before_raise=limit.count,
            calm=calm,
            changed_at=now,
        )

    def _after_refused(self, event: RequestRefused) -> "Pace":
        """Pause, and lower the limit once for all requests that were under way."""
        pace = self.seen_at(event.at)
        pause = min(max(event.pause, SHORTEST_PAUSE), LONGEST_WAIT)
        current = pace.resumes_at(event.at) or event.at
        if pace.changed_at is not None and event.sent_at < pace.changed_at:
            until = max(current, event.at + pause)
            return replace(pace, paused_until=until)
        # A gateway that says "0" each time is asked ever more slowly, up to a minute.
        back_off = SHORTEST_PAUSE * (1 << min(pace.refusals, 6))
        pause = max(pause, min(back_off, _MINUTE))
        limit, is_measured = pace.lowered(event, pause)
        return replace(
            pace,
            limit=limit,
            is_measured=is_measured,
            paused_until=max(current, event.at + pause),
            changed_at=event.at,
            refusals=pace.refusals + 1,
            calm=min(pace.calm * 2, _LONGEST_CALM) if pace.before_raise else pace.calm,
            before_raise=0,
        )

    def lowered(self, event: RequestRefused, pause: timedelta) -> tuple[Limit, bool]:
        """Give the limit after a refusal, and whether it is measured.

        The host took `taken` requests in `span`, and will take more after the pause:
        this measures the limit in a burst. In steady traffic, or after a raise, the
        limit is known better, and only goes down by a step.
        """
        # Most limits are counted by the minute: the longer sum comes from a Retry-After
        # that is always the whole minute.
        measured_window = min(event.span + pause, max(pause, _MINUTE))
        window = min(measured_window * _SLACK, _LONGEST_WINDOW)
        measured = Limit(max(event.taken, 1), window)
        limit = self.limit
        if limit is None:
            return measured, True
        if self.before_raise:
            return Limit(self.before_raise, limit.window), False
        lower = Limit(int(limit.count * _SLOWER), limit.window)
        if lower.count < 1:
            longer = min(limit.window / _SLOWER, _LONGEST_WINDOW)
            lower = Limit(1, longer)
        resumed = self.paused_until
        if resumed is None or event.at - resumed > limit.window:
            return lower, False
        if measured.per_minute < lower.per_minute:
            return measured, True
        return lower, False

    def as_dict(self) -> dict[str, object]:
        """Give plain values for JSON; the keys are stored and stay as they are."""
        limit = self.limit
        return {
            "limit": limit and [limit.count, limit.window // _MILLISECOND],
            "paused_until": _to_ms(self.paused_until),
            "changed_at": _to_ms(self.changed_at),
            "refusals": self.refusals,
            "calm": self.calm // _MILLISECOND,
            "before_raise": self.before_raise,
            "is_measured": self.is_measured,
            "last_account": self.last_account,
            "sent": [[_to_ms(at), number] for at, number in self.sent],
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "Pace":
        """Read what `as_dict` gave; a `ValueError` and the like for anything else."""
        limit = None
        if table["limit"] is not None:
            count, window = map(int, table["limit"])
            limit = Limit(count, window * _MILLISECOND)
            if count < 1 or not timedelta(0) < limit.window <= _LONGEST_WINDOW:
                message = f"{limit} is no limit"
                raise ValueError(message)
        return cls(
            limit=limit,
            paused_until=_from_ms(table["paused_until"]),
            changed_at=_from_ms(table["changed_at"]),
            refusals=int(table["refusals"]),
            calm=min(
                max(int(table["calm"]) * _MILLISECOND, _FIRST_CALM), _LONGEST_CALM
            ),
            before_raise=int(table["before_raise"]),
            is_measured=bool(table["is_measured"]),
            last_account=str(table["last_account"]),
            sent=tuple(
                (_EPOCH + int(at) * _MILLISECOND, int(number))
                for at, number in table["sent"]
            ),
        )


@lru_cache(maxsize=2_048)
def gateway_host(base_url: str) -> str:
    """Give what an address shares with others of its host: scheme, host and port."""
    parts = BaseUrl.parse(base_url)
    if parts is None:  # no request will be sent there
        return base_url
    port = parts.port or (80 if parts.scheme == "http" else 443)
    return f"{parts.scheme}://{parts.host}:{port}"


def refusal(
    at: datetime,
    sent_at: datetime,
    pause: timedelta,
    taken: Sequence[tuple[datetime, int]],
) -> RequestRefused:
    """Make the event of a refusal.

    `taken` has the requests that the host took since the last pause, in groups: when
    the first of each was sent, and their number. The oldest group comes first.
    """
    burst = [group for group in taken if at - group[0] < _MINUTE]
    span = max(at - burst[0][0], timedelta(0)) if burst else timedelta(0)
    return RequestRefused(at, sent_at, pause, _total(burst), span)


def pace_notice(
    host: str, accounts: int, pace: Pace, interval: timedelta
) -> PaceNotice | None:
    """Say how often a host's accounts are asked if that is not every interval."""
    limit = pace.limit
    if limit is None:
        return None
    cycle = accounts / limit.count * limit.window
    if cycle <= interval:
        return None
    return PaceNotice(host.partition("://")[2], limit, cycle)


def _total(sent: Sequence[tuple[datetime, int]]) -> int:
    return sum(number for _, number in sent)


def _cell(moment: datetime, length: timedelta) -> int:
    return (moment - _EPOCH) // length


def _to_ms(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


def _from_ms(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _EPOCH + int(milliseconds) * _MILLISECOND
