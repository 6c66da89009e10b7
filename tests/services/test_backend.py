"""All that happens behind the window: loading, saving, trying, unlocking."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Disposition
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Changes, Trial
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigBroken,
    ConfigTooNew,
    ConfigUnwritable,
    Failure,
    HistoryProblem,
    InternalFault,
    KeyMissing,
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
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.changes import KeepReading, SetWait, StoredWait
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import (
    DeliveryChanged,
    NotificationLogChanged,
    PendingPaymentsChanged,
    ProfileLoaded,
    RefreshFinished,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
    TrialFinished,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ChangeSnooze,
    ExpectTopUp,
    MarkCorrection,
    OpenKeyring,
    ReloadProfile,
    RunTrial,
    SendSample,
)

A, B, C = Account("a", "A"), Account("b", "B"), Account("c", "C")
OLD, NEW = "made-up-key-old-1", "made-up-key-new-2"
REJECTION = {"status": "error", "error_id": "UNAUTHORIZED", "error_msg": "no"}
PATIENCE_S = 10.0
Step = Callable[["Scene"], Coroutine[None, None, None]]


class Vault(MemoryVault):
    """A keyring that notes what is done, and lets the test step in before it."""

    def __init__(self, **keys: str) -> None:
        super().__init__(keys)
        self.calls: list[str] = []
        self.locked = False
        self.before: Callable[[str], object] = lambda _: None

    def is_locked(self) -> bool:
        """Say what the test wants."""
        return self.locked

    def unlock(self) -> None:
        """Note it, and open."""
        self._note("unlock")
        self.locked = False

    def put(self, account_id: str, key: str) -> None:
        """Note it."""
        self._note(f"put {account_id}")
        super().put(account_id, key)

    def remove(self, account_id: str) -> None:
        """Note it."""
        self._note(f"remove {account_id}")
        super().remove(account_id)

    def _note(self, call: str) -> None:
        self.before(call)
        self.calls.append(call)


class Wire:
    """A gateway that knows one good key, and who asked it."""

    def __init__(self) -> None:
        self.good = {OLD, NEW}
        self.amount = "50.0000"
        self.asked: list[str] = []

    def client(self) -> httpx.AsyncClient:
        """Make a client that speaks to this."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        key = json.loads(request.content)["api_key"]
        self.asked.append(key)
        if key not in self.good:
            return _reply(401, REJECTION)
        result = {"balance": self.amount, "currency": "EUR"}
        return _reply(200, {"status": "ok", "result": result})


def _reply(status: int, content: object) -> httpx.Response:
    """Make a reply that is still to be read, as from a socket."""
    body = httpx.ByteStream(json.dumps(content).encode())
    return httpx.Response(status, stream=body)


