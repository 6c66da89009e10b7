"""The use case: key, question, record, alert. The window and the CLI both call it."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from trayapp.core.account import Account
from trayapp.core.alerts import decide
from trayapp.core.balance import Reading
from trayapp.core.errors import BalanceTrayError, Failure, InternalFault, Unauthorized
from trayapp.core.known import Outcome
from trayapp.core.schedule import Plan
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings
from trayapp.services.gateway import Gateway
from trayapp.services.history import History, Watched
from trayapp.services.keychain import Keychain

_log = logging.getLogger(__name__)


class Refresh:
    """Asks for balances, and remembers what came of it.

    A history that can't be written is logged and never hides a balance: what was
    told is then remembered until the program ends.
    """

    def __init__(
        self,
        keychain: Keychain,
        gateway: Gateway,
        history: History | None,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the current time, aware and in UTC, from `clock`."""
        self._keychain = keychain
        self._gateway = gateway
        self._history = history
        self._clock = clock
        self._watched: dict[str, Watched] = {}

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
                self._keychain.read_anew(account.id)
        except Exception as error:  # noqa: BLE001  # a fault of ours in one
            # account's path must neither stop the others nor the next poll.
            _log.exception("asking for account %s failed", account.id)
            result = InternalFault(detail=type(error).__name__).as_failure()
        return Outcome(account.id, self._clock(), result)

    async def refresh(self, account: Account) -> Outcome:
        """Ask, and record a reading; what a person was told stays untouched."""
        outcome = await self.ask(account)
        self._record(outcome)
        return outcome

    async def refresh_and_tell(self, account: Account, settings: Settings) -> Outcome:
        """Ask, record, and decide whether the person is to be told.

        What is to be told is remembered as told before it is: after a crash between
        the two, a person is told nothing rather than everything twice.
        """
        outcome = await self.refresh(account)
        watched = self.watched(account.id)
        told, alert = decide(watched.told, account, outcome.result, settings)
        if told != watched.told:
            self.remember(account.id, replace(watched, told=told))
        return replace(outcome, alert=alert)

    def last(self, account_id: str) -> Reading | None:
        """Give the newest recorded reading."""
        if self._history is None:
            return None
        try:
            return self._history.last(account_id)
        except BalanceTrayError as error:
            _log.warning("%s", error)
            return None

    def watched(self, account_id: str) -> Watched:
        """Give what was told of an account, and what it waits for."""
        if account_id not in self._watched:
            self._watched[account_id] = self._stored_watched(account_id)
        return self._watched[account_id]

    def remember(self, account_id: str, watched: Watched) -> None:
        """Remember what was told, and what an account waits for."""
        if self._watched.get(account_id) == watched:
            return
        self._watched[account_id] = watched
        if self._history is None:
            return
        try:
            self._history.watch(account_id, watched)
        except BalanceTrayError as error:
            _log.warning("%s", error)

    def plan(self, account_id: str, plan: Plan, result: Reading | Failure) -> None:
        """Remember a wait that must outlive a restart, and end one that is over."""
        watched = self.watched(account_id)
        if plan.held and isinstance(result, Failure):
            self.remember(account_id, replace(watched, plan=plan, failure=result))
        elif watched.plan is not None:
            self.remember(account_id, replace(watched, plan=None, failure=None))

    def key_changed(self, account_id: str) -> None:
        """Begin anew with a key: what the old one was rejected for is over."""
        told = replace(self.watched(account_id).told, rejected=False)
        self.remember(account_id, Watched(told))

    def forget(self, account_id: str) -> None:
        """Remove all that is remembered of an account."""
        self._watched.pop(account_id, None)
        if self._history is None:
            return
        try:
            self._history.forget(account_id)
        except BalanceTrayError as error:
            _log.warning("%s", error)

    def _record(self, outcome: Outcome) -> None:
        if self._history is None or isinstance(outcome.result, Failure):
            return
        try:
            self._history.record(outcome.account_id, outcome.result)
        except BalanceTrayError as error:
            _log.warning("%s", error)

    def _stored_watched(self, account_id: str) -> Watched:
        if self._history is None:
            return Watched()
        try:
            return self._history.watched(account_id)
        except BalanceTrayError as error:
            _log.warning("%s", error)
            return Watched()
