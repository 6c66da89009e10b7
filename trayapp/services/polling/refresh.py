"""The use case of the window and the command line: guard, key, request, record."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    BalanceTrayError,
    Failure,
    GatewayDown,
    InternalFault,
    KeyringProblem,
)
from trayapp.core.pace import Demand, Postponed
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.changes import StoredWait
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.log.log_faults import log_faults
from trayapp.services.polling.guard import RequestGuard, key_mark

_TEST_WAITS: Final = timedelta(seconds=10)
"""How long a key test waits for its turn: a person looks on."""
_log = logging.getLogger(__name__)


class Refresh:
    """Requests the balance of an account, and has the outcome recorded."""

    def __init__(
        self,
        keychain: Keychain,
        gateway: GatewayClient,
        record: Callable[[Outcome], None],
        clock: Callable[[], datetime],
        guard: RequestGuard,
    ) -> None:
        """Take the current time, aware and in UTC, from `clock`.

        `record` gets each outcome of `refresh`. In the window it decides about alerts
        and keeps the reading with the decision; `check` keeps the reading alone.
        """
        self._keychain = keychain
        self._gateway = gateway
        self._record = record
        self._clock = clock
        self._guard = guard

    async def refresh(
        self, account: Account, demand: Demand = Demand.SCHEDULED
    ) -> Outcome | Postponed:
        """Request the balance with the stored key, and record the outcome.

        An account that waits is postponed, and nothing is sent. It waits after its key
        was rejected until the key changes, or for its turn at the host. `demand` says
        which of these waits count. Never raises: a fault while recording is logged and
        hides no balance.
        """
        result = await self._guarded(account, demand)
        outcome: Outcome | None = None
        if isinstance(result, Outcome):
            outcome = result
        elif result.failure is not None:
            # Another program met the rejection, such as `check` under cron.
            outcome = Outcome(account.id, self._clock(), result.failure)
        if outcome is not None:
            with log_faults(f"recording {account.id}"):
                self._record(outcome)
        return result

    async def test(self, account: Account, key: Secret | None = None) -> Outcome:
        """Request the balance with `key` or the stored one, and record nothing.

        It waits some seconds for its turn at the host. Never raises.
        """
        turn = self._guard.turn(account)
        if turn is not None:
            wait = turn.until - self._clock()
            if wait > _TEST_WAITS:
                failure = GatewayDown(retry_after=wait).as_failure()
                return Outcome(account.id, self._clock(), failure)
            await asyncio.sleep(wait / timedelta(seconds=1))
        sent = await self._request(account, key, Demand.NOW)
        assert not isinstance(sent, Postponed)  # noqa: S101  # it does not wait
        return sent.outcome if isinstance(sent, _Refused) else sent

    async def _guarded(self, account: Account, demand: Demand) -> Outcome | Postponed:
        rejection: StoredWait | None = None
        with log_faults(f"looking at the waits of {account.id}"):
            turn = None if demand is Demand.NOW else self._guard.turn(account)
            if turn is not None:
                return turn
            if demand is Demand.SCHEDULED:
                rejection = self._guard.rejection(account.id)
        if rejection is not None and not await self._has_new_key(account, rejection):
            assert rejection.plan is not None  # noqa: S101  # for mypy
            return Postponed(account.id, rejection.plan.due, rejection.failure)
        sent = await self._request(account, None, demand)
        return sent.postponed if isinstance(sent, _Refused) else sent

    async def _has_new_key(self, account: Account, rejection: StoredWait) -> bool:
        """Say whether the keyring has another key than the one that was rejected."""
        try:
            key = await self._keychain.key(account.id)
        except KeyringProblem:
            return False  # nothing is known of a new one
        except BalanceTrayError:
            return True  # the request tells why there is no key
        if rejection.rejected_key in {"", key_mark(account, key)}:
            self._keychain.invalidate(account.id)  # it may change until the next time
            return False
        return True

    async def _request(
        self, account: Account, key: Secret | None, demand: Demand
    ) -> "Outcome | Postponed | _Refused":
        """Send a request if it is still the account's turn."""
        result: Reading | Failure
        is_stored = key is None
        sent_at: datetime | None = None
        try:
            if key is None:
                key = await self._keychain.key(account.id)
            turn = None if demand is Demand.NOW else self._guard.turn(account)
            if turn is not None:  # others were faster while the keyring was read
                return turn
            sent_at = self._guard.note_sent(account)
            balance = await self._gateway.balance(account, key)
            result = Reading(balance, self._clock())
        except BalanceTrayError as error:
            _log.info("%s: %s", account.id, error)
            result = error.as_failure()
            if error.rejects_key:
                self._keychain.invalidate(account.id)
        except Exception as error:  # noqa: BLE001  # a fault of the program in one
            # account's path must neither stop the others nor the next poll.
            _log.exception("the request for account %s failed", account.id)
            result = InternalFault(detail=type(error).__name__).as_failure()
        outcome = Outcome(account.id, self._clock(), result)
        if key is not None and sent_at is not None:
            with log_faults(f"noting the response for {account.id}"):
                if is_stored:
                    self._guard.note_key(account, key, result)
                postponed = self._guard.note_result(account, sent_at, result)
                if postponed is not None:
                    return _Refused(outcome, postponed)
        return outcome


@dataclass(frozen=True, slots=True)
class _Refused:
    """The host takes a request later, and that is no error yet."""

    outcome: Outcome
    postponed: Postponed