class Scene:
    """A profile with its surroundings, before and while the backend runs."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.places = Paths(
            folder / "config" / "config.toml",
            folder / "data" / "history.sqlite3",
            folder / "log",
            folder / "run",
        )
        self.file = ConfigFile(self.places.config)
        self.vault, self.wire, self.now = Vault(), Wire(), now
        self.seen: list[str] = []
        self.events: EventLog
        self.backend: Backend

    def store(self, *accounts: Account, key: str = OLD) -> None:
        """Set accounts up, each with a key, as an earlier start left them."""
        self.file.save(Config(accounts))
        for account in accounts:
            MemoryVault.put(self.vault, account.id, key)

    def play(self, *steps: Step) -> EventLog:
        """Run the backend, and the steps beside it."""

        async def run() -> None:
            self.events = EventLog()
            environment = Environment(
                Keychain(self.vault, mask=lambda key: self.seen.append(key.reveal())),
                GatewayClient(self.wire.client),
                lambda: self.now,
                NotificationImage(1, bytes(4)),
            )
            self.backend = Backend(self.places, self.events.record, environment)
            running = asyncio.create_task(self.backend.run())
            await asyncio.sleep(0)
            try:
                for step in steps:
                    await step(self)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

        asyncio.run(run())
        return self.events

    async def answers(self, count: int) -> list[Outcome]:
        """Wait for so many answers."""
        return [(await self.events.next(RefreshFinished)).outcome for _ in range(count)]

    async def alerts(self) -> list[tuple[str, AlertKind]]:
        """Wait for what a person is told next."""
        shown = await self.events.next(ShowNotification)
        alerts = shown.notification.alerts
        return sorted((one.account.id, one.kind) for one in alerts)

    async def idle(self) -> None:
        """Give the backend every chance to do what it should not."""
        for _ in range(50):
            await asyncio.sleep(0)

    def stored(self) -> tuple[Account, ...]:
        """Give the accounts as the settings file has them."""
        return self.file.load().config.accounts

    def keys(self) -> dict[str, str | None]:
        """Give what the keyring holds of the accounts."""
        return {one: MemoryVault.get(self.vault, one) for one in ("a", "b", "c")}


@pytest.fixture
def scene(tmp_path: Path, now: datetime) -> Scene:
    """Give an empty profile, at noon."""
    return Scene(tmp_path, now)


def saving(
    *accounts: Account,
    keys: dict[str, str] | None = None,
    shown: Sequence[Account] = (),
    settings: Settings | None = None,
) -> Step:
    """Press OK in a dialog that was opened with `shown`."""

    async def step(scene: Scene) -> None:
        changes = Changes(
            accounts,
            settings or Settings(),
            {one: Secret(key) for one, key in (keys or {}).items()},
        )
        ids = frozenset(one.id for one in shown)
        await scene.backend.handle(ApplyChanges(changes, ids))

    return step


def answers(count: int) -> Step:
    """Wait for so many answers."""

    async def step(scene: Scene) -> None:
        await scene.answers(count)

    return step


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


def test_what_is_stored_is_told_before_anything_is_asked(scene: Scene) -> None:
    """Accounts in their order, the settings, and the last balance of each."""
    scene.file.save(
        Config((A, B), Settings(timedelta(hours=1), alert_kinds=frozenset()))
    )
    reading = Reading(Balance(Decimal("7.50"), "EUR"), scene.now)
    with HistoryStore(scene.places.history) as history:
        history.write(KeepReading("b", reading))
    (loaded,) = scene.play().of(ProfileLoaded)
    assert [one.account for one in loaded.accounts] == [A, B]
    assert [one.reading for one in loaded.accounts] == [None, reading]
    assert loaded.settings == Settings(timedelta(hours=1), alert_kinds=frozenset())
    assert loaded.problems == ()


def test_a_key_that_was_rejected_before_the_restart_still_is(scene: Scene) -> None:
    """It is told as that, and not asked."""
    scene.store(A)
    plan = Plan(scene.now + timedelta(hours=5), 1, must_persist=True)
    with HistoryStore(scene.places.history) as history:
        history.write(
            SetWait("a", StoredWait(plan=plan, failure=Failure(Unauthorized)))
        )

    async def step(scene: Scene) -> None:
        await scene.idle()

    events = scene.play(step)
    assert events.of(ProfileLoaded)[0].accounts[0].failure == Failure(Unauthorized)
    assert scene.wire.asked == []


def test_the_first_start_has_nothing_and_no_problem(scene: Scene) -> None:
    """Nor does it write a settings file."""
    assert scene.play().of(ProfileLoaded) == [ProfileLoaded((), Settings())]
    assert not scene.places.config.exists()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("not toml [", ConfigBroken), ("version = 99\n", ConfigTooNew)],
)
def test_a_settings_file_that_cannot_be_used_is_told(
    scene: Scene, text: str, kind: type[BalanceTrayError]
) -> None:
    """The program starts with defaults."""
    scene.places.config.parent.mkdir()
    scene.places.config.write_text(text)
    (loaded,) = scene.play().of(ProfileLoaded)
    assert loaded.accounts == ()
    assert [one.kind for one in loaded.problems] == [kind]


def test_a_history_that_cannot_be_opened_is_told_and_hides_no_balance(
    scene: Scene,
) -> None:
    """A folder in its place stands for whatever is wrong with the disk."""
    scene.places.history.mkdir(parents=True)
    scene.store(A)

    async def step(scene: Scene) -> None:
        (outcome,) = await scene.answers(1)
        assert isinstance(outcome.result, Reading)

    (loaded,) = scene.play(step).of(ProfileLoaded)
    assert [one.kind for one in loaded.problems] == [HistoryProblem]


def test_a_damaged_history_that_cannot_be_kept_aside_is_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder may not be written to."""
    scene.places.history.parent.mkdir()
    scene.places.history.write_text("no database " * 1_000)
    scene.store(A)

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", denied)
    (loaded,) = scene.play(answers(1)).of(ProfileLoaded)
    assert [one.kind for one in loaded.problems] == [HistoryProblem]


