"""All that happens behind the window: loading, saving, trying, unlocking."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from harness.backend import KEY, BackendHarness, Step
from harness.loop import let_loop_run
from trayapp.core.account import Account
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Base, Changes, KeyTest
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigBroken,
    ConfigChanged,
    ConfigReplaced,
    ConfigTooNew,
    ConfigUnwritable,
    Failure,
    HistoryProblem,
    InternalFault,
    KeyMissing,
    KeyRemains,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    NotificationsUnseen,
    Unauthorized,
)
from trayapp.core.schedule import Plan
from trayapp.core.secret import Secret
from trayapp.core.settings import AlertKind, Settings
from trayapp.services.alerts.service import AlertService
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.history.changes import KeepReading, SetWait, StoredWait
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import MemoryVault
from trayapp.services.messages.events import (
    DeliveryChanged,
    KeyRemovalChanged,
    KeyTestFinished,
    NotificationLogChanged,
    PendingPaymentsChanged,
    ProfileLoaded,
    RefreshFinished,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ChangeSnooze,
    DeleteReadings,
    ExpectTopUp,
    MarkCorrection,
    OpenKeyring,
    ReloadProfile,
    RunKeyTest,
    SendSample,
)

A, B, C = Account("a", "A"), Account("b", "B"), Account("c", "C")
OLD, NEW = KEY, "made-up-key-new-2"


def saving(
    *accounts: Account,
    keys: dict[str, str] | None = None,
    shown: Sequence[Account] = (),
    settings: Settings | None = None,
) -> Step:
    """Press OK in a dialog that was opened with `shown`."""

    async def step(harness: BackendHarness) -> None:
        changes = Changes(
            accounts,
            settings or Settings(),
            {one: Secret(key) for one, key in (keys or {}).items()},
            base=Base(tuple(shown)),
        )
        await harness.backend.handle(ApplyChanges(changes))

    return step


def outcomes(count: int) -> Step:
    """Wait for so many outcomes."""

    async def step(harness: BackendHarness) -> None:
        await harness.outcomes(count)

    return step


def keys(harness: BackendHarness) -> dict[str, str | None]:
    """Return what the keyring has of the accounts."""
    return {one: MemoryVault.get(harness.vault, one) for one in ("a", "b", "c")}


def stored_memory(harness: BackendHarness, account_id: str) -> AlertMemory:
    """Return what the database holds about the alerts of an account."""
    with HistoryStore(harness.paths.history) as history:
        return history.load().memory(account_id)


def refusing(call: str, error: type[Exception]) -> Callable[[str], None]:
    """Make a keyring that fails at one of its calls."""

    def before(made: str) -> None:
        if made == call:
            raise error

    return before


@pytest.fixture
def fill_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give what makes every file fail that is to be written for good."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    return lambda: monkeypatch.setattr(os, "fsync", full)


# --- at the start -----------------------------------------------------------------


def test_what_is_stored_is_told_before_anything_is_asked(
    harness: BackendHarness,
) -> None:
    """Accounts in their order, the settings, and the last balance of each."""
    harness.file.save(
        Config((A, B), Settings(timedelta(hours=1), alert_kinds=frozenset()))
    )
    reading = Reading(Balance(Decimal("7.50"), "EUR"), harness.now)
    with HistoryStore(harness.paths.history) as history:
        history.write(KeepReading("b", reading))
    (loaded,) = harness.play().of(ProfileLoaded)
    assert [one.account for one in loaded.accounts] == [A, B]
    assert [one.reading for one in loaded.accounts] == [None, reading]
    assert loaded.settings == Settings(timedelta(hours=1), alert_kinds=frozenset())
    assert loaded.problems == ()


def test_a_key_that_was_rejected_before_the_restart_still_is(
    harness: BackendHarness,
) -> None:
    """It is told as that, and not asked."""
    harness.store(A)
    plan = Plan(harness.now + timedelta(hours=5), 1, must_persist=True)
    with HistoryStore(harness.paths.history) as history:
        history.write(
            SetWait("a", StoredWait(plan=plan, failure=Failure(Unauthorized)))
        )

    async def step(_: BackendHarness) -> None:
        await let_loop_run()

    events = harness.play(step)
    assert events.of(ProfileLoaded)[0].accounts[0].failure == Failure(Unauthorized)
    assert harness.gateway.keys == []


def test_the_first_start_has_nothing_and_no_problem(harness: BackendHarness) -> None:
    """Nor does it write a settings file."""
    assert harness.play().of(ProfileLoaded) == [ProfileLoaded((), Settings())]
    assert not harness.paths.config.exists()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("not toml [", ConfigBroken), ("version = 99\n", ConfigTooNew)],
)
def test_a_settings_file_that_cannot_be_used_is_told(
    harness: BackendHarness, text: str, kind: type[BalanceTrayError]
) -> None:
    """The program starts with defaults."""
    harness.paths.config.parent.mkdir()
    harness.paths.config.write_text(text)
    (loaded,) = harness.play().of(ProfileLoaded)
    assert loaded.accounts == ()
    assert [one.kind for one in loaded.problems] == [kind]


def test_a_history_that_cannot_be_opened_is_told_and_hides_no_balance(
    harness: BackendHarness,
) -> None:
    """A folder in its place stands for whatever is wrong with the disk."""
    harness.paths.history.mkdir(parents=True)
    harness.store(A)

    async def step(harness: BackendHarness) -> None:
        (outcome,) = await harness.outcomes(1)
        assert isinstance(outcome.result, Reading)

    (loaded,) = harness.play(step).of(ProfileLoaded)
    assert [one.kind for one in loaded.problems] == [HistoryProblem]


def test_a_damaged_history_that_cannot_be_kept_aside_is_told(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder may not be written to."""
    harness.paths.history.parent.mkdir()
    harness.paths.history.write_text("no database " * 1_000)
    harness.store(A)

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", denied)
    (loaded,) = harness.play(outcomes(1)).of(ProfileLoaded)
    assert [one.kind for one in loaded.problems] == [HistoryProblem]


