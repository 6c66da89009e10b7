"""The use case of the window and the command line: key, request, record."""

import logging
from collections.abc import Callable
from datetime import datetime

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import BalanceTrayError, Failure, InternalFault
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.log.log_faults import log_faults

_log = logging.getLogger(__name__)


class Refresh:
    """Requests the balance of an account, and has the outcome recorded."""

    def __init__(
        self,
        keychain: Keychain,
        gateway: GatewayClient,
        record: Callable[[Outcome], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Take the current time, aware and in UTC, from `clock`.

        `record` gets each outcome of `refresh`. In the window it decides about alerts
        and keeps the reading with the decision; `check` keeps the reading alone.
        """
        self._keychain = keychain
        self._gateway = gateway
        self._record = record
        self._clock = clock

    async def refresh(self, account: Account) -> Outcome:
        """Request the balance with the stored key, and record the outcome.

        Never raises: a fault while recording is logged and hides no balance.
        """
        outcome = await self.request(account)
        with log_faults(f"recording {account.id}"):
            self._record(outcome)
        return outcome

    async def request(self, account: Account, key: Secret | None = None) -> Outcome:
        """Request the balance with `key` or the stored one, and record nothing.

        Never raises: an error of ours, expected or not, becomes the outcome.
        """
        result: Reading | Failure
        try:
            if key is None:
                key = await self._keychain.key(account.id)
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
        return Outcome(account.id, self._clock(), result)