def test_every_account_is_asked(scene: Scene) -> None:
    """And what it is asked with is shown to the log's mask first."""
    scene.store(A, B)
    scene.play(answers(2))
    assert scene.wire.asked == [OLD, OLD]
    assert scene.seen == [OLD, OLD]


def test_reloading_picks_up_what_the_command_line_added(scene: Scene) -> None:
    """Without a restart, and without asking the others again."""
    scene.store(A)

    async def step(scene: Scene) -> None:
        await scene.answers(1)
        scene.store(A, B)
        await scene.backend.handle(ReloadProfile())
        (outcome,) = await scene.answers(1)
        assert outcome.account_id == "b"

    events = scene.play(step)
    assert [one.account for one in events.of(ProfileLoaded)[-1].accounts] == [A, B]
    assert [one.account_id for one in events.of(RefreshStarted)] == ["a", "b"]


# --- saving -----------------------------------------------------------------------


def test_a_new_account_is_stored_and_asked(scene: Scene) -> None:
    """Its key goes to the keyring, the rest into the file."""
    settings = Settings(timedelta(minutes=30))
    events = scene.play(saving(A, keys={"a": NEW}, settings=settings), answers(1))
    assert events.of(SaveFinished) == [SaveFinished((A,), settings)]
    assert scene.file.load().config == Config((A,), settings)
    assert scene.keys()["a"] == NEW
    assert scene.wire.asked == [NEW]


def test_keys_are_stored_before_the_file(scene: Scene) -> None:
    """An account without a key is worse than a key without an account."""
    found: list[bool] = []
    scene.vault.before = lambda _: found.append(scene.places.config.exists())
    scene.play(saving(A, keys={"a": NEW}))
    assert scene.vault.calls == ["unlock", "put a"]
    assert found == [False, False]
    assert scene.places.config.exists()


def test_without_a_new_key_the_keyring_is_left_alone(scene: Scene) -> None:
    """Changing the interval needs no password."""
    scene.store(A)
    scene.vault.locked = True
    events = scene.play(saving(replace(A, name="Renamed"), shown=[A]))
    assert [one.problem for one in events.of(SaveFinished)] == [None]
    assert scene.vault.calls == []


def test_new_keys_do_not_stay_when_the_file_cannot_be_written(
    scene: Scene, fill_disk: Callable[[], None]
) -> None:
    """Nothing is changed, and the person is told why."""
    fill_disk()
    events = scene.play(saving(A, B, keys={"a": NEW, "b": NEW}))
    (saved,) = events.of(SaveFinished)
    assert saved.problem is not None
    assert saved.problem.kind is ConfigUnwritable
    assert scene.keys() == {"a": None, "b": None, "c": None}
    assert not scene.places.config.exists()


def test_old_keys_come_back_when_the_file_cannot_be_written(
    scene: Scene, fill_disk: Callable[[], None]
) -> None:
    """The new one is not confirmed."""
    scene.store(A)
    fill_disk()
    events = scene.play(answers(1), saving(A, keys={"a": NEW}, shown=[A]))
    assert events.of(SaveFinished)[0].problem is not None
    assert scene.keys()["a"] == OLD


def test_old_keys_come_back_when_the_file_cannot_even_be_read(scene: Scene) -> None:
    """Then nobody knows any more which accounts were there."""
    scene.store(A)

    async def replace_file(scene: Scene) -> None:
        scene.places.config.write_text("version = 99\n")

    events = scene.play(answers(1), replace_file, saving(A, keys={"a": NEW}, shown=[A]))
    assert events.of(SaveFinished)[0].problem == Failure(ConfigTooNew, "version 99")
    assert scene.keys()["a"] == OLD