def test_every_account_is_asked(harness: BackendHarness) -> None:
    """And what it is asked with is shown to the log's mask first."""
    harness.store(A, B)
    harness.play(outcomes(2))
    assert harness.gateway.keys == [OLD, OLD]
    assert harness.masked_keys == [OLD, OLD]


def test_reloading_picks_up_what_the_command_line_added(
    harness: BackendHarness,
) -> None:
    """Without a restart, and without asking the others again."""
    harness.store(A)

    async def step(harness: BackendHarness) -> None:
        await harness.outcomes(1)
        harness.store(A, B)
        await harness.backend.handle(ReloadProfile())
        (outcome,) = await harness.outcomes(1)
        assert outcome.account_id == "b"

    events = harness.play(step)
    assert [one.account for one in events.of(ProfileLoaded)[-1].accounts] == [A, B]
    assert [one.account_id for one in events.of(RefreshStarted)] == ["a", "b"]


# --- saving -----------------------------------------------------------------------


def test_a_new_account_is_stored_and_asked(harness: BackendHarness) -> None:
    """Its key goes to the keyring, the rest into the file."""
    settings = Settings(timedelta(minutes=30))
    events = harness.play(saving(A, keys={"a": NEW}, settings=settings), outcomes(1))
    assert events.of(SaveFinished) == [SaveFinished((A,), settings)]
    assert harness.file.load().config == Config((A,), settings)
    assert keys(harness)["a"] == NEW
    assert harness.gateway.keys == [NEW]


def test_keys_are_stored_before_the_file(harness: BackendHarness) -> None:
    """An account without a key is worse than a key without an account."""
    found: list[Config] = []
    harness.vault.before = lambda _: found.append(harness.stored())
    harness.play(saving(A, keys={"a": NEW}))
    assert harness.vault.calls == ["unlock", "put a"]
    assert [config.accounts for config in found] == [(), ()]
    assert harness.stored() == Config((A,))


