"""Finishes changes of several steps that a failure or the program's end interrupted.

The steps that a change leaves to be done stand in the settings file, beside the
accounts (`Config.unfinished`). The write that removes an account records them, too, so
no moment exists in which they are lost. They hold no key. The running program works
them off at its start, once a minute, and after the keyring was unlocked. So does each
command that changes something.

To have something done later: `file.update(lambda config: with_steps(config, steps))`,
then `await UnfinishedSteps.run()`.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import assert_never

from trayapp.core.errors import BalanceTrayError, Failure
from trayapp.core.unfinished import StepKind, UnfinishedStep
from trayapp.services.autostart.autostart import Autostart
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.keyring.keychain import Keychain

_log = logging.getLogger(__name__)
Failures = tuple[tuple[UnfinishedStep, Failure], ...]
"""The steps that could not be done, each with the reason."""


def with_steps(config: Config, steps: Iterable[UnfinishedStep]) -> Config:
    """Record steps; one that replaces another of its kind and account."""
    new = tuple(steps)
    places = {(step.kind, step.account_id) for step in new}
    kept = (
        step for step in config.unfinished if (step.kind, step.account_id) not in places
    )
    return replace(config, unfinished=(*kept, *new))


def without_steps(config: Config, steps: Collection[UnfinishedStep]) -> Config:
    """Delete the record of steps that are done."""
    kept = tuple(step for step in config.unfinished if step not in steps)
    return replace(config, unfinished=kept)


class UnfinishedSteps:
    """Works off the steps that the settings file records."""

    def __init__(
        self,
        file: ConfigFile,
        keychain: Keychain,
        forget: Callable[[str], bool],
        *,
        autostart: Autostart | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`forget` removes an account's rows and returns whether they are gone now.

        It may raise a `HistoryProblem`. Without an `autostart` the steps for start at
        login stay.
        """
        self._file, self._keychain = file, keychain
        self._forget, self._autostart = forget, autostart
        self._clock = clock
        self._logged: set[tuple[UnfinishedStep, type[BalanceTrayError]]] = set()

    async def run(self) -> Failures:
        """Do every step that is due, and delete its record.

        Returns those that failed; they are tried again the next time. It shows no
        prompt: a locked keyring is a failure. Raises a `StorageProblem` if the settings
        file can't be read or written.
        """
        config = self._file.read()
        done: set[UnfinishedStep] = set()
        failures: list[tuple[UnfinishedStep, Failure]] = []
        account_ids = {account.id for account in config.accounts}
        for step in config.unfinished:
            if not step.is_due(self._clock()):
                continue
            try:
                if await self._do(step, account_ids):
                    done.add(step)
            except BalanceTrayError as error:
                failures.append((step, error.as_failure()))
                self._log_once(step, error)
        if done:
            self._file.update(lambda config: without_steps(config, done))
        return tuple(failures)

    async def _do(self, step: UnfinishedStep, account_ids: Collection[str]) -> bool:
        """Do a step; return whether it is done."""
        # An account that a person put back by hand keeps what it has.
        is_account = step.account_id in account_ids
        match step.kind:
            case StepKind.REMOVE_KEY:
                if not is_account:
                    await self._keychain.remove(step.account_id)
                return True
            case StepKind.DROP_UNSURE_KEY:
                await self._keychain.remove(step.account_id)
                return True
            case StepKind.REMOVE_HISTORY:
                return is_account or self._forget(step.account_id)
            case StepKind.LOGIN_ON | StepKind.LOGIN_OFF:
                return self._switch_login(on=step.switches_login_on)
            case _:
                assert_never(step.kind)

    def _switch_login(self, *, on: bool) -> bool:
        if self._autostart is None:
            return False
        if self._autostart.state().is_on is not on:
            self._autostart.switch(on=on)
        return True

    def _log_once(self, step: UnfinishedStep, error: BalanceTrayError) -> None:
        """Log a failure; it is tried again every minute."""
        if (step, type(error)) not in self._logged:
            self._logged.add((step, type(error)))
            _log.warning(
                "%s of %s is left to do: %s", step.kind, step.account_id, error
            )