def test_the_first_of_two_keys_does_not_stay_when_the_second_fails(
    scene: Scene,
) -> None:
    """All or nothing."""
    scene.vault.before = refusing("put b", KeyringFailed)
    events = scene.play(saving(A, B, keys={"a": NEW, "b": NEW}))
    assert events.of(SaveFinished)[0].problem == Failure(KeyringFailed)
    assert scene.keys() == {"a": None, "b": None, "c": None}
    assert scene.stored() == ()


def test_a_key_that_cannot_be_taken_back_is_no_second_error(scene: Scene) -> None:
    """The person reads of the first."""

    def before(call: str) -> None:
        if call in {"put b", "remove a"}:
            raise KeyringFailed(detail=call)

    scene.vault.before = before
    events = scene.play(saving(A, B, keys={"a": NEW, "b": NEW}))
    assert events.of(SaveFinished)[0].problem == Failure(KeyringFailed, "put b")


def test_a_keyring_that_stays_locked_changes_nothing(scene: Scene) -> None:
    """Its question was closed without the password."""
    scene.store(A)
    scene.vault.locked = True
    scene.vault.before = refusing("unlock", KeyringDenied)
    events = scene.play(saving(A, B, keys={"a": NEW, "b": NEW}, shown=[A]))
    assert events.of(SaveFinished) == [SaveFinished(problem=Failure(KeyringDenied))]
    assert scene.keys() == {"a": OLD, "b": None, "c": None}
    assert scene.stored() == (A,)


