"""One real round of each measurement: the floor and the program, with a keyring."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import check, growth, idle, start
from bench.context import KEY, BenchmarkContext, FallingGateway
from bench.report import CHECKOUT, FLOOR, HTTPX, BenchmarkReport
from bench.session import BenchmarkDesktop, Subject, TrayMonitor
from bench.subjects import add_account

pytestmark = pytest.mark.e2e

PYTHON = Path(sys.executable)


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> Iterator[BenchmarkContext]:
    """Start a desktop and a gateway, and add an account to the program."""
    for module in (growth, idle):
        monkeypatch.setattr(module, "PYTHON", PYTHON)  # there may be no copy of it
    file = Path(start.__file__).with_name("floor.py")
    floor = Subject(FLOOR, (PYTHON, file))
    ours = Subject(CHECKOUT, (PYTHON, "-m", "trayapp"), arguments=("--minimized",))
    with (
        BenchmarkDesktop() as desktop,
        TrayMonitor(desktop.bus) as monitor,
        FallingGateway() as gateway,
    ):
        add_account(ours, desktop, gateway.url, KEY)
        yield BenchmarkContext(
            BenchmarkReport(),
            desktop,
            monitor,
            gateway,
            [floor, ours],
            runs=1,
            quick=True,
        )


def test_a_start_has_a_figure_for_everything(context: BenchmarkContext) -> None:
    """From the icon over the balance and the window to the end."""
    start.measure(context)

    report = context.report
    assert report.notes == []
    assert report.subjects("tray") == [FLOOR, CHECKOUT]
    for figure in start.FIGURES:
        assert len(report.samples(figure.id, CHECKOUT)) == 1, figure.id
    (tray,), (balance,) = (report.samples(one, CHECKOUT) for one in ("tray", "balance"))
    assert 0 < tray < balance


def test_idling_and_requests_are_measured_apart(
    context: BenchmarkContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request costs more than idling, and more than with httpx alone."""
    monkeypatch.setattr(idle, "SETTLE_S", 0.1)
    monkeypatch.setattr(idle, "WINDOW_S", 0.1)

    idle.measure(context)

    report = context.report
    for figure in idle.FIGURES:
        assert len(report.samples(figure.id, CHECKOUT)) == 1, figure.id
    assert report.subjects("idle-cpu") == [FLOOR, CHECKOUT]
    (bare,), (whole,) = (report.samples("poll-cpu", one) for one in (HTTPX, CHECKOUT))
    assert 0 < bare < whole


def test_a_check_is_timed_and_its_libraries_are_listed(
    context: BenchmarkContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints the balance, and maps no file of Qt."""
    monkeypatch.setattr(check, "forget_files", lambda: None)

    check.measure(context)

    assert context.report.samples("check-qt", CHECKOUT) == [0]
    assert context.report.samples("check", CHECKOUT)[0] > 0


def test_many_accounts_are_refreshed_and_stalls_are_measured(
    context: BenchmarkContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the whole program, beside httpx alone."""
    monkeypatch.setattr(growth, "ACCOUNTS", (3,))

    growth.measure_accounts(context)

    report = context.report
    assert report.subjects("ask-3") == [HTTPX, CHECKOUT]
    for figure in ("stall-first-3", "stall-3", "stall-open-3", "window-3", "pss-3"):
        assert report.samples(figure, CHECKOUT)[0] > 0, figure


def test_the_window_of_a_long_history_is_timed(
    context: BenchmarkContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until its chart is painted."""
    monkeypatch.setattr(growth, "READINGS", (500,))

    growth.measure_readings(context)

    for figure in ("history", "window", "stall", "pss", "tray", "balance"):
        assert context.report.samples(f"past-{figure}-500", CHECKOUT)[0] > 0, figure
