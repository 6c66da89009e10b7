"""Ties the services of one profile together; takes requests and emits events."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final, assert_never

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.changes import Changes, KeyTest
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigChanged,
    Failure,
    InternalFault,
    KeyringProblem,
)
from trayapp.core.i18n.language import Language
from trayapp.core.settings import Settings
from trayapp.core.view.diagnostics import Fact, settings_facts
from trayapp.services.alerts.coalescer import Coalescer
from trayapp.services.alerts.delivery import NotificationDelivery
from trayapp.services.alerts.service import AlertService
from trayapp.services.alerts.sink import make_sink
from trayapp.services.autostart.autostart import (
    Autostart,
    NoAutostart,
    repair_autostart,
)
from trayapp.services.diagnostics import system_facts
from trayapp.services.files.config_file import ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.reports import HistoryReports
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.log.log_faults import log_faults
from trayapp.services.messages.events import (
    DiagnosticsCollected,
    Emit,
    ExportFinished,
    HistoryRead,
    KeyRemovalChanged,
    KeyTestFinished,
    LoginEntryRead,
    PacesChanged,
    ProfileLoaded,
    RefreshFinished,
    SaveFinished,
    StorageChanged,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ChangeSnooze,
    CollectDiagnostics,
    DeleteReadings,
    ExpectTopUp,
    MarkCorrection,
    OpenKeyring,
    ReadHistory,
    ReadLoginEntry,
    ReloadProfile,
    Request,
    RequestBalances,
    RunKeyTest,
    SendSample,
    WriteExport,
)
from trayapp.services.polling.address_monitor import make_network_monitor
from trayapp.services.polling.batch import Batch
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh
from trayapp.services.polling.scheduler import Scheduler
from trayapp.services.profile_changes import ConflictError, ProfileChanges

if TYPE_CHECKING:
    from trayapp.core.pace import PaceNotice

_BUSY_WAIT_S: Final = 0.25
"""The loop waits no longer for another program that holds the history."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Environment:
    """What the backend reaches the world with; the demo and tests bring their own."""

    keychain: Keychain
    gateway: GatewayClient
    clock: Callable[[], datetime]
    """The current time, aware and in UTC."""
    picture: NotificationImage
    """Every notification shows it beside its words."""
    zone: tzinfo | None = None
    """Where the person is, for mornings and quiet hours; None is the system's own."""
    autostart: Autostart = field(default_factory=NoAutostart)
    language: Language = field(default_factory=Language)
    """The person's; another one needs another backend."""


