"""How the program takes a thousand accounts, or a million readings."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.context import BALANCE_S, KEY
from bench.report import CHECKOUT, HTTPX, Figure, at_most, below, times
from bench.subjects import BARE, PYTHON, add_account
from tooling.environment import RUN_MODULE
from tooling.processes import WaitTimeoutError, wait_until
from tooling.steps import StepError, say
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance, Reading
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.history.store import HistoryStore
from trayapp.services.polling.concurrency import MAX_CONCURRENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.context import BenchmarkContext
    from bench.session import Subject

ACCOUNTS: Final = (1, 10, 100, 1_000)
READINGS: Final = (1_000, 100_000, 1_000_000)
MOST_ACCOUNTS: Final = ACCOUNTS[-1]
FEWEST, MOST = READINGS[0], READINGS[-1]
_GATEWAY: Final = Path(__file__).with_name("gateway.py")
_PAST: Final = timedelta(days=89)
"""Younger readings are all kept, so there can be this many."""
_PRICE: Final = Decimal("0.0475")
_WITHIN_S: Final = 120.0


def _accounts_figures(count: int) -> Iterator[Figure]:
    words = f"{count:,} accounts" if count > 1 else "1 account"
    most = count == MOST_ACCOUNTS
    ask, never = f"ask-{count}", (at_most(50),) if most else ()
    fair = (times(1.5, ask, HTTPX),) if most else ()
    yield Figure(ask, f"{words}: all asked, gateway of 10 ms", "s", fair, 3)
    yield Figure(f"stall-first-{count}", f"{words}: longest stall, start", "ms", never)
    yield Figure(f"stall-{count}", f"{words}: … asking, window closed", "ms", never)
    yield Figure(f"stall-open-{count}", f"{words}: … asking, window open", "ms", never)
    yield Figure(f"window-{count}", f"{words}: open the window", "s", digits=3)
    yield Figure(f"pss-{count}", f"{words}: PSS", "MB")
    yield Figure(f"tray-{count}", f"{words}: exec to tray item", "s", digits=3)


def _readings_figures(count: int) -> Iterator[Figure]:
    words, most = f"{count:,} readings", count == MOST
    soon = (below(0.2),) if most else ()
    same = (times(1.05, f"past-tray-{FEWEST}"),) if most else ()
    alike = (times(1.05, f"past-balance-{FEWEST}"),) if most else ()
    tag = f"past-{{}}-{count}".format
    yield Figure(tag("history"), f"{words}: window with chart", "s", soon, 3)
    yield Figure(tag("window"), f"{words}: open the window", "s", digits=3)
    yield Figure(tag("stall"), f"{words}: longest stall by the chart", "ms")
    yield Figure(tag("pss"), f"{words}: PSS", "MB")
    yield Figure(tag("tray"), f"{words}: exec to tray item", "s", same, 3)
    yield Figure(tag("balance"), f"{words}: exec to first balance", "s", alike, 3)


ACCOUNT_FIGURES: Final = [one for count in ACCOUNTS for one in _accounts_figures(count)]
READING_FIGURES: Final = [one for count in READINGS for one in _readings_figures(count)]


def measure_accounts(context: BenchmarkContext) -> None:
    """Refresh up to a thousand accounts, and compare with httpx alone."""
    report = context.report
    report.note(
        f"many accounts: from the checkout, {MAX_CONCURRENT} at a time, keys in "
        "memory; httpx alone keeps its connections, the program opens one for each "
        "request"
    )
    with _gateway(context) as url:
        for _ in range(context.runs):
            for count in ACCOUNTS:
                subject = _own_home(context, CHECKOUT, f"with-{count}-accounts")
                _write_accounts(context, subject, url, count)
                found = _inside(context, subject, "accounts")
                bare = _bare(context, url, count)
                tray = _start(context, subject)
                report.add(f"ask-{count}", HTTPX, bare)
                report.add(f"ask-{count}", CHECKOUT, found["seconds"])
                report.add(f"stall-first-{count}", CHECKOUT, found["stall-first"])
                report.add(f"stall-{count}", CHECKOUT, found["stall-closed"])
                report.add(f"stall-open-{count}", CHECKOUT, found["stall-open"])
                report.add(f"window-{count}", CHECKOUT, found["window"])
                report.add(f"pss-{count}", CHECKOUT, found["pss"])
                report.add(f"tray-{count}", CHECKOUT, tray)


def measure_readings(context: BenchmarkContext) -> None:
    """Start with a long history, and open its window."""
    report = context.report
    report.note(
        f"many readings: of one account, evenly over {_PAST.days} days, so that none "
        "is removed; a window is timed until its chart, or the window, is painted"
    )
    subjects = {}
    for count in READINGS:
        say(f"  {count:,} readings …")
        for one in context.ours:
            subject = _own_home(context, one.name, f"with-{count}-readings")
            add_account(subject, context.desktop, context.gateway.url, KEY)
            _write_past(context, subject, count)
            subjects[count, one.name] = subject
    for _ in range(context.runs):
        for (count, name), subject in subjects.items():
            found: dict[str, float] = {}
            try:
                if name == CHECKOUT:
                    found |= _inside(context, subject, "history")
                found["tray"], found["balance"] = _first_balance(context, subject)
            except (StepError, WaitTimeoutError) as error:
                report.note(f"{subject.name}: {error}")
            for figure, value in found.items():
                report.add(f"past-{figure}-{count}", name, value)


def _own_home(context: BenchmarkContext, name: str, home: str) -> Subject:
    subject = next(one for one in context.ours if one.name == name)
    return replace(subject, name=f"{name}-{home}")


@contextmanager
def _gateway(context: BenchmarkContext) -> Iterator[str]:
    log = "slow-gateway"
    serving = context.desktop.spawn([PYTHON, _GATEWAY], log=log)
    try:
        wait_until(lambda: context.desktop.log(log).endswith("\n"), log, BALANCE_S)
        yield context.desktop.log(log).strip()
    finally:
        context.desktop.stop(serving)


def _write_accounts(
    context: BenchmarkContext, subject: Subject, url: str, count: int
) -> None:
    home = context.desktop.home_env(subject.name)
    accounts = (
        Account(f"id{n}", f"Account {n}", Service.CUSTOM, url) for n in range(count)
    )
    path = Path(home["XDG_CONFIG_HOME"], "balance-tray/config.toml")
    ConfigFile(path).save(Config(tuple(accounts)))


def _write_past(context: BenchmarkContext, subject: Subject, count: int) -> None:
    """Fill the history with spending, and a top-up whenever it is nearly used up."""
    home = context.desktop.home_env(subject.name)
    config = Path(home["XDG_CONFIG_HOME"], "balance-tray/config.toml").read_text()
    (account,) = re.findall(r'^id = "(\w+)"', config, re.MULTILINE)
    now, step = datetime.now(UTC), _PAST / count
    readings = (
        Reading(
            Balance(1_000 - _PRICE * (n % 20_000), "EUR"),
            now - step * (count - n),
        )
        for n in range(count)
    )
    path = Path(home["XDG_DATA_HOME"], "balance-tray/history.sqlite3")
    with HistoryStore(path) as history:
        history.record_past(account, readings)


def _inside(
    context: BenchmarkContext, subject: Subject, measurement: str
) -> dict[str, float]:
    env = {**context.desktop.home_env(subject.name), **subject.env}
    done = context.desktop.run(
        [PYTHON, RUN_MODULE, "bench.inside", measurement], env=env, timeout_s=_WITHIN_S
    )
    return _json(done.stdout)


def _bare(context: BenchmarkContext, url: str, count: int) -> float:
    command: list[str | Path] = [PYTHON, BARE, "ask", url, str(count), KEY]
    done = context.desktop.run([*command, str(MAX_CONCURRENT)], timeout_s=_WITHIN_S)
    return float(_json(done.stdout)["seconds"])


def _json(output: str) -> dict[str, Any]:
    *_, last = ["", *output.strip().splitlines()]
    try:
        return dict(json.loads(last))
    except ValueError as error:
        raise StepError(output) from error


def _start(context: BenchmarkContext, subject: Subject) -> float:
    running = context.desktop.launch(subject)
    icon = context.monitor.icon(running.token, running.started_at)
    context.desktop.quit(running)
    return icon.at - running.started_at


def _first_balance(context: BenchmarkContext, subject: Subject) -> tuple[float, float]:
    amount = context.gateway.next_amount()
    running = context.desktop.launch(subject)
    try:
        icon = context.monitor.icon(running.token, running.started_at)
        shown = context.monitor.tooltip_with(icon, amount, _WITHIN_S)
    finally:
        context.desktop.quit(running)
    return icon.at - running.started_at, shown - running.started_at
