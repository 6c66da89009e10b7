"""The commands that print balances: `check` and `history`."""

import argparse
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from textwrap import indent
from typing import Final

from trayapp.cli.command import (
    NO_ACCOUNTS,
    CommandError,
    explain,
    load_config,
    run_async,
    select_accounts,
)
from trayapp.cli.exit_codes import UNKNOWN, USAGE
from trayapp.cli.waiting import GATEWAY, HISTORY, KEYRING, announced_wait
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, HistoryDamaged
from trayapp.core.errors.status import Status
from trayapp.core.history.export import (
    CsvFormat,
    months_csv,
    months_json,
    movements_csv,
    movements_json,
    readings_csv,
    readings_json,
)
from trayapp.core.history.ledger import each_month, each_movement
from trayapp.core.history.outliers import FIRST_TIME
from trayapp.core.history.payments import REFUNDED_WITHIN
from trayapp.core.i18n.dates import moment_words
from trayapp.core.i18n.language import ENGLISH, Language
from trayapp.core.i18n.typed_dates import (
    AmbiguousDateError,
    UnreadableDateError,
    read_moment,
)
from trayapp.core.view.account_text import line, state_problem
from trayapp.core.view.pace import pace_sentences
from trayapp.services.files.config_file import ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.keyring.system_vault import system_vault
from trayapp.services.log.log_file import start_log
from trayapp.services.polling.batch import Batch
from trayapp.services.polling.check_round import CheckedAccount, CheckRound
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh

_GATHER_S: Final = 0.5
"""`check` shows nothing before its end, so its outcomes may gather for longer."""
_EXIT_CODES: Final = {
    Status.OK: 0,
    Status.LOW: 1,
    Status.EMPTY: 2,
    Status.UNAUTHORIZED: 2,
}
_LINES: Final = CsvFormat(line_end="\n")
_GRAVEST_FIRST: Final = (2, 1, UNKNOWN, 0)


def check(paths: Paths, options: argparse.Namespace, language: Language) -> int:
    """Request the balances, print them, and give the gravest exit code."""
    stored = load_config(ConfigFile(paths.config), language).accounts
    accounts = select_accounts(stored, options.names, language)
    if not accounts:
        raise CommandError(language.gettext(NO_ACCOUNTS), UNKNOWN)
    checked = run_async(_refresh_all(paths, accounts, options, language))
    if options.json:
        print(json.dumps([_as_json(each) for each in checked], indent=2))
    else:
        for state in (each.state for each in checked):
            print(line(state, _now(), language).replace("\u00a0", " "))
            words = state_problem(state, language, in_terminal=True)
            if words is not None:
                print(indent(words.in_full("\n"), "    "))
    codes = {_EXIT_CODES.get(each.state.status, UNKNOWN) for each in checked}
    return next(code for code in _GRAVEST_FIRST if code in codes)


async def _refresh_all(
    paths: Paths,
    accounts: Sequence[Account],
    options: argparse.Namespace,
    language: Language,
) -> tuple[CheckedAccount, ...]:
    """Refresh all accounts, as the window does, and keep the readings.

    Alert memories stay as they are: the running program decides about alerts.
    """
    redactor = start_log(None, verbose=False)
    keychain = Keychain(system_vault(), mask=redactor.add_key)
    problems: list[Failure | None] = []
    with announced_wait(language, HISTORY):
        history = HistoryService(
            lambda: HistoryStore(paths.history, clock=_now), problems.append
        )

    def record(outcome: Outcome) -> None:
        if isinstance(outcome.result, Reading):
            history.write(KeepReading(outcome.account_id, outcome.result))

    gateway, guard = GatewayClient(), RequestGuard(history, _now)
    batch = Batch(
        history,
        record,
        lambda _: None,
        more_to_come=lambda: check_round.pending > 1,
        gather_s=_GATHER_S,
    )
    refresh = Refresh(keychain, gateway, batch.add, _now, guard)
    check_round = CheckRound(refresh, guard, history, _now)
    with announced_wait(language, lambda: KEYRING if keychain.is_busy else GATEWAY):
        checked = await check_round.run(accounts, force=options.force)
    with announced_wait(language, HISTORY):
        batch.flush()
        notices = check_round.notices(checked)
        await gateway.close()
        history.close()
    failure = history.problem or _history_failure(problems)
    if failure is not None:  # beside the report: it and its exit code are right
        print(explain(failure, language), file=sys.stderr)
    if notices:
        print(pace_sentences(notices, language), file=sys.stderr)
    return checked


