"""The replay: the forecast is honest over generated histories."""

import subprocess
import sys
from datetime import UTC, date
from pathlib import Path

import pytest

from replay import main as replay
from replay.main import KINDS, ForecastTrial
from trayapp.core.forecast.run_out import Forecast, Verdict

SCRIPT = Path(__file__).parents[3] / "packaging/replay/main.py"
SEED = 7
HISTORIES = 240


@pytest.fixture(scope="module")
def trials() -> list[ForecastTrial]:
    """Forecast a small sample, the same each time."""
    played = (replay.trial(SEED, number) for number in range(HISTORIES))
    return [one for one in played if one is not None]


def test_the_true_day_is_mostly_in_a_range_of_use(trials: list[ForecastTrial]) -> None:
    """Over all kinds: 75 % at least, half the remaining time wide at most."""
    row = replay.summary(trials)[-1]
    assert row.kind == replay.ALL
    assert row.histories >= HISTORIES * 0.95
    assert row.covered >= 0.75
    assert row.width <= 0.5
    assert row.covered > row.naive_hit


def test_nearly_every_history_gets_a_range(trials: list[ForecastTrial]) -> None:
    """Coverage is not high because forecasts are missing."""
    ranged = sum(one.verdict == Verdict.RANGE.value for one in trials)
    assert ranged >= 0.95 * len(trials)
    assert {one.kind for one in trials} == set(KINDS)


def test_a_trial_is_the_same_each_time() -> None:
    """A seed and a number define a history."""
    assert replay.trial(SEED, 2) == replay.trial(SEED, 2)
    assert replay.trial(SEED, 2) != replay.trial(SEED + 1, 2)


def test_the_range_is_measured_by_its_days() -> None:
    """Both ends belong to it; the width is relative to the true remaining days."""
    said = Forecast(Verdict.RANGE, date(2026, 12, 4), date(2026, 12, 8))
    assert replay.covers(said, date(2026, 12, 4))
    assert replay.covers(said, date(2026, 12, 8))
    assert not replay.covers(said, date(2026, 12, 9))
    assert replay.width(said, 8) == pytest.approx(0.5)
    assert replay.width(Forecast(Verdict.FAR), 8) is None


def test_it_prints_a_table() -> None:
    """The table has a row for each kind, and one for all."""
    done = subprocess.run(
        [sys.executable, SCRIPT, "--histories", "16", "--seed", "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    begins = [line[:18].strip() for line in done.stdout.splitlines()[3:]]
    assert begins == [*KINDS, replay.ALL]


def test_readings_look_like_a_history() -> None:
    """They are hourly, in order, never negative, and in the past."""
    for number in range(len(KINDS)):
        kind = list(KINDS)[number]
        history = KINDS[kind](replay.random_for(SEED, number))
        times = [one.at for one in history.past]
        assert times == sorted(set(times))
        assert all(one.balance.amount > 0 for one in history.past)
        assert times[-1].tzinfo is UTC