@pytest.mark.case("attack 2", "a change of several steps stops half-way")
def test_a_removal_is_finished_when_the_keyring_is_open(
    harness: BackendHarness,
) -> None:
    """Until then the settings file says what is left to be done."""
    harness.store(A)
    harness.vault.locked = True
    harness.play(saving(shown=[A]))
    assert harness.stored().unfinished != ()
    assert keys(harness)["a"] == OLD

    async def unlock(harness: BackendHarness) -> None:
        harness.vault.locked = False
        harness.backend.tick()
        await let_loop_run()

    harness.play(unlock)
    assert harness.stored().unfinished == ()
    assert keys(harness)["a"] is None


@pytest.mark.case("attack 3", "a key stays in a locked keyring without a word")
def test_a_key_that_stays_in_a_locked_keyring_is_told_until_it_is_removed(
    harness: BackendHarness,
) -> None:
    """The person unlocks the keyring, and the program does the rest."""
    harness.store(A)
    harness.vault.locked = True

    async def open_keyring(harness: BackendHarness) -> None:
        harness.backend.tick()
        await let_loop_run()
        await harness.backend.handle(OpenKeyring())
        await let_loop_run()

    events = harness.play(saving(shown=[A]), open_keyring)
    told = [event.problem for event in events.of(KeyRemovalChanged)]
    assert told == [Failure(KeyRemains, "keyring-locked"), None]
    assert harness.vault.prompts == [(["a"], False)]
    assert keys(harness)["a"] is None


@pytest.mark.case("attack 2", "the running program misses a change")
def test_a_change_of_a_killed_command_is_noticed(harness: BackendHarness) -> None:
    """The command was killed before it could tell the program."""
    harness.store(A, B)

    async def remove(harness: BackendHarness) -> None:
        harness.store(B)
        harness.backend.tick()
        await let_loop_run()

    events = harness.play(outcomes(2), remove)
    (_, last) = events.of(ProfileLoaded)
    assert [one.account for one in last.accounts] == [B]


def test_a_file_that_became_unreadable_changes_nothing(
    harness: BackendHarness,
) -> None:
    """A person is editing it; the accounts are asked as before."""
    harness.store(A)

    async def edit(harness: BackendHarness) -> None:
        for content in (b"half a thought [", None):
            if content is None:
                harness.paths.config.unlink()
            else:
                harness.paths.config.write_bytes(content)
            harness.backend.tick()
            await let_loop_run()

    events = harness.play(outcomes(1), edit)
    assert len(events.of(ProfileLoaded)) == 1


def test_without_a_new_key_the_keyring_is_left_alone(harness: BackendHarness) -> None:
    """Changing the interval needs no password."""
    harness.store(A)
    harness.vault.locked = True
    events = harness.play(saving(replace(A, name="Renamed"), shown=[A]))
    assert [one.problem for one in events.of(SaveFinished)] == [None]
    assert harness.vault.calls == []


def test_new_keys_do_not_stay_when_the_file_cannot_be_written(
    harness: BackendHarness, fill_disk: Callable[[], None]
) -> None:
    """Nothing is changed, and the person is told why."""
    fill_disk()
    events = harness.play(saving(A, B, keys={"a": NEW, "b": NEW}))
    (saved,) = events.of(SaveFinished)
    assert saved.problem is not None
    assert saved.problem.kind is ConfigUnwritable
    assert keys(harness) == {"a": None, "b": None, "c": None}
    assert not harness.paths.config.exists()


def test_a_first_change_that_fails_leaves_no_file(harness: BackendHarness) -> None:
    """What it recorded for a kill is gone, too."""
    harness.vault.before = refusing("put a", KeyringFailed)
    events = harness.play(saving(A, keys={"a": NEW}))
    assert events.of(SaveFinished) == [SaveFinished(problem=Failure(KeyringFailed))]
    assert not harness.paths.config.exists()


def test_old_keys_come_back_when_the_file_cannot_be_written(
    harness: BackendHarness, fill_disk: Callable[[], None]
) -> None:
    """The new one is not confirmed."""
    harness.store(A)
    fill_disk()
    events = harness.play(outcomes(1), saving(A, keys={"a": NEW}, shown=[A]))
    assert events.of(SaveFinished)[0].problem is not None
    assert keys(harness)["a"] == OLD


