"""Guards the gateways: a rejected key's wait, and the pace of each host.

It lies below all front doors, and is stored, so that the window, `check` and a restart
follow the same waits.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    CertificateProblem,
    Failure,
    GatewayError,
    NoConnection,
    ProxyProblem,
)
from trayapp.core.pace import (
    RECENT,
    SHORT_WAIT,
    Pace,
    PaceEvent,
    PaceNotice,
    Postponed,
    RequestSent,
    RequestTaken,
    gateway_host,
    pace_notice,
    refusal,
)
from trayapp.core.schedule import (
    ONCE_A_DAY,
    RETRIES_A_DAY,
    Plan,
    may_retry_rejected,
)
from trayapp.core.secret import Secret
from trayapp.services.history.changes import NotePace, SetWait, StoredWait
from trayapp.services.history.service import HistoryService

_WRITES: Final = 30
"""Of a host that takes many requests, those sent are written so often in a window."""
_KEPT: Final = 120
"""So many groups are remembered for each host: more than a minute has."""
_GROUP: Final = timedelta(seconds=1)
_LONGEST_WAIT: Final = ONCE_A_DAY * 1.1


_NOT_SENT: Final = (NoConnection, CertificateProblem, ProxyProblem)


def key_mark(account: Account, key: Secret) -> str:
    """Give the mark of a key for the requests of an account; other ones differ."""
    place = f"{account.id} {account.base_url} {account.sub_account}"
    return key.mark(place)


_Groups: TypeAlias = deque[tuple[datetime, int]]
"""Requests that a host took, by the second: when the first was sent, and how many."""


class RequestGuard:
    """Decides whether a request may be sent now, and notes what came of it."""

    def __init__(self, history: HistoryService, clock: Callable[[], datetime]) -> None:
        """Keep waits and paces in `history`; `clock` is aware and in UTC."""
        self._history, self._clock = history, clock
        self._taken: defaultdict[str, _Groups] = defaultdict(
            lambda: deque(maxlen=_KEPT)
        )
        self._unwritten: Counter[str] = Counter()
        """How many sent requests to a host are not written yet."""

    # --- the pace of a host ---------------------------------------------------------

    def pace(self, account: Account) -> Pace:
        """Give the pace of an account's host, as any program wrote it last."""
        host = gateway_host(account.base_url)
        now, number = self._clock(), self._unwritten[host]
        pace = self._history.pace(host).seen_at(now)
        if number:
            return pace.after(RequestSent(now, pace.last_account, number))
        return pace

    def turn(self, account: Account) -> Postponed | None:
        """Say until when an account waits for its turn; None if it may be requested."""
        now = self._clock()
        turn = self.pace(account).next_turn(now)
        return Postponed(account.id, turn) if turn > now else None

    def note_sent(self, account: Account) -> datetime:
        """Note that a request is being sent, and give the moment."""
        now, host = self._clock(), gateway_host(account.base_url)
        limit = self._history.state.pace(host).limit
        if limit is not None:
            self._unwritten[host] += 1
            number = self._unwritten[host]
            if number >= limit.count // _WRITES:
                del self._unwritten[host]
                self._note(host, RequestSent(now, account.id, number))
        return now

    def note_result(
        self, account: Account, sent_at: datetime, result: Reading | Failure
    ) -> Postponed | None:
        """Note how a host responded to the request of `sent_at`.

        Return a `Postponed` if the host takes the request later, and that is no error
        yet. It is none if the balance is known, or if the first pause is short.
        """
        now, host = self._clock(), gateway_host(account.base_url)
        taken = self._taken[host]
        if not isinstance(result, Failure) or result.retry_after is None:
            if not isinstance(result, Failure) or issubclass(result.kind, GatewayError):
                _add(taken, sent_at)
                pace = self._history.state.pace(host)
                if pace.refusals and pace.after(RequestTaken(sent_at)) != pace:
                    self._note(host, RequestTaken(sent_at))
            return None
        resumed = self._history.pace(host).paused_until
        burst = [
            group for group in taken if resumed is None or not resumed > group[0] <= now
        ]
        self._note(host, refusal(now, sent_at, result.retry_after, burst))
        pace = self.pace(account)
        until = pace.next_turn(now)
        is_short = pace.refusals <= 1 and until - now <= SHORT_WAIT
        if is_short or self.is_recent(account.id):
            return Postponed(account.id, until)
        return None

    def is_recent(self, account_id: str) -> bool:
        """Say whether an account's balance is known and recent."""
        now = self._clock()
        last = self._history.last(account_id, now)
        return last is not None and now - last.at <= RECENT

    def notices(
        self, accounts: Iterable[Account], interval: timedelta
    ) -> tuple[PaceNotice, ...]:
        """Say of each host that does not take all its accounts within the interval."""
        numbers = Counter(gateway_host(account.base_url) for account in accounts)
        notices = (
            pace_notice(host, number, self._history.state.pace(host), interval)
            for host, number in numbers.items()
        )
        return tuple(notice for notice in notices if notice is not None)

    def _note(self, host: str, event: PaceEvent) -> None:
        self._history.write(NotePace(host, event))

    # --- a rejected key -------------------------------------------------------------

    def rejection(self, account_id: str) -> StoredWait | None:
        """Give the wait of an account whose key was rejected, while it lasts."""
        wait, now = self._history.wait(account_id), self._clock()
        if wait.plan is None or wait.failure is None:
            return None
        if not wait.failure.kind.rejects_key:
            return None
        return wait if now < wait.plan.due <= now + _LONGEST_WAIT else None

    def note_key(
        self, account: Account, key: Secret, result: Reading | Failure
    ) -> None:
        """Note whether the gateway rejected an account's stored key."""
        before = self._history.state.wait(account.id)
        if isinstance(result, Failure) and result.kind.rejects_key:
            failures = before.plan.failures if before.plan is not None else 0
            plan = Plan(self._clock() + ONCE_A_DAY, failures + 1, must_persist=True)
            mark = key_mark(account, key)
            retries = before.retries if before.rejected_key in {"", mark} else ()
            wait = StoredWait(plan, result, mark, retries)
            self._history.write(SetWait(account.id, wait))
        elif not isinstance(result, Failure):
            if before == StoredWait():
                return
            self._history.write(SetWait(account.id, StoredWait()))
        elif before.retries and result.kind in _NOT_SENT:
            # The gateway did not see this request: another one may follow later.
            refunded = replace(before, retries=before.retries[:-1])
            self._history.write(SetWait(account.id, refunded))

    def allow_retry(self, account: Account, accounts: Iterable[Account]) -> bool:
        """Allow one request within the wait of a rejected key, if not too many came.

        The cause may be this computer's address, which a start or another network may
        have changed. All `accounts` of the same host are counted. The permission is
        stored before the request, so that no restart repeats it.
        """
        wait, now = self.rejection(account.id), self._clock()
        if wait is None:
            return False
        host = gateway_host(account.base_url)
        of_host = [
            at
            for other in accounts
            if gateway_host(other.base_url) == host
            for at in self._history.state.wait(other.id).retries
        ]
        if not may_retry_rejected(wait.retries, of_host, now):
            return False
        retries = (*wait.retries, now)[-RETRIES_A_DAY:]
        self._history.write(SetWait(account.id, replace(wait, retries=retries)))
        return True


def _add(taken: _Groups, sent_at: datetime) -> None:
    if taken and abs(sent_at - taken[-1][0]) < _GROUP:
        first, number = taken.pop()
        taken.append((min(first, sent_at), number + 1))
    else:
        taken.append((sent_at, 1))
