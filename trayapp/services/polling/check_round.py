"""One round through some accounts, for callers that report once and end."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.errors import GatewayDown
from trayapp.core.pace import Demand, PaceNotice, Postponed, gateway_host
from trayapp.services.history.service import HistoryService
from trayapp.services.polling.concurrency import MAX_CONCURRENT
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh

KNOWN_WAITS: Final = timedelta(seconds=30)
"""How long a round waits for accounts whose balance is known and recent."""
UNKNOWN_WAITS: Final = timedelta(minutes=5)
"""How long it waits for the others."""
_UNCHANGED: Final = timedelta(minutes=65)
"""A balance that is read again within an hour, and did not change, is not kept."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class CheckedAccount:
    """What a round has for an account: just read, or known from before."""

    state: AccountState
    waits_until: datetime | None = None
    """When it is the account's turn; None if the round requested it, or if it waits
    because its key was rejected."""


class CheckRound:
    """Requests each account once, at the pace of its host, within some minutes.

    An account whose turn comes later, or whose rejected key waits, is reported as it
    is known.
    """

    def __init__(
        self,
        refresh: Refresh,
        guard: RequestGuard,
        history: HistoryService,
        clock: Callable[[], datetime],
    ) -> None:
        self._refresh, self._guard, self._history = refresh, guard, history
        self._clock = clock
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self.pending = 0
        """How many requests are under way or wait for a slot."""

    async def run(
        self, accounts: Sequence[Account], *, force: bool = False
    ) -> tuple[CheckedAccount, ...]:
        """Request the accounts; give them in the same order.

        With `force` a rejected key is sent again. A host in a pause gets one request,
        and the others if it takes that one.
        """
        now = self._clock()
        before = {
            account.id: AccountState(account, self._history.last(account.id, now))
            for account in accounts
        }
        hosts: defaultdict[str, list[Account]] = defaultdict(list)
        for account in accounts:
            hosts[gateway_host(account.base_url)].append(account)

        rounds = [
            self._run_host(self._in_order(of_host, before), force=force)
            for of_host in hosts.values()
        ]
        results: dict[str, Outcome | Postponed] = {}
        for of_host in await asyncio.gather(*rounds):
            results |= of_host
        return tuple(
            self._checked(before[account.id], results[account.id])
            for account in accounts
        )

    def notices(self, checked: Sequence[CheckedAccount]) -> tuple[PaceNotice, ...]:
        """Say of each host whose accounts did not all have their turn what it takes."""
        accounts = [each.state.account for each in checked]
        waiting = {
            gateway_host(each.state.account.base_url)
            for each in checked
            if each.waits_until is not None
        }
        of_hosts = [
            account for account in accounts if gateway_host(account.base_url) in waiting
        ]
        return self._guard.notices(of_hosts, timedelta(0))

    def _in_order(
        self, accounts: Sequence[Account], before: Mapping[str, AccountState]
    ) -> list[Account]:
        """Sort the accounts of a host so that several rounds reach all of them.

        Unknown and old balances come first. Of the others the time of the last request
        is not known, as an unchanged balance is kept once an hour. So the round goes on
        after the account that was requested last.
        """
        ids = [account.id for account in accounts]
        last, now = self._guard.pace(accounts[0]).last_account, self._clock()
        start = ids.index(last) + 1 if last in ids else 0

        def rank(number: int) -> tuple[datetime, int]:
            reading = before[ids[number]].reading
            at = _NEVER if reading is None else min(reading.at, now - _UNCHANGED)
            return at, (number - start) % len(ids)

        return [accounts[number] for number in sorted(range(len(ids)), key=rank)]

    async def _run_host(
        self, accounts: list[Account], *, force: bool
    ) -> dict[str, Outcome | Postponed]:
        """Request the accounts of one host; give a `Postponed` for the rest."""
        began = self._clock()
        results: dict[str, Outcome | Postponed] = {}
        demand = Demand.RETRY_KEY if force else Demand.SCHEDULED
        if force:
            first, *accounts = accounts
            results[first.id] = await self._request(first, Demand.NOW)
        while accounts:
            now = self._clock()
            pace = self._guard.pace(accounts[0])
            turn = pace.next_turn(now)
            is_known = self._guard.is_recent(accounts[0].id)
            if turn - began > (KNOWN_WAITS if is_known else UNKNOWN_WAITS):
                break
            if turn > now:
                await asyncio.sleep((turn - now) / _SECOND)
                continue
            chosen = accounts[: pace.free(now)]
            requests = (self._request(account, demand) for account in chosen)
            for result in await asyncio.gather(*requests):
                results[result.account_id] = result
            accounts = [
                account
                for account in accounts
                if _waits_for_its_turn(results.get(account.id))
            ]
        for account in accounts:
            turn = self._guard.pace(account).next_turn(self._clock())
            results[account.id] = Postponed(account.id, turn)
        return results

    async def _request(self, account: Account, demand: Demand) -> Outcome | Postponed:
        self.pending += 1
        try:
            async with self._slots:
                return await self._refresh.refresh(account, demand)
        finally:
            self.pending -= 1

    def _checked(
        self, before: AccountState, result: Outcome | Postponed
    ) -> CheckedAccount:
        if isinstance(result, Outcome):
            return CheckedAccount(before.apply(result))
        account_id, now = before.account.id, self._clock()
        rejection = self._guard.rejection(account_id)
        failure = result.failure
        if failure is None and rejection is not None:
            failure = rejection.failure
        if failure is None and not self._guard.is_recent(account_id):
            failure = GatewayDown(retry_after=result.until - now).as_failure()
        reading = self._history.last(account_id, now)  # the tray may have read it
        state = replace(before, reading=reading, failure=failure)
        return CheckedAccount(state, None if result.failure else result.until)


def _waits_for_its_turn(result: Outcome | Postponed | None) -> bool:
    return result is None or (isinstance(result, Postponed) and not result.failure)