def test_old_keys_come_back_when_the_file_cannot_even_be_read(
    harness: BackendHarness,
) -> None:
    """Then nobody knows any more which accounts were there."""
    harness.store(A)

    async def replace_file(harness: BackendHarness) -> None:
        harness.paths.config.write_text("version = 99\n")

    events = harness.play(
        outcomes(1), replace_file, saving(A, keys={"a": NEW}, shown=[A])
    )
    assert events.of(SaveFinished)[0].problem == Failure(ConfigTooNew, "version 99")
    assert keys(harness)["a"] == OLD


def test_the_first_of_two_keys_does_not_stay_when_the_second_fails(
    harness: BackendHarness,
) -> None:
    """All or nothing."""
    harness.vault.before = refusing("put b", KeyringFailed)
    events = harness.play(saving(A, B, keys={"a": NEW, "b": NEW}))
    assert events.of(SaveFinished)[0].problem == Failure(KeyringFailed)
    assert keys(harness) == {"a": None, "b": None, "c": None}
    assert harness.stored().accounts == ()


def test_a_key_that_cannot_be_taken_back_is_no_second_error(
    harness: BackendHarness,
) -> None:
    """The person reads of the first."""

    def before(call: str) -> None:
        if call in {"put b", "remove a"}:
            raise KeyringFailed(detail=call)

    harness.vault.before = before
    events = harness.play(saving(A, B, keys={"a": NEW, "b": NEW}))
    assert events.of(SaveFinished)[0].problem == Failure(KeyringFailed, "put b")


def test_a_keyring_that_stays_locked_changes_nothing(harness: BackendHarness) -> None:
    """Its question was closed without the password."""
    harness.store(A)
    harness.vault.locked = True
    harness.vault.before = refusing("unlock", KeyringDenied)
    events = harness.play(saving(A, B, keys={"a": NEW, "b": NEW}, shown=[A]))
    assert events.of(SaveFinished) == [SaveFinished(problem=Failure(KeyringDenied))]
    assert keys(harness) == {"a": OLD, "b": None, "c": None}
    assert harness.stored().accounts == (A,)


