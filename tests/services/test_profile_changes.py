"""A dialog's changes are stored as a whole, and other programs' changes are seen."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from fakes.autostart import FakeAutostart
from fakes.vault import FakeVault
from trayapp.core.account import Account
from trayapp.core.changes import Base, Changes, Conflict
from trayapp.core.errors import ConfigUnwritable, KeyringFailed, LoginUnchanged
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings
from trayapp.core.unfinished import StepKind, UnfinishedStep
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.profile_changes import ConflictError, ProfileChanges

A, B = Account("a", "A"), Account("b", "B")
KEY = Secret("made-up-key-0123456789")
HIDDEN = Settings(discreet=True)


class ChangesHarness:
    """A file with one account, and the object under test."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.file = ConfigFile(folder / "balance-tray" / "config.toml")
        self.file.save(Config((A,)))
        self.vault, self.autostart = FakeVault(), FakeAutostart()
        self.forgotten: list[str] = []
        self.changes = ProfileChanges(
            self.file,
            Keychain(self.vault),
            self.autostart,
            self._forget,
            lambda: now,
        )
        self.changes.load()

    def _forget(self, account_id: str) -> bool:
        self.forgotten.append(account_id)
        return True

    def store(self, changes: Changes) -> Config:
        """Store changes of a dialog that was opened with the stored account."""
        opened = replace(changes, base=Base((A,)))
        return asyncio.run(self.changes.store(opened))


@pytest.fixture
def harness(tmp_path: Path, now: datetime) -> ChangesHarness:
    """Return a file with one account."""
    return ChangesHarness(tmp_path, now)


def test_what_follows_is_recorded_with_the_change(harness: ChangesHarness) -> None:
    """Nothing of it is done before."""
    config = harness.store(Changes((B,), HIDDEN, {"b": KEY}))
    assert (config.accounts, config.settings) == ((B,), HIDDEN)
    assert {step.kind for step in harness.file.read().unfinished} == {
        StepKind.REMOVE_KEY,
        StepKind.REMOVE_HISTORY,
    }
    assert harness.forgotten == []
    assert asyncio.run(harness.changes.finish()) == ()
    assert harness.forgotten == ["a"]
    assert harness.file.read() == Config((B,), HIDDEN)


def test_a_failing_login_entry_leaves_the_settings(harness: ChangesHarness) -> None:
    """Neither the account nor the step stays."""
    harness.autostart.error = LoginUnchanged(detail="no")
    with pytest.raises(LoginUnchanged):
        harness.store(Changes((A, B), HIDDEN, at_login=True))
    assert harness.file.read() == Config((A,))


def test_a_login_entry_that_is_right_is_not_switched(harness: ChangesHarness) -> None:
    """The desktop's settings may have made the same choice."""
    harness.autostart.on = True
    harness.store(Changes((A,), HIDDEN, at_login=True))
    assert harness.autostart.calls == []
    assert harness.file.read() == Config((A,), HIDDEN)


def test_a_failing_key_leaves_no_record(harness: ChangesHarness) -> None:
    """What was recorded for a kill is gone."""

    def full(call: str) -> None:
        if call == "put b":
            assert harness.file.read().unfinished != ()
            raise KeyringFailed

    harness.vault.before = full
    with pytest.raises(KeyringFailed):
        harness.store(Changes((A, B), Settings(), {"b": KEY}))
    assert harness.file.read() == Config((A,))


def test_only_new_conflicts_stop_a_change(harness: ChangesHarness) -> None:
    """The person has accepted the others."""
    harness.file.save(Config((replace(A, name="Theirs"),)))
    mine = Changes((replace(A, name="Mine"),), Settings())
    with pytest.raises(ConflictError, match="Mine: name") as caught:
        harness.store(mine)
    assert caught.value.conflicts == {Conflict("Mine", "name", "'Theirs'")}
    config = harness.store(replace(mine, accepted=caught.value.conflicts))
    assert config.accounts == mine.accounts


def test_a_broken_file_is_replaced_and_the_notice_names_it(
    harness: ChangesHarness, tmp_path: Path
) -> None:
    """The next change has no notice."""
    path = tmp_path / "balance-tray" / "config.toml"
    path.write_text("half a thought [")
    harness.store(Changes((A, B), Settings(), {"b": KEY}))
    notice = harness.changes.notice
    assert notice is not None
    assert (path.parent / notice.detail).read_text() == "half a thought ["
    harness.store(Changes((A,), Settings()))
    assert harness.changes.notice is None


@pytest.mark.parametrize(
    ("change", "is_made"),
    [
        (lambda file: file.save(Config((A, B))), True),
        (lambda file: file.save(Config((A,), HIDDEN)), True),
        (lambda file: file.save(Config((A,))), False),
        (
            lambda file: file.save(
                Config((A,), unfinished=(UnfinishedStep(StepKind.REMOVE_KEY, "x"),))
            ),
            False,
        ),
        (lambda _: None, False),
    ],
)
def test_a_change_of_another_program_is_seen_once(
    harness: ChangesHarness, change: Callable[[ConfigFile], None], *, is_made: bool
) -> None:
    """A file that was only written again is none."""
    change(harness.file)
    assert harness.changes.is_made_elsewhere() is is_made
    assert harness.changes.is_made_elsewhere() is False


def test_a_file_that_can_be_read_again_is_a_change(
    harness: ChangesHarness, tmp_path: Path
) -> None:
    """Also if only the permissions of a folder were mended."""
    folder = tmp_path / "balance-tray"
    folder.chmod(0o777)
    assert harness.changes.load().problem is not None
    assert harness.changes.is_made_elsewhere() is False
    folder.chmod(0o700)
    assert harness.changes.is_made_elsewhere() is True


def test_a_read_only_file_stops_a_change_before_the_keyring(
    harness: ChangesHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key is written that would have to be taken back."""

    def refuse(*_: object) -> None:
        raise ConfigUnwritable

    monkeypatch.setattr(ConfigFile, "save", refuse)
    with pytest.raises(ConfigUnwritable):
        harness.store(Changes((A, B), Settings(), {"b": KEY}))
    assert harness.vault.calls == ["unlock"]


def test_steps_of_another_program_are_worked_off(harness: ChangesHarness) -> None:
    """A command was killed after it had removed an account."""
    step = UnfinishedStep(StepKind.REMOVE_HISTORY, "x")
    harness.file.save(Config((A,), unfinished=(step,)))

    async def tick() -> None:
        assert not harness.changes.is_made_elsewhere()
        harness.changes.start_finishing()
        while harness.file.read().unfinished:  # noqa: ASYNC110  # it is in a file
            await asyncio.sleep(0.01)
        await harness.changes.close()

    asyncio.run(asyncio.wait_for(tick(), 30))
    assert harness.forgotten == ["x"]
