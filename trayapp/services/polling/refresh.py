"""The use case: key, question, answer. The window and the CLI both call it."""

import logging
from collections.abc import Callable
from datetime import datetime

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import BalanceTrayError, Failure, InternalFault, Unauthorized
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain

_log = logging.getLogger(__name__)


class Refresh:
    """Asks for balances; and records them where nothing else decides about them.

    A history that can't be written is logged and never hides a balance.
    """

    def __init__(
        self,
        keychain: Keychain,
        gateway: GatewayClient,
        history: HistoryStore | None,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the current time, aware and in UTC, from `clock`."""
        self._keychain = keychain
        self._gateway = gateway
        self._history = history
        self._clock = clock
        self.unrecorded: Failure | None = None
        """Why a reading was not recorded, if one was not."""

    async def ask(self, account: Account, key: Secret | None = None) -> Outcome:
        """Ask the gateway now, with `key` or the stored one, and record nothing.

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
            if isinstance(error, Unauthorized):
                self._keychain.invalidate(account.id)
        except Exception as error:  # noqa: BLE001  # a fault of ours in one
            # account's path must neither stop the others nor the next poll.
            _log.exception("asking for account %s failed", account.id)
            result = InternalFault(detail=type(error).__name__).as_failure()
        return Outcome(account.id, self._clock(), result)

    async def refresh(self, account: Account) -> Outcome:
        """Ask, and record a reading; what a person was told stays untouched.

        So does the command line, which tells for itself. The running program asks,
        and `Alarm` records the answer together with what it decides.
        """
        outcome = await self.ask(account)
        self._record(outcome)
        return outcome

    def last(self, account_id: str) -> Reading | None:
        """Give the newest recorded reading, as `HistoryStore.last` does."""
        if self._history is None:
            return None
        try:
            return self._history.last(account_id, self._clock())
        except BalanceTrayError as error:
            _log.warning("%s", error)
            return None

    def _record(self, outcome: Outcome) -> None:
        if self._history is None or isinstance(outcome.result, Failure):
            return
        try:
            self._history.record(outcome.account_id, outcome.result)
        except BalanceTrayError as error:
            _log.warning("%s", error)
            self.unrecorded = error.as_failure()