def test_a_fault_of_ours_while_saving_is_told_too(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialog waits for an answer, and can't be left without one."""

    def burst(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ConfigFile, "save", burst)
    events = harness.play(saving(A, keys={"a": NEW}))
    assert events.of(SaveFinished)[0].problem == Failure(
        InternalFault, "ZeroDivisionError"
    )
    assert keys(harness)["a"] is None


def test_a_removed_account_leaves_neither_key_nor_history(
    harness: BackendHarness,
) -> None:
    """The others keep theirs."""
    harness.store(A, B)
    harness.play(outcomes(2), saving(B, shown=[A, B]))
    assert harness.stored().accounts == (B,)
    assert keys(harness) == {"a": None, "b": OLD, "c": None}
    with HistoryStore(harness.paths.history) as history:
        assert history.last("a") is None
        assert history.last("b") is not None


def test_an_account_is_removed_though_its_key_cannot_be(
    harness: BackendHarness,
) -> None:
    """A locked keyring does not keep a person from removing it."""
    harness.store(A)
    harness.vault.locked = True
    events = harness.play(saving(shown=[A]))
    assert events.of(SaveFinished) == [SaveFinished((), Settings())]
    assert harness.stored().accounts == ()


def test_an_account_that_the_command_line_added_meanwhile_is_kept(
    harness: BackendHarness,
) -> None:
    """The dialog did not know of it."""
    harness.store(A)

    async def add(harness: BackendHarness) -> None:
        harness.store(A, C)

    events = harness.play(outcomes(1), add, saving(A, B, keys={"b": NEW}, shown=[A]))
    assert harness.stored().accounts == (A, B, C)
    assert events.of(SaveFinished)[0].accounts == (A, B, C)
    assert keys(harness) == {"a": OLD, "b": NEW, "c": OLD}


@pytest.mark.case("attack 5", "an open dialog overwrites what changed meanwhile")
def test_an_account_that_the_command_line_removed_meanwhile_stays_removed(
    harness: BackendHarness,
) -> None:
    """With OK it would come back without its key."""
    harness.store(A, B)

    async def remove(harness: BackendHarness) -> None:
        harness.store(B)

    renamed = replace(B, name="Renamed")
    events = harness.play(outcomes(2), remove, saving(A, renamed, shown=[A, B]))
    assert harness.stored().accounts == (renamed,)
    assert events.of(SaveFinished)[0].accounts == (renamed,)


@pytest.mark.case("attack 5", "an open dialog overwrites what changed meanwhile")
def test_a_conflict_is_told_and_nothing_is_saved(harness: BackendHarness) -> None:
    """Neither is the key, until the person has chosen."""
    harness.store(A)
    theirs, mine = replace(A, name="Theirs"), replace(A, name="Mine")

    async def edit(harness: BackendHarness) -> None:
        harness.store(theirs)

    async def insist(harness: BackendHarness) -> None:
        (saved,) = harness.events.of(SaveFinished)
        changes = Changes(
            (mine,), Settings(), {"a": Secret(NEW)}, None, Base((A,)), saved.conflicts
        )
        assert harness.stored().accounts == (theirs,)
        assert keys(harness)["a"] == OLD
        await harness.backend.handle(ApplyChanges(changes))

    save = saving(mine, keys={"a": NEW}, shown=[A])
    events = harness.play(outcomes(1), edit, save, insist)
    first, second = events.of(SaveFinished)
    assert first.problem == Failure(ConfigChanged, "Mine: name")
    assert second.problem is None
    assert harness.stored() == Config((mine,))
    assert keys(harness)["a"] == NEW


@pytest.mark.case("attack 5", "an open dialog overwrites what changed meanwhile")
def test_a_file_that_became_unreadable_is_replaced_with_a_word(
    harness: BackendHarness,
) -> None:
    """It is kept aside, and the event names it."""
    harness.store(A)

    async def edit(harness: BackendHarness) -> None:
        harness.paths.config.write_text("half a thought [")

    events = harness.play(outcomes(1), edit, saving(A, keys={"a": NEW}, shown=[A]))
    (saved,) = events.of(SaveFinished)
    (aside,) = harness.paths.config.parent.glob("config.broken-*")
    assert saved.notice == Failure(ConfigReplaced, aside.name)
    assert aside.read_text() == "half a thought ["
    assert harness.stored() == Config((A,))
    assert keys(harness)["a"] == NEW


@pytest.mark.usefixtures("qt_notifies")
def test_a_new_key_is_asked_at_once_though_the_old_was_rejected(
    harness: BackendHarness,
) -> None:
    """The wait of a day was for the old one, and the alert counts anew."""
    harness.gateway.rejected_keys = {OLD, NEW}
    harness.store(A)

    async def rejected(harness: BackendHarness) -> None:
        assert await harness.alerts() == [("a", AlertKind.REJECTED)]

    async def unasked(harness: BackendHarness) -> None:
        await let_loop_run()
        assert harness.gateway.keys == [OLD]

    save = saving(A, keys={"a": NEW}, shown=[A])
    harness.play(rejected, unasked, save, rejected)
    assert harness.gateway.keys == [OLD, NEW]


# --- telling ----------------------------------------------------------------------


@pytest.mark.usefixtures("qt_notifies")
def test_all_accounts_of_a_round_are_told_in_one(harness: BackendHarness) -> None:
    """Once, also after a restart; and the log knows each."""
    harness.gateway.amount = "9.0000"
    harness.store(A, B)

    async def step(harness: BackendHarness) -> None:
        assert await harness.alerts() == [("a", AlertKind.LOW), ("b", AlertKind.LOW)]

    events = harness.play(step)
    assert [one.disposition for one in events.last(NotificationLogChanged).entries] == [
        Disposition.SENT,
        Disposition.SENT,
    ]
    later = harness.play(outcomes(2))
    assert later.last(NotificationLogChanged) == events.last(NotificationLogChanged)
    assert later.of(ShowNotification) == []


@pytest.mark.case("attack 1", "an alert that is stored as sent before it is shown")
@pytest.mark.usefixtures("qt_notifies")
def test_an_alert_that_was_not_shown_before_the_end_is_sent_after_the_next_start(
    harness: BackendHarness,
) -> None:
    """The program ends while the coalescer still gathers alerts."""
    harness.gateway.amount = "9.0000"
    harness.store(A, B)
    events = harness.play(outcomes(2))
    assert events.of(ShowNotification) == []
    memory = stored_memory(harness, "a")
    assert memory.episodes == {AlertKind.LOW: EpisodeStatus.PENDING}

    async def alerted(harness: BackendHarness) -> None:
        assert await harness.alerts() == [("a", AlertKind.LOW), ("b", AlertKind.LOW)]

    harness.play(alerted)
    memory = stored_memory(harness, "a")
    assert memory.episodes == {AlertKind.LOW: EpisodeStatus.SENT}


@pytest.mark.case("attack 1", "an alert that is stored as sent before it is shown")
@pytest.mark.usefixtures("qt_notifies")
def test_of_many_alerts_at_the_end_none_is_lost(harness: BackendHarness) -> None:
    """Each is stored as sent if it was shown, and as pending if not."""
    accounts = [Account(f"{number:02}", f"{number}") for number in range(40)]
    harness.gateway.amount = "9.0000"
    harness.store(*accounts)
    events = harness.play(outcomes(6))
    shown = {
        alert.account.id
        for event in events.of(ShowNotification)
        for alert in event.notification.alerts
    }
    decided = 0
    for account in accounts:
        memory = stored_memory(harness, account.id)
        if account.id in shown:
            assert memory.episodes == {AlertKind.LOW: EpisodeStatus.SENT}
        elif memory.episodes:
            assert memory.episodes == {AlertKind.LOW: EpisodeStatus.PENDING}
        decided += bool(memory.episodes)
    assert decided >= 6


@pytest.mark.case("attack 1", "an alert that is stored as sent before it is shown")
@pytest.mark.usefixtures("qt_notifies")
def test_an_alert_that_is_out_of_date_at_the_next_start_is_not_sent(
    harness: BackendHarness,
) -> None:
    """The account was topped up meanwhile; the first tick waits for the balance."""
    harness.gateway.amount = "9.0000"
    harness.store(A, settings=Settings(alert_kinds=frozenset(AlertKind)))
    harness.play(outcomes(1))
    harness.gateway.amount = "50.0000"
    harness.now += timedelta(hours=2)

    async def settle(harness: BackendHarness) -> None:
        await harness.outcomes(1)
        shown = (await harness.events.next(ShowNotification)).notification
        assert [alert.kind for alert in shown.alerts] == [AlertKind.TOPPED_UP]

    events = harness.play(settle)
    assert len(events.of(ShowNotification)) == 1
    entry = events.last(NotificationLogChanged).entries[0]
    assert (entry.kind, entry.reason) == (AlertKind.LOW, Reason.OVER)


@pytest.mark.usefixtures("qt_notifies")
def test_a_notification_has_the_words_of_the_settings(harness: BackendHarness) -> None:
    """Amounts are hidden as soon as the dialog says so."""
    harness.gateway.amount = "9.0000"
    harness.store(A)

    async def shown(harness: BackendHarness) -> str:
        shown = await harness.events.next(ShowNotification)
        return str(replace(shown.notification, alerts=()))

    async def step(harness: BackendHarness) -> None:
        assert "9.00" in await shown(harness)
        await saving(A, shown=[A], settings=Settings(discreet=True))(harness)
        harness.gateway.amount = "0.0000"
        harness.backend.request_now()
        assert "0.00" not in await shown(harness)

    harness.play(step)


@pytest.mark.usefixtures("qt_notifies")
def test_a_snooze_holds_back_and_its_end_tells(harness: BackendHarness) -> None:
    """Events say until when."""
    harness.gateway.amount = "9.0000"
    harness.file.save(Config((A,)))
    MemoryVault.put(harness.vault, "a", OLD)

    async def step(harness: BackendHarness) -> None:
        await harness.backend.handle(ChangeSnooze(SnoozeChoice.HOUR))
        await harness.outcomes(1)
        harness.now += timedelta(minutes=59)
        harness.backend.tick()
        assert not harness.events.waiting(ShowNotification)
        await harness.backend.handle(ChangeSnooze(SnoozeChoice.OFF))
        harness.backend.request_now()
        assert await harness.alerts() == [("a", AlertKind.LOW)]

    events = harness.play(step)
    hour = timedelta(hours=1)
    assert [one.until for one in events.of(SnoozeChanged)] == [
        None,
        harness.now - timedelta(minutes=59) + hour,
        None,
    ]


def test_who_says_that_they_paid_is_asked_for_at_once(harness: BackendHarness) -> None:
    """A card's payment may have come already, which ends the waiting."""
    harness.store(A)

    async def step(harness: BackendHarness) -> None:
        await harness.outcomes(1)
        harness.gateway.amount = "150.0000"
        await harness.backend.handle(ExpectTopUp("a"))
        assert harness.events.last(PendingPaymentsChanged).payments == (
            PendingPayment("a", harness.now),
        )
        await harness.outcomes(1)

    assert harness.play(step).last(PendingPaymentsChanged).payments == ()
    assert harness.gateway.keys == [OLD, OLD]


def test_a_correction_is_kept(harness: BackendHarness) -> None:
    """For the ledger."""

    async def step(harness: BackendHarness) -> None:
        correction = MarkCorrection("a", harness.now, on=True)
        await harness.backend.handle(correction)

    harness.play(step)
    with HistoryStore(harness.paths.history) as history:
        assert history.corrections("a") == {harness.now}


@pytest.mark.case("also 1", "a record whose time can't be true")
def test_readings_are_deleted_when_a_person_asks(harness: BackendHarness) -> None:
    """Those of the moments that the window names."""
    harness.store(A)
    wrong = datetime(1970, 1, 1, tzinfo=UTC)
    with HistoryStore(harness.paths.history) as history:
        history.record_past("a", [Reading(Balance(Decimal(5), "EUR"), wrong)])

    async def step(harness: BackendHarness) -> None:
        await harness.outcomes(1)
        await harness.backend.handle(DeleteReadings("a", (wrong,)))

    harness.play(step)
    with HistoryStore(harness.paths.history) as history:
        assert history.impossible_readings("a") == ()
        assert len(list(history.readings("a"))) == 1


def test_a_fault_in_an_alert_hides_no_balance(
    harness: BackendHarness,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says what happened, and the watch goes on."""

    def burst(*_: object) -> None:
        raise ZeroDivisionError

    for name in ("evaluate", "tick"):
        monkeypatch.setattr(AlertService, name, burst)
    harness.store(A)

    async def step(harness: BackendHarness) -> None:
        (outcome,) = await harness.outcomes(1)
        assert isinstance(outcome.result, Reading)

    harness.play(step)
    messages = {one.message for one in caplog.records if one.levelname == "ERROR"}
    assert messages == {"deciding about a failed", "looking at the time failed"}


# --- trying and unlocking ---------------------------------------------------------


def test_trying_an_account_stores_nothing(harness: BackendHarness) -> None:
    """Neither the key, nor the account, nor what the gateway said."""
    key_test = KeyTest(A, Secret(NEW))

    async def step(harness: BackendHarness) -> None:
        await harness.backend.handle(RunKeyTest(key_test))

    (finished,) = harness.play(step).of(KeyTestFinished)
    assert finished.key_test is key_test
    assert isinstance(finished.outcome.result, Reading)
    assert harness.masked_keys == [NEW]
    assert harness.vault.calls == []
    assert not harness.paths.config.exists()
    with HistoryStore(harness.paths.history) as history:
        assert history.last("a") is None


def test_trying_without_a_key_takes_the_stored_one(harness: BackendHarness) -> None:
    """The field stays empty when only the address is tried."""
    harness.store(A)

    async def step(harness: BackendHarness) -> None:
        await harness.outcomes(1)
        for account in (replace(A, sub_account="shop"), C):
            await harness.backend.handle(RunKeyTest(KeyTest(account, None)))

    first, second = harness.play(step).of(KeyTestFinished)
    assert isinstance(first.outcome.result, Reading)
    assert second.outcome.result == Failure(KeyMissing)
    assert harness.gateway.keys == [OLD, OLD]


def test_unlocking_asks_only_those_that_waited_for_it(harness: BackendHarness) -> None:
    """The others have their balance."""
    harness.store(A, B)
    harness.vault.locked = True

    async def step(harness: BackendHarness) -> None:
        for outcome in await harness.outcomes(2):
            assert outcome.result == Failure(KeyringLocked)
        harness.vault.locked = False
        harness.backend.request_now(["a"])
        await harness.outcomes(1)
        harness.vault.locked = True
        await harness.backend.handle(OpenKeyring())
        (outcome,) = await harness.outcomes(1)
        assert outcome.account_id == "b"
        assert isinstance(outcome.result, Reading)
        await let_loop_run()

    events = harness.play(step)
    assert harness.vault.calls == ["unlock"]
    assert sorted(one.account_id for one in events.of(RefreshStarted)) == [
        "a",
        "a",
        "b",
        "b",
    ]


def test_a_prompt_that_was_closed_is_told_to_those_that_waited(
    harness: BackendHarness,
) -> None:
    """And to no other."""
    harness.store(A, B)
    harness.vault.locked = True

    async def step(harness: BackendHarness) -> None:
        await harness.outcomes(2)
        harness.vault.locked = False
        harness.backend.request_now(["a"])
        await harness.outcomes(1)
        harness.vault.before = refusing("unlock", KeyringDenied)
        await harness.backend.handle(OpenKeyring())
        (outcome,) = await harness.outcomes(1)
        assert (outcome.account_id, outcome.result) == ("b", Failure(KeyringDenied))
        assert not harness.events.waiting(RefreshFinished)

    harness.play(step)


# --- the rest ---------------------------------------------------------------------


def test_a_notification_without_a_bus_is_no_fault(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tray and window show the same alarm, and say that nothing else does."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)

    async def step(harness: BackendHarness) -> None:
        await harness.backend.handle(SendSample())

    events = harness.play(step)
    assert [one.problem and one.problem.kind for one in events.of(DeliveryChanged)] == [
        NotificationsUnseen
    ]


def test_it_runs_where_there_is_no_d_bus_library(tmp_path: Path) -> None:
    """As on Windows and macOS, whose notifications are Qt's."""
    code = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
for name in ("jeepney", "secretstorage"):
    sys.modules[name] = None
from trayapp.core.alerts.notification import NotificationImage
from trayapp.services.backend import Backend, Environment
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import ProfileLoaded, ShowNotification
from trayapp.services.messages.requests import SendSample
from trayapp.services.files.paths import Paths

def emit(event):
    if isinstance(event, ProfileLoaded | ShowNotification):
        print(type(event).__name__)

async def run():
    paths = Paths(*map(Path, ["c", "h", "l", "r"]))
    now = lambda: datetime.now(UTC)
    image = NotificationImage(1, bytes(4))
    environment = Environment(Keychain(MemoryVault()), GatewayClient(), now, image)
    backend = Backend(paths, emit, environment)
    running = asyncio.create_task(backend.run())
    await asyncio.sleep(0)
    await backend.handle(SendSample())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

asyncio.run(run())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    reported = "ProfileLoaded\nShowNotification\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, reported, "")


def test_what_was_added_while_the_keyring_was_asked_is_kept(
    harness: BackendHarness,
) -> None:
    """Its prompt may stand for minutes; one of the same name gets a number."""
    harness.store(A)

    def add(call: str) -> None:
        if call == "put b":
            namesake = replace(C, name="b")
            harness.file.save(Config((A, namesake)))

    async def step(harness: BackendHarness) -> None:
        await harness.outcomes(1)
        harness.vault.before = add
        await saving(A, B, keys={"b": NEW}, shown=[A])(harness)

    (saved,) = harness.play(step).of(SaveFinished)
    assert saved.problem is None
    assert (
        saved.accounts == harness.stored().accounts == (A, B, replace(C, name="b (2)"))
    )
