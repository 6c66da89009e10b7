"""Stores what a person changes in a dialog: keys, settings file and start at login."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from trayapp.core.changes import Changes, Conflict
from trayapp.core.errors import (
    ConfigBroken,
    ConfigReplaced,
    Failure,
    KeyRemains,
    StorageProblem,
)
from trayapp.core.merge import Merged, merge
from trayapp.core.unfinished import (
    IN_PROGRESS,
    StepKind,
    UnfinishedStep,
    step_of_login,
    steps_of_new_keys,
    steps_of_removals,
)
from trayapp.services.autostart.autostart import Autostart
from trayapp.services.files.config_file import (
    Config,
    ConfigFile,
    FileVersion,
    LoadedConfig,
)
from trayapp.services.keyring.keychain import Keychain, keys_stored
from trayapp.services.log.log_faults import log_faults
from trayapp.services.unfinished_steps import (
    Failures,
    UnfinishedSteps,
    with_steps,
    without_steps,
)

_log = logging.getLogger(__name__)


class ConflictError(Exception):
    """The dialog and another program changed the same; the person is to choose."""

    def __init__(self, conflicts: frozenset[Conflict]) -> None:
        super().__init__(", ".join(map(str, sorted(conflicts))))
        self.conflicts = conflicts


class ProfileChanges:
    """Makes a change of several steps as a whole, or leaves its rest to be done later.

    First it records what a kill would leave behind. Then it stores the keys, and then
    the settings file with the record of what follows. Last it does what follows.
    """

    def __init__(
        self,
        file: ConfigFile,
        keychain: Keychain,
        autostart: Autostart,
        forget: Callable[[str], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """Take the collaborators; `forget` is the one of `UnfinishedSteps`."""
        self._file, self._keychain, self._autostart = file, keychain, autostart
        self._clock = clock
        self._steps = UnfinishedSteps(
            file, keychain, forget, autostart=autostart, clock=clock
        )
        self.on_key_removal: Callable[[Failure | None], None] = lambda _: None
        """Called when a removed account's key could not be removed, and with None when
        no such key is left."""
        self._key_removal: Failure | None = None
        self._known = Config()
        """The settings that the program works with."""
        self._is_readable = True
        self._version: FileVersion | None = None
        """Of the settings file, when it was last looked at."""
        self._finishing: asyncio.Task[Failures] | None = None

    def load(self) -> LoadedConfig:
        """Read the settings that the program works with from now on."""
        self._version = self._file.version()
        loaded = self._file.load()
        self._known, self._is_readable = loaded.config, loaded.problem is None
        return loaded

    def is_made_elsewhere(self) -> bool:
        """Return whether another program has changed accounts or settings.

        Its command may have been killed before it could send a message. A file that is
        missing or can't be read changes nothing: a person may be editing it.
        """
        version = self._file.version()
        if version is None or (version == self._version and self._is_readable):
            return False
        self._version = version
        try:
            config = self._file.read()
        except StorageProblem:
            return False
        before, self._known = self._known, config
        same = (config.accounts, config.settings) == (before.accounts, before.settings)
        return not (same and self._is_readable)

    async def store(self, changes: Changes) -> Config:
        """Store keys and settings, and return the settings; `finish` does the rest.

        Raises a `BalanceTrayError` or a `ConflictError`; keys and settings are then as
        before. `notice` says if a file that could not be read was in their place.
        """
        guards: set[UnfinishedStep] = set()
        is_first = self._file.version() is None
        self._file.kept_aside = ""

        def record_guards() -> None:
            loaded, due = self._file.load(), self._clock() + IN_PROGRESS
            if loaded.problem is not None and loaded.problem.kind is ConfigBroken:
                return  # `_commit` keeps it aside, once the keys are stored
            stored = loaded.config.accounts
            guards.update(
                steps_of_new_keys(stored, changes.accounts, changes.keys, due)
            )
            self._file.update(lambda config: with_steps(config, guards))

        try:
            async with keys_stored(self._keychain, changes.keys, record_guards):
                config = self._commit(changes, guards)
        except BaseException:
            if guards:
                with log_faults("ending a change that failed"):
                    self._file.update(lambda config: without_steps(config, guards))
                    if is_first:
                        self._file.remove_empty()
            raise
        self._known, self._is_readable = config, True
        return config

    def _commit(self, changes: Changes, guards: Collection[UnfinishedStep]) -> Config:
        """Write the settings, and record what follows in the same write.

        Returns the new settings. Raises `LoginUnchanged` if start at login can't be
        switched; the settings then stay as they were.
        """
        # Only now, as the keyring may have been silent for minutes.
        with self._file.locked():
            loaded = self._file.load()
            before = loaded.config
            if loaded.problem is None:
                merged = merge(changes, before.accounts, before.settings)
            else:  # nothing can be merged with it; `save` keeps it aside or refuses
                merged = Merged(changes.accounts, changes.settings, frozenset())
            if new := merged.conflicts - changes.accepted:
                raise ConflictError(new)
            accounts = merged.accounts
            steps = [*steps_of_removals(before.accounts, accounts)]
            on = changes.at_login
            switches = on is not None and self._autostart.state().is_on is not on
            if switches:
                steps.append(step_of_login(on=bool(on)))
            config = with_steps(without_steps(before, guards), steps)
            config = replace(config, accounts=accounts, settings=merged.settings)
            self._file.save(config)
            try:
                if switches:
                    self._autostart.switch(on=bool(on))
            except BaseException:
                self._file.save(before)
                raise
        return config

    @property
    def notice(self) -> Failure | None:
        """What the person should know of the last `store`."""
        if not self._file.kept_aside:
            return None
        return ConfigReplaced(detail=self._file.kept_aside).as_failure()

    def start_finishing(self) -> None:
        """Begin to work off what is left to be done, unless that runs."""
        is_idle = self._finishing is None or self._finishing.done()
        if self._known.unfinished and is_idle:
            self._finishing = asyncio.create_task(self.finish())

    async def finish(self) -> Failures:
        """Work off what is left to be done; return what failed and is tried again."""
        failures: Failures = ()
        with log_faults("finishing earlier changes"):
            try:
                failures = await self._steps.run()
                unfinished = self._file.read().unfinished
                self._known = replace(self._known, unfinished=unfinished)
                self._report_keys(failures)
            except StorageProblem as problem:
                _log.info("earlier changes are not finished: %s", problem)
        return failures

    def _report_keys(self, failures: Failures) -> None:
        """Report the first key that stays, if that is news."""
        kinds = [
            failure.kind.id
            for step, failure in failures
            if step.kind is StepKind.REMOVE_KEY
        ]
        problem = KeyRemains(detail=kinds[0]).as_failure() if kinds else None
        if problem != self._key_removal:
            self._key_removal = problem
            self.on_key_removal(problem)

    @property
    def unfinished_ids(self) -> frozenset[str]:
        """The accounts whose keys are still to be removed."""
        return frozenset(
            step.account_id
            for step in self._known.unfinished
            if step.kind is StepKind.REMOVE_KEY
        )

    async def close(self) -> None:
        """Stop; what is left is done at the next start."""
        if self._finishing is not None:
            self._finishing.cancel()
            await asyncio.gather(self._finishing, return_exceptions=True)
