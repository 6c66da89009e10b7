"""What earlier changes left to be done is done, once it can be."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes.autostart import FakeAutostart
from fakes.vault import FakeVault
from trayapp.core.account import Account
from trayapp.core.errors import (
    Failure,
    HistoryBusy,
    KeyringLocked,
    LoginUnchanged,
)
from trayapp.core.unfinished import (
    IN_PROGRESS,
    StepKind,
    UnfinishedStep,
    step_of_login,
)
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.unfinished_steps import (
    Failures,
    UnfinishedSteps,
    with_steps,
)

if TYPE_CHECKING:
    from collections.abc import Callable

A = Account("a", "A")
KEY = "made-up-key-0123456789"
GONE_KEY = UnfinishedStep(StepKind.REMOVE_KEY, "x", "X")
GONE_ROWS = UnfinishedStep(StepKind.REMOVE_HISTORY, "x", "X")


class StepsHarness:
    """A settings file with steps, and what they change."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.file = ConfigFile(folder / "config.toml")
        self.vault = FakeVault(a=KEY, x=KEY)
        self.autostart: FakeAutostart | None = FakeAutostart()
        self.forgotten: list[str] = []
        self.now = now
        self.forget: Callable[[str], bool] = self._forget

    def _forget(self, account_id: str) -> bool:
        self.forgotten.append(account_id)
        return True

    def run(self, *steps: UnfinishedStep) -> Failures:
        """Record these steps, and do what is recorded."""
        self.file.update(lambda config: with_steps(config, steps))
        runner = UnfinishedSteps(
            self.file,
            Keychain(self.vault),
            self.forget,
            autostart=self.autostart,
            clock=lambda: self.now,
        )
        return asyncio.run(runner.run())

    def left(self) -> tuple[UnfinishedStep, ...]:
        """Return what the file still records."""
        return self.file.read().unfinished


@pytest.fixture
def steps(tmp_path: Path, now: datetime) -> StepsHarness:
    """Give a file with one account."""
    harness = StepsHarness(tmp_path, now)
    harness.file.save(Config((A,)))
    return harness


def test_a_removal_is_finished(steps: StepsHarness) -> None:
    """The other account keeps its key."""
    assert steps.run(GONE_KEY, GONE_ROWS) == ()
    assert (steps.vault.get("x"), steps.vault.get("a")) == (None, KEY)
    assert steps.forgotten == ["x"]
    assert steps.file.read() == Config((A,))


def test_a_locked_keyring_delays_only_its_step(
    steps: StepsHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not asked for its password."""
    steps.vault.locked = True
    assert steps.run(GONE_KEY, GONE_ROWS) == ((GONE_KEY, Failure(KeyringLocked)),)
    assert steps.vault.calls == []
    assert steps.left() == (GONE_KEY,)
    assert KEY not in caplog.text
    steps.vault.locked = False
    assert steps.run() == ()
    assert steps.left() == ()


def test_a_busy_history_delays_only_its_step(steps: StepsHarness) -> None:
    """The key is gone at once."""

    def busy(_: str) -> bool:
        raise HistoryBusy

    steps.forget = busy
    assert steps.run(GONE_KEY, GONE_ROWS) == ((GONE_ROWS, Failure(HistoryBusy)),)
    assert steps.left() == (GONE_ROWS,)


def test_rows_that_are_not_gone_from_the_disk_are_not_done(
    steps: StepsHarness,
) -> None:
    """The write queue may be lost with the program."""
    steps.forget = lambda _: False
    assert steps.run(GONE_ROWS) == ()
    assert steps.left() == (GONE_ROWS,)


def test_an_account_that_a_person_put_back_keeps_what_it_has(
    steps: StepsHarness,
) -> None:
    """They copied it out of a backup, before the keyring was open again."""
    own = [UnfinishedStep(step.kind, "a", "A") for step in (GONE_KEY, GONE_ROWS)]
    assert steps.run(*own) == ()
    assert steps.vault.get("a") == KEY
    assert (steps.forgotten, steps.left()) == ([], ())


def test_an_unsure_key_is_dropped_when_its_change_is_over(steps: StepsHarness) -> None:
    """Not while the change may still run."""
    step = UnfinishedStep(StepKind.DROP_UNSURE_KEY, "a", "A", steps.now + IN_PROGRESS)
    assert steps.run(step) == ()
    assert steps.vault.get("a") == KEY
    steps.now += IN_PROGRESS
    assert steps.run() == ()
    assert steps.vault.get("a") is None


def test_start_at_login_is_switched_later(steps: StepsHarness) -> None:
    """Where the program can't switch it, the step stays."""
    autostart, steps.autostart = steps.autostart, None
    step = step_of_login(on=True)
    assert steps.run(step) == ()
    assert steps.left() == (step,)
    steps.autostart = autostart
    assert autostart is not None
    autostart.error = LoginUnchanged(detail="no")
    assert steps.run() == ((step, Failure(LoginUnchanged, "no")),)
    autostart.error = None
    assert steps.run() == ()
    assert (autostart.on, steps.left()) == (True, ())


def test_a_step_replaces_the_same_step(steps: StepsHarness) -> None:
    """The newer one knows better when it is due."""
    later = UnfinishedStep(StepKind.REMOVE_KEY, "x", "X", steps.now + IN_PROGRESS)
    config = with_steps(with_steps(Config(), [GONE_KEY]), [later])
    assert config.unfinished == (later,)