def test_a_fault_of_ours_while_saving_is_told_too(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialog waits for an answer, and can't be left without one."""

    def burst(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ConfigFile, "save", burst)
    events = scene.play(saving(A, keys={"a": NEW}))
    assert events.of(SaveFinished)[0].problem == Failure(
        InternalFault, "ZeroDivisionError"
    )
    assert scene.keys()["a"] is None


def test_a_removed_account_leaves_neither_key_nor_history(scene: Scene) -> None:
    """The others keep theirs."""
    scene.store(A, B)
    scene.play(answers(2), saving(B, shown=[A, B]))
    assert scene.stored() == (B,)
    assert scene.keys() == {"a": None, "b": OLD, "c": None}
    with HistoryStore(scene.places.history) as history:
        assert history.last("a") is None
        assert history.last("b") is not None


def test_an_account_is_removed_though_its_key_cannot_be(scene: Scene) -> None:
    """A locked keyring does not keep a person from removing it."""
    scene.store(A)
    scene.vault.locked = True
    events = scene.play(saving(shown=[A]))
    assert events.of(SaveFinished) == [SaveFinished((), Settings())]
    assert scene.stored() == ()


def test_an_account_that_the_command_line_added_meanwhile_is_kept(
    scene: Scene,
) -> None:
    """The dialog did not know of it."""
    scene.store(A)

    async def add(scene: Scene) -> None:
        scene.store(A, C)

    events = scene.play(answers(1), add, saving(A, B, keys={"b": NEW}, shown=[A]))
    assert scene.stored() == (A, B, C)
    assert events.of(SaveFinished)[0].accounts == (A, B, C)
    assert scene.keys() == {"a": OLD, "b": NEW, "c": OLD}


@pytest.mark.usefixtures("qt_notifies")
def test_a_new_key_is_asked_at_once_though_the_old_was_rejected(scene: Scene) -> None:
    """The wait of a day was for the old one, and the alert counts anew."""
    scene.wire.good = set()
    scene.store(A)

    async def rejected(scene: Scene) -> None:
        assert await scene.alerts() == [("a", AlertKind.REJECTED)]

    async def unasked(scene: Scene) -> None:
        await scene.idle()
        assert scene.wire.asked == [OLD]

    save = saving(A, keys={"a": NEW}, shown=[A])
    scene.play(rejected, unasked, save, rejected)
    assert scene.wire.asked == [OLD, NEW]


# --- telling ----------------------------------------------------------------------


@pytest.mark.usefixtures("qt_notifies")
def test_all_accounts_of_a_round_are_told_in_one(scene: Scene) -> None:
    """Once, also after a restart; and the log knows each."""
    scene.wire.amount = "9.0000"
    scene.store(A, B)

    async def step(scene: Scene) -> None:
        assert await scene.alerts() == [("a", AlertKind.LOW), ("b", AlertKind.LOW)]

    events = scene.play(step)
    assert [one.disposition for one in events.last(NotificationLogChanged).entries] == [
        Disposition.SENT,
        Disposition.SENT,
    ]
    later = scene.play(answers(2))
    assert later.last(NotificationLogChanged) == events.last(NotificationLogChanged)
    assert later.of(ShowNotification) == []


@pytest.mark.usefixtures("qt_notifies")
def test_a_notification_has_the_words_of_the_settings(scene: Scene) -> None:
    """Amounts are hidden as soon as the dialog says so."""
    scene.wire.amount = "9.0000"
    scene.store(A)

    async def shown(scene: Scene) -> str:
        shown = await scene.events.next(ShowNotification)
        return str(replace(shown.notification, alerts=()))

    async def step(scene: Scene) -> None:
        assert "9.00" in await shown(scene)
        await saving(A, shown=[A], settings=Settings(discreet=True))(scene)
        scene.wire.amount = "0.0000"
        scene.backend.ask_now()
        assert "0.00" not in await shown(scene)

    scene.play(step)


@pytest.mark.usefixtures("qt_notifies")
def test_a_snooze_holds_back_and_its_end_tells(scene: Scene) -> None:
    """Events say until when."""
    scene.wire.amount = "9.0000"
    scene.file.save(Config((A,)))
    MemoryVault.put(scene.vault, "a", OLD)

    async def step(scene: Scene) -> None:
        await scene.backend.handle(ChangeSnooze(SnoozeChoice.HOUR))
        await scene.answers(1)
        scene.now += timedelta(minutes=59)
        scene.backend.tick()
        assert not scene.events.waiting(ShowNotification)
        await scene.backend.handle(ChangeSnooze(SnoozeChoice.OFF))
        scene.backend.ask_now()
        assert await scene.alerts() == [("a", AlertKind.LOW)]

    events = scene.play(step)
    hour = timedelta(hours=1)
    assert [one.until for one in events.of(SnoozeChanged)] == [
        None,
        scene.now - timedelta(minutes=59) + hour,
        None,
    ]


def test_who_says_that_they_paid_is_asked_for_at_once(scene: Scene) -> None:
    """A card's payment may have come already, which ends the waiting."""
    scene.store(A)

    async def step(scene: Scene) -> None:
        await scene.answers(1)
        scene.wire.amount = "150.0000"
        await scene.backend.handle(ExpectTopUp("a"))
        assert scene.events.last(PendingPaymentsChanged).payments == (
            PendingPayment("a", scene.now),
        )
        await scene.answers(1)

    assert scene.play(step).last(PendingPaymentsChanged).payments == ()
    assert scene.wire.asked == [OLD, OLD]


def test_a_correction_is_kept(scene: Scene) -> None:
    """For the ledger."""

    async def step(scene: Scene) -> None:
        correction = MarkCorrection("a", scene.now, on=True)
        await scene.backend.handle(correction)

    scene.play(step)
    with HistoryStore(scene.places.history) as history:
        assert history.corrections("a") == {scene.now}


def test_a_fault_in_an_alert_hides_no_balance(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what happened, and the watch goes on."""

    def burst(*_: object) -> None:
        raise ZeroDivisionError

    for name in ("evaluate", "tick"):
        monkeypatch.setattr(AlertService, name, burst)
    scene.store(A)

    async def step(scene: Scene) -> None:
        (outcome,) = await scene.answers(1)
        assert isinstance(outcome.result, Reading)

    scene.play(step)
    messages = {one.message for one in caplog.records if one.levelname == "ERROR"}
    assert messages == {"deciding about a failed", "looking at the time failed"}


# --- trying and unlocking ---------------------------------------------------------


def test_trying_an_account_stores_nothing(scene: Scene) -> None:
    """Neither the key, nor the account, nor what the gateway said."""
    trial = Trial(A, Secret(NEW))

    async def step(scene: Scene) -> None:
        await scene.backend.handle(RunTrial(trial))

    (finished,) = scene.play(step).of(TrialFinished)
    assert finished.trial is trial
    assert isinstance(finished.outcome.result, Reading)
    assert scene.seen == [NEW]
    assert scene.vault.calls == []
    assert not scene.places.config.exists()
    with HistoryStore(scene.places.history) as history:
        assert history.last("a") is None


def test_trying_without_a_key_takes_the_stored_one(scene: Scene) -> None:
    """The field stays empty when only the address is tried."""
    scene.store(A)

    async def step(scene: Scene) -> None:
        await scene.answers(1)
        for account in (replace(A, sub_account="shop"), C):
            await scene.backend.handle(RunTrial(Trial(account, None)))

    first, second = scene.play(step).of(TrialFinished)
    assert isinstance(first.outcome.result, Reading)
    assert second.outcome.result == Failure(KeyMissing)
    assert scene.wire.asked == [OLD, OLD]


def test_unlocking_asks_only_those_that_waited_for_it(scene: Scene) -> None:
    """The others have their balance."""
    scene.store(A, B)
    scene.vault.locked = True

    async def step(scene: Scene) -> None:
        for outcome in await scene.answers(2):
            assert outcome.result == Failure(KeyringLocked)
        scene.vault.locked = False
        scene.backend.ask_now(["a"])
        await scene.answers(1)
        scene.vault.locked = True
        await scene.backend.handle(OpenKeyring())
        (outcome,) = await scene.answers(1)
        assert outcome.account_id == "b"
        assert isinstance(outcome.result, Reading)
        await scene.idle()

    events = scene.play(step)
    assert scene.vault.calls == ["unlock"]
    assert sorted(one.account_id for one in events.of(RefreshStarted)) == [
        "a",
        "a",
        "b",
        "b",
    ]


def test_a_prompt_that_was_closed_is_told_to_those_that_waited(scene: Scene) -> None:
    """And to no other."""
    scene.store(A, B)
    scene.vault.locked = True

    async def step(scene: Scene) -> None:
        await scene.answers(2)
        scene.vault.locked = False
        scene.backend.ask_now(["a"])
        await scene.answers(1)
        scene.vault.before = refusing("unlock", KeyringDenied)
        await scene.backend.handle(OpenKeyring())
        (outcome,) = await scene.answers(1)
        assert (outcome.account_id, outcome.result) == ("b", Failure(KeyringDenied))
        assert not scene.events.waiting(RefreshFinished)

    scene.play(step)


# --- the rest ---------------------------------------------------------------------


def test_a_notification_without_a_bus_is_no_fault(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tray and window show the same alarm, and say that nothing else does."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)

    async def step(scene: Scene) -> None:
        await scene.backend.handle(SendSample())

    events = scene.play(step)
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
    places = Paths(*map(Path, ["c", "h", "l", "r"]))
    now = lambda: datetime.now(UTC)
    image = NotificationImage(1, bytes(4))
    environment = Environment(Keychain(MemoryVault()), GatewayClient(), now, image)
    backend = Backend(places, emit, environment)
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


def test_what_was_added_while_the_keyring_was_asked_is_kept(scene: Scene) -> None:
    """Its prompt may stand for minutes; one of the same name gets a number."""
    scene.store(A)

    def add(call: str) -> None:
        if call == "put b":
            namesake = replace(C, name="b")
            scene.file.save(Config((A, namesake)))

    async def step(scene: Scene) -> None:
        await scene.answers(1)
        scene.vault.before = add
        await saving(A, B, keys={"b": NEW}, shown=[A])(scene)

    (saved,) = scene.play(step).of(SaveFinished)
    assert saved.problem is None
    assert saved.accounts == scene.stored() == (A, B, replace(C, name="b (2)"))