class Backend:
    """The services behind the window, for one profile.

    Made on the thread whose loop runs it: the database belongs to that thread.
    """

    heartbeats = 0
    """The number of the scheduler's ticks; any thread may read it."""

    def __init__(
        self,
        paths: Paths,
        emit: Emit,
        environment: Environment,
    ) -> None:
        """Open the profile's files; `ProfileLoaded` names those that can't be opened.

        `emit` is called on the loop's thread.
        """
        clock, zone = environment.clock, environment.zone
        self._emit = emit
        self._clock, self._language = clock, environment.language
        self._paths = paths
        self._without_key: set[str] = set()
        self._history = HistoryService(
            lambda: HistoryStore(paths.history, busy_wait_s=_BUSY_WAIT_S, clock=clock),
            lambda problem: emit(StorageChanged(problem)),
        )
        self._keychain = environment.keychain
        self._autostart = environment.autostart
        self._keychain.finished_late = self._refresh_without_key
        self._guard = RequestGuard(self._history, clock)
        self._paces: tuple[PaceNotice, ...] = ()
        self._refresh = Refresh(
            environment.keychain, environment.gateway, self._take, clock, self._guard
        )
        self._scheduler = Scheduler(
            self._refresh,
            self._history,
            emit,
            guard=self._guard,
            on_tick=self.tick,
            clock=clock,
            jitter=lambda: random.uniform(-1, 1),  # noqa: S311  # nothing secret
        )
        self._coalescer = Coalescer(self._send, self._scheduler.idle)
        self._alerts = AlertService(
            self._history, emit, self._coalescer.add, clock=clock, zone=zone
        )
        self._sink = make_sink(emit, environment.picture)
        self._delivery = NotificationDelivery(
            self._sink, self._alerts, emit, environment.language
        )
        self._batch = Batch(
            self._history,
            self._alerts.evaluate,
            self._show,
            more_to_come=lambda: self._scheduler.has_others,
        )
        self._reports = HistoryReports(self._history, clock=clock, zone=zone)
        self._monitor = make_network_monitor(
            self._scheduler.on_resume, self._scheduler.on_online
        )
        self._changes = ProfileChanges(
            ConfigFile(paths.config),
            environment.keychain,
            environment.autostart,
            self._forget,
            clock,
        )
        self._changes.on_key_removal = lambda problem: emit(KeyRemovalChanged(problem))

    async def run(self) -> None:
        """Load the profile, and poll the accounts until cancelled."""
        retention = self._reports.run_retention(lambda: self._alerts.account_ids)
        tasks = [asyncio.create_task(retention)]
        tasks.append(asyncio.create_task(self._monitor.run()))
        try:
            self.reload()
            with log_faults("reporting the stored alerts"):
                self._alerts.start()
            with log_faults("looking after start at login"):
                repair_autostart(self._autostart)
            await self._scheduler.run()
        finally:
            for task in tasks:
                task.cancel()
            try:
                self._batch.flush()
                await self._changes.close()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._coalescer.close()
                await self._delivery.close()
            finally:
                self._history.close()

    @property
    def awaits_reply(self) -> bool:
        """Whether a server has an alert and has not replied; any thread may read it.

        The end waits some seconds for that reply. Without it, the next start would
        send the alert again.
        """
        return self._sink.awaits_reply

    def retire(self) -> None:
        """Show no more notifications, as another backend does; any thread may call."""
        self._delivery.stop()

    async def handle(self, request: Request) -> None:  # noqa: C901, PLR0912  # a case a request
        """Handle a request; a fault in it is raised."""
        match request:
            case RequestBalances(account_ids):
                self.request_now(account_ids)
            case RunKeyTest(key_test):
                await self._run_key_test(key_test)
            case ApplyChanges(changes):
                await self._apply_changes(changes)
            case OpenKeyring():
                await self._open_keyring()
            case SendSample():
                await self._delivery.send_sample()
            case ChangeSnooze(choice):
                self._alerts.snooze(choice)
            case ExpectTopUp(account_id):
                self._alerts.expect_top_up(account_id)
                self._scheduler.request_now([account_id])
            case MarkCorrection(account_id, at, on):
                self._alerts.correct(account_id, at, on=on)
            case DeleteReadings(account_id, moments):
                self._alerts.delete_readings(account_id, moments)
            case ReadHistory(account_id):
                await self._read_history(account_id)
            case WriteExport(account_id, form, path):
                await self._write_export(account_id, form, path)
            case ReadLoginEntry():
                self._emit(LoginEntryRead(self._autostart.state()))
            case ReloadProfile():
                self.reload()
            case CollectDiagnostics():
                self._emit(DiagnosticsCollected(await self._diagnose()))
            case _:
                assert_never(request)

    def reload(self) -> None:
        """Read the settings file, at the start or after a command changed it."""
        loaded = self._changes.load()
        problems = filter(None, (self._history.problem, loaded.problem))
        accounts = tuple(map(self._remembered, loaded.config.accounts))
        settings = loaded.config.settings
        self._emit(ProfileLoaded(accounts, settings, tuple(problems)))
        self._set_accounts(loaded.config.accounts, loaded.config.settings)
        self._changes.start_finishing()

    def request_now(self, account_ids: Iterable[str] | None = None) -> None:
        """Request the balance of these accounts, or of all, at once."""
        self._scheduler.request_now(account_ids)

    async def _run_key_test(self, key_test: KeyTest) -> None:
        """Request a balance and store nothing."""
        if key_test.key is not None:
            self._keychain.mask(key_test.key)
        outcome = await self._refresh.test(key_test.account, key_test.key)
        self._emit(KeyTestFinished(key_test, outcome))

    async def _apply_changes(self, changes: Changes) -> None:
        """Store a dialog's changes, or report why nothing was stored."""
        try:
            self._emit(await self._store(changes))
        except ConflictError as error:
            problem = ConfigChanged(detail=str(error)).as_failure()
            self._emit(SaveFinished(problem=problem, conflicts=error.conflicts))
        except BalanceTrayError as error:
            _log.warning("the settings were not saved: %s", error)
            self._emit(SaveFinished(problem=error.as_failure()))
        except Exception as error:  # noqa: BLE001  # the dialog waits for an event
            _log.exception("saving the settings failed")
            fault = InternalFault(detail=type(error).__name__)
            self._emit(SaveFinished(problem=fault.as_failure()))

    async def _open_keyring(self) -> None:
        """Have the keyring ask for its password, then poll what waits for it."""
        waiting = frozenset(self._without_key)
        try:
            await self._keychain.unlock(waiting | self._changes.unfinished_ids)
        except BalanceTrayError as error:
            for account_id in waiting:
                now, failure = self._clock(), error.as_failure()
                self._emit(RefreshFinished(Outcome(account_id, now, failure)))
        else:
            self._scheduler.request_now(waiting)
            self._changes.start_finishing()

    async def _send(self, alerts: tuple[Alert, ...]) -> None:
        await self._delivery.send(alerts)

    def _refresh_without_key(self) -> None:
        self._scheduler.request_now(frozenset(self._without_key))

    async def _read_history(self, account_id: str) -> None:
        """Read an account's history for its window; ignore a removed account."""
        account = self._alerts.account(account_id)
        if account is not None:
            interval = self._alerts.settings.interval
            page = await self._reports.page(account, interval, self._language)
            self._emit(HistoryRead(page))

    async def _write_export(self, account_id: str, form: str, path: str) -> None:
        """Write an account's history to a file; ignore a removed account."""
        account = self._alerts.account(account_id)
        if account is None:
            return
        failure: Failure | None = None
        try:
            await self._reports.export(account, form, path, self._language)
        except BalanceTrayError as error:
            failure = error.as_failure()
        self._emit(ExportFinished(path, failure))

    async def _diagnose(self) -> tuple[Fact, ...]:
        """Collect facts about this system and the settings."""
        found = await system_facts(self._paths, self._keychain, self._sink)
        return (*found, *settings_facts(self._alerts.settings))

    def tick(self) -> None:
        """Do what depends on the time: pending alerts, reminders, retries."""
        self.heartbeats += 1
        with log_faults("looking at the time"):
            self._alerts.tick()
        self._delivery.check()
        with log_faults("looking at the paces"):
            alerts = self._alerts
            accounts = filter(None, map(alerts.account, alerts.account_ids))
            notices = self._guard.notices(accounts, alerts.settings.interval)
            if notices != self._paces:
                self._paces = notices
                self._emit(PacesChanged(notices))
        with log_faults("writing what waits"):
            self._history.flush()
        with log_faults("looking at the settings file"):
            if self._changes.is_made_elsewhere():
                self.reload()
        self._changes.start_finishing()

    def _take(self, outcome: Outcome) -> None:
        """Have an outcome recorded; note whether the account waits for the keyring."""
        self._without_key.discard(outcome.account_id)
        if isinstance(outcome.result, Failure) and issubclass(
            outcome.result.kind, KeyringProblem
        ):
            self._without_key.add(outcome.account_id)
        self._batch.add(outcome)

    def _show(self, outcome: Outcome) -> None:
        self._emit(RefreshFinished(outcome))
        self._alerts.report_outlook(outcome.account_id)

    async def _store(self, changes: Changes) -> SaveFinished:
        config = await self._changes.store(changes)
        for account_id in changes.keys:
            self._history.key_changed(account_id)
        self._set_accounts(config.accounts, config.settings)
        for account_id in changes.keys:
            self._scheduler.request_again(account_id)
        await self._changes.finish()
        notice = self._changes.notice
        return SaveFinished(config.accounts, config.settings, notice=notice)

    def _forget(self, account_id: str) -> bool:
        """Remove all of an account; return whether it is gone from the disk, too."""
        self._coalescer.drop(account_id)
        self._alerts.forget(account_id)
        return self._history.is_written

    def _remembered(self, account: Account) -> AccountState:
        with log_faults(f"recalling {account.id}"):
            return AccountState(
                account,
                self._history.last(account.id, self._clock()),
                self._history.state.wait(account.id).failure,
            )
        return AccountState(account)

    def _set_accounts(self, accounts: tuple[Account, ...], settings: Settings) -> None:
        self._batch.flush()  # they belong to the accounts before the change
        self._alerts.set_accounts(accounts, settings)
        self._scheduler.set_accounts(accounts, settings)
