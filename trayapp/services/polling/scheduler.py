"""Refreshes each account when it is due, on one asyncio loop."""

import asyncio
import contextlib
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure
from trayapp.core.pace import Demand, Postponed, gateway_host
from trayapp.core.schedule import (
    NETWORK_DELAY,
    RETRIES_OF_HOST,
    Plan,
    after_clock_change,
    after_resume,
    first_plan,
    plan_after,
    spread,
)
from trayapp.core.settings import Settings
from trayapp.services.history.changes import SetWait, StoredWait
from trayapp.services.history.service import HistoryService
from trayapp.services.log.log_faults import log_faults
from trayapp.services.messages.events import Emit, RefreshPostponed, RefreshStarted
from trayapp.services.polling.concurrency import MAX_CONCURRENT, ConcurrencyLimit
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh

_LONGEST_PAUSE_S: Final = 60.0
"""After each pause the scheduler notices a suspend or a changed clock."""
_TICK_S: Final = 20.0
_SECOND: Final = timedelta(seconds=1)
_SUSPENDED_S: Final = 30.0
"""If the wall clock gains so much on the loop's clock, the computer slept. If it loses
so much, the clock was set back."""

_log = logging.getLogger(__name__)


class Scheduler:
    """Keeps a plan for each account, and runs the requests that are due.

    Requests run side by side, and each can be cancelled.
    """

    def __init__(  # noqa: PLR0913  # each is a collaborator of its own
        self,
        refresh: Refresh,
        history: HistoryService,
        emit: Emit,
        *,
        guard: RequestGuard,
        on_tick: Callable[[], None],
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        """Call `on_tick` about once a minute.

        `clock` gives the current time, aware and in UTC. `jitter` gives a random
        number from -1 to 1 (see `core.schedule`).
        """
        self._refresh = refresh
        self._history = history
        self._emit = emit
        self._guard = guard
        self._on_tick = on_tick
        self._clock = clock
        self._jitter = jitter
        self._accounts: dict[str, Account] = {}
        self._settings = Settings()
        self._plans: dict[str, Plan] = {}
        self._requests: dict[str, asyncio.Task[None]] = {}
        self._demands: dict[str, Demand] = {}
        """The accounts whose next request follows fewer waits than a scheduled one."""
        self._bunched: set[str] = set()
        """Accounts that became due together; the next time they are spread."""
        self._queued: Counter[str] = Counter()
        """How many requests of each host wait for a slot."""
        self._limit = ConcurrencyLimit()
        self._changed = asyncio.Event()
        self._ticked = float("-inf")

    def set_accounts(self, accounts: Iterable[Account], settings: Settings) -> None:
        """Poll these accounts from now on.

        A new account is due at once, and so is one with another endpoint. Of many new
        accounts only the first few are. A stored wait (a rejected key, a Retry-After)
        continues. A shorter interval makes the other accounts due earlier.
        """
        now = self._clock()
        numbers = count()
        before, self._accounts = (
            self._accounts,
            {account.id: account for account in accounts},
        )
        self._settings = settings
        for account_id in before.keys() - self._accounts.keys():
            self._cancel_request(account_id)
            self._limit.forget_slowness(account_id)
            self._plans.pop(account_id, None)
            self._demands.pop(account_id, None)
            self._bunched.discard(account_id)
        for account in self._accounts.values():
            old = before.get(account.id)
            if old is None:
                plan = self._stored_plan(account.id)
                if plan is None:
                    plan = self._first_plan(account, next(numbers), now)
                self._plans[account.id] = plan
                self._retry_rejected(account, now)
            elif not account.has_same_endpoint(old):
                self.request_again(account.id)
            elif not self._plans[account.id].must_persist:
                # With another threshold an alert may be due at once.
                limits = (old.low_below, old.warn_days)
                same = (account.low_below, account.warn_days) == limits
                self._due_by(account.id, now + settings.interval if same else now)
        self._changed.set()

    def request_now(self, account_ids: Iterable[str] | None = None) -> None:
        """Make these accounts, or all, due now, as a person requests it.

        A request that is under way continues, and is not sent twice.
        """
        now = self._clock()
        chosen = set(self._accounts if account_ids is None else account_ids)
        rejected: Counter[str] = Counter()
        for account_id, account in self._accounts.items():
            if account_id not in chosen:
                continue
            # A person waits for this account alone.
            if account_ids is not None and self._limit.forget_slowness(account_id):
                self._cancel_request(account_id)
            plan = self._plans[account_id]
            is_held = plan.must_persist and self._guard.rejection(account_id)
            if account_ids is None and is_held:
                # If these are accepted, the others follow (`_release_rejected`).
                host = gateway_host(account.base_url)
                rejected[host] += 1
                if rejected[host] > RETRIES_OF_HOST:
                    continue
                self._demands[account_id] = Demand.RETRY_KEY
            elif account_ids is not None:
                self._demands[account_id] = Demand.NOW
            self._plans[account_id] = Plan(min(plan.due, now), plan.failures)
            self._bunched.add(account_id)
        self._changed.set()

    def request_again(self, account_id: str) -> None:
        """Cancel the request under way and send another, as the key has changed."""
        self._cancel_request(account_id)
        self.request_now([account_id])

    def on_resume(self) -> None:
        """Send the requests again that a suspend interrupted."""
        now = self._clock()
        for account_id in tuple(self._requests):
            self._cancel_request(account_id)
            self._due_by(account_id, now)
        self.on_online()

    def on_online(self) -> None:
        """Make accounts due soon, as the network is there or soon will be."""
        now = self._clock()
        for account_id, plan in self._plans.items():
            changed = after_resume(plan, now, self._jitter())
            if changed is not plan:
                self._plans[account_id] = changed
                self._bunched.add(account_id)
        for account in self._accounts.values():
            self._retry_rejected(account, now)
        self._changed.set()

    @property
    def has_others(self) -> bool:
        """Whether more than one request is under way or waits for its turn."""
        return len(self._requests) > 1

    async def run(self) -> None:
        """Poll until cancelled, and then cancel the requests under way."""
        try:
            while True:
                self._changed.clear()
                wait = self._start_due()
                self._tick()
                await self._pause(wait)
        finally:
            for account_id in tuple(self._requests):
                self._cancel_request(account_id)

    async def idle(self) -> None:
        """Wait until no request is under way."""
        while self._requests:
            await asyncio.wait(tuple(self._requests.values()))

    def _tick(self) -> None:
        """Call `on_tick`, but not after each of many responses."""
        now = time.monotonic()
        if now - self._ticked >= _TICK_S:
            self._ticked = now
            self._on_tick()

    def _start_due(self) -> float:
        """Start the requests that are due; return the seconds until the next one."""
        now = self._clock()
        wait = _LONGEST_PAUSE_S
        due: defaultdict[str, list[Account]] = defaultdict(list)
        for account_id, account in self._accounts.items():
            if account_id in self._requests:
                continue
            plan = after_clock_change(
                self._plans[account_id], now, self._settings.interval
            )
            self._plans[account_id] = plan
            until_due = (plan.due - now) / _SECOND
            if until_due <= 0:
                due[gateway_host(account.base_url)].append(account)
            else:
                wait = min(wait, until_due)
        for host, accounts in due.items():
            wait = min(wait, self._start_of_host(host, accounts, now))
        return wait

    def _start_of_host(
        self, host: str, accounts: list[Account], now: datetime
    ) -> float:
        """Start as many requests as the host takes now, those due longest first.

        Return the seconds until the host takes another one.
        """
        pace = self._guard.pace(accounts[0])
        free = pace.free(now) - self._queued[host]
        accounts.sort(key=lambda account: self._plans[account.id].due)
        waiting = False
        for account in accounts:
            if self._demands.get(account.id) is not Demand.NOW:
                if free <= 0:
                    waiting = True
                    continue
                free -= 1
            self._queued[host] += 1
            task = asyncio.create_task(self._refresh_account(account, host))
            self._requests[account.id] = task
        if not waiting:
            return _LONGEST_PAUSE_S
        # At least a second: requests that are queued already may take the turns.
        return max((pace.next_turn(now) - now) / _SECOND, 1.0)

    async def _pause(self, seconds: float) -> None:
        """Wait until something changes, or notice that the computer slept meanwhile."""
        wall, loop_time = self._clock(), time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
                return
        passed = (self._clock() - wall) / timedelta(seconds=1)
        if abs(passed - (time.monotonic() - loop_time)) > _SUSPENDED_S:
            _log.info("the computer slept, or its clock was set")
            self.on_resume()

    def _due_by(self, account_id: str, latest: datetime) -> None:
        plan = self._plans[account_id]
        self._plans[account_id] = replace(plan, due=min(plan.due, latest))

    async def _refresh_account(self, account: Account, host: str) -> None:
        # If a fault of the program ends this half-way, the account is due later. Due at
        # once, it would fail again and again.
        plan = self._plans[account.id]
        later = self._clock() + self._settings.interval
        self._plans[account.id] = replace(plan, due=later)
        is_queued = True
        try:
            async with self._limit.slot(account.id):
                self._queued[host] -= 1
                is_queued = False
                was_rejected = self._guard.rejection(account.id) is not None
                demand = self._demands.get(account.id, Demand.SCHEDULED)
                if demand is not Demand.NOW and self._guard.turn(account) is not None:
                    self._plans[account.id] = plan
                    return
                self._demands.pop(account.id, None)
                with log_faults(f"reporting the request for {account.id}"):
                    self._emit(RefreshStarted(account.id))
                result = await self._refresh.refresh(account, demand)
        finally:
            if is_queued:
                self._queued[host] -= 1
            if self._requests.get(account.id) is asyncio.current_task():
                del self._requests[account.id]
            self._changed.set()
        with log_faults(f"planning for {account.id}"):
            if isinstance(result, Postponed):
                self._postpone(plan, result)
            else:
                self._limit.note_result(account.id, result.result)
                self._plan_after(account, plan, result)
                if was_rejected and isinstance(result.result, Reading):
                    self._release_rejected(host)

    def _postpone(self, plan: Plan, postponed: Postponed) -> None:
        """Keep the place of an account that waits for its turn, or for its key."""
        account_id = postponed.account_id
        if postponed.failure is not None:
            self._plans[account_id] = Plan(
                postponed.until, plan.failures + 1, must_persist=True
            )
            return
        self._plans[account_id] = plan
        with log_faults(f"reporting the wait of {account_id}"):
            self._emit(RefreshPostponed(account_id))

    def _plan_after(self, account: Account, plan: Plan, outcome: Outcome) -> None:
        interval = self._settings.interval
        if account.id in self._bunched:
            self._bunched.discard(account.id)
            if len(self._accounts) > MAX_CONCURRENT:
                interval = spread(interval, self._jitter())
        plan = plan_after(plan, outcome, interval, self._jitter())
        self._plans[account.id] = plan
        stored = self._history.state.wait(account.id)
        wait = StoredWait.of(plan, outcome.result)
        if wait.plan is not None:
            wait = replace(
                wait, rejected_key=stored.rejected_key, retries=stored.retries
            )
        elif isinstance(outcome.result, Failure) and self._guard.rejection(account.id):
            return  # a request that failed on its way ends no rejection
        if stored != wait:
            self._history.write(SetWait(account.id, wait))

    # --- rejected keys --------------------------------------------------------------

    def _retry_rejected(self, account: Account, now: datetime) -> None:
        """Request an account with a rejected key once, after a start or a network.

        The gateway may have rejected this computer's address, and not the key.
        """
        is_held = self._plans[account.id].must_persist
        with log_faults(f"looking at the rejected key of {account.id}"):
            if is_held and self._guard.allow_retry(account, self._accounts.values()):
                self._send_rejected(account.id, now + NETWORK_DELAY)

    def _release_rejected(self, host: str) -> None:
        """Request some accounts of a host that accepts a key which it had rejected.

        Each that is accepted releases some more.
        """
        now = self._clock()
        held = [
            account.id
            for account in self._accounts.values()
            if gateway_host(account.base_url) == host
            and account.id not in self._requests
            and self._plans[account.id].may_be_released(now)
            and self._guard.rejection(account.id) is not None
        ]
        for account_id in held[:RETRIES_OF_HOST]:
            self._send_rejected(account_id, now)

    def _send_rejected(self, account_id: str, latest: datetime) -> None:
        self._demands[account_id] = Demand.RETRY_KEY
        self._due_by(account_id, latest)

    # --- plans ----------------------------------------------------------------------

    def _first_plan(self, account: Account, number: int, now: datetime) -> Plan:
        """Plan a new account; of many, one with a recent balance keeps its time."""
        self._bunched.add(account.id)
        plan = first_plan(number, MAX_CONCURRENT, now, self._jitter())
        if number >= MAX_CONCURRENT:
            last = self._history.last(account.id, now)
            if last is not None and last.at <= now:
                return replace(
                    plan, due=max(plan.due, last.at + self._settings.interval)
                )
        return plan

    def _stored_plan(self, account_id: str) -> Plan | None:
        """Return the plan of a wait that was stored before the restart, or None."""
        with log_faults(f"recalling the wait of {account_id}"):
            return self._history.state.wait(account_id).plan
        return None

    def _cancel_request(self, account_id: str) -> None:
        task = self._requests.pop(account_id, None)
        if task is not None:
            task.cancel()