def _history_failure(problems: Sequence[Failure | None]) -> Failure | None:
    """Give the damage that was repaired, or the problem that lasts."""
    for failure in problems:
        if failure is not None and failure.kind is HistoryDamaged:
            return failure
    return problems[-1] if problems else None


def _as_json(checked: CheckedAccount) -> dict[str, object]:
    """Give an account for programs: in English, in any language of the person.

    An account whose turn comes later has one field more, `waits_until`.
    """
    state = checked.state
    reading, failure = state.reading, state.failure
    error = None
    words = state_problem(state, ENGLISH, in_terminal=True)
    if failure is not None and words is not None:
        error = {"id": failure.kind.id, "title": words.title, "advice": words.advice}
    waits_until = checked.waits_until
    more = {"waits_until": _rfc3339(waits_until)} if waits_until is not None else {}
    return {
        "account": state.account.name,
        "id": state.account.id,
        "state": state.status.value,
        "balance": reading.balance.digits if reading else None,
        "currency": reading.balance.unit if reading else None,
        "as_of": _rfc3339(reading.at) if reading else None,
        "low_below": format(state.account.low_below, "f"),
        "error": error,
        **more,
    }


def history(paths: Paths, options: argparse.Namespace, language: Language) -> int:
    """Print an account's readings, movements or months as CSV or JSON."""
    stored = load_config(ConfigFile(paths.config), language).accounts
    (account,) = select_accounts(stored, [options.name], language)
    since = _since(options.since, language)
    with announced_wait(language, HISTORY):
        opened = HistoryStore(paths.history)
    with opened as store:
        if store.problem is not None and store.problem.kind is HistoryDamaged:
            print(explain(store.problem, language), file=sys.stderr)
        begin = since
        if since is not None and options.what != "readings":
            # What came before tells payments from refunds.
            begin = max(since, FIRST_TIME) - REFUNDED_WITHIN * 2
        readings = store.readings(account.id, begin)
        corrections = store.corrections(account.id)
        for piece in _pieces(
            readings, corrections, since, what=options.what, form=options.format
        ):
            sys.stdout.write(piece)
    if options.format == "json":
        print()
    return 0


def _pieces(
    readings: Iterable[Reading],
    corrections: Collection[datetime],
    since: datetime | None,
    *,
    what: str,
    form: str,
) -> Iterator[str]:
    """Write the ledger; months begin at midnight in the system's zone."""
    is_csv = form == "csv"
    match what:
        case "months":
            by_month = each_month(readings, corrections, None, since=since)
            return months_csv(by_month, _LINES) if is_csv else months_json(by_month)
        case "movements":
            changes = each_movement(readings, corrections, since)
            if is_csv:
                return movements_csv(changes, None, _LINES)
            return movements_json(changes, None)
        case _:
            return readings_csv(readings, _LINES) if is_csv else readings_json(readings)


def _since(typed: str | None, language: Language) -> datetime | None:
    """Read `--since`; repeat on standard error how a date not in ISO 8601 is read."""
    if typed is None:
        return None
    try:
        moment = read_moment(typed, language)
    except AmbiguousDateError as error:
        # Translators: the dates are such as 2026-11-01.
        words = language.gettext(
            "{date} can be {day_first} or {month_first}: type one of these."
        )
        message = words.format(
            date=repr(typed),
            day_first=error.day_first.isoformat(),
            month_first=error.month_first.isoformat(),
        )
        raise CommandError(message, USAGE) from None
    except UnreadableDateError:
        # Translators: keep the example: dates are typed in this order.
        words = language.gettext("{date} is no date such as 2026-11-01.")
        raise CommandError(words.format(date=repr(typed)), USAGE) from None
    if not typed[:4].isdigit():
        print(f"--since: {moment_words(moment, language)}", file=sys.stderr)
    return moment


def _now() -> datetime:
    return datetime.now(UTC)


def _rfc3339(moment: datetime) -> str:
    return (
        moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
