"""The command of the benchmark: what it measures, and what it prints."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import bare, gateway
from bench import main as bench
from bench.report import CHECKOUT, FLOOR, PEERS, BenchmarkReport
from bench.session import Subject
from tooling.steps import StepError

PACKAGING = Path(bench.__file__).parent


def test_all_is_measured_when_nothing_is_named() -> None:
    """In the order in which the table has them."""
    assert bench.measurements_of([]) == list(bench.MEASUREMENTS)


def test_a_figure_selects_its_measurement() -> None:
    """The name of a measurement stands for all of its figures."""
    assert bench.measurements_of(["pss", "idle-cpu"]) == ["start", "idle"]
    assert bench.measurements_of(["readings"]) == ["readings"]


def test_no_figure_has_the_name_of_another() -> None:
    """Samples are kept by it, and it can be asked for."""
    names = [*bench.MEASUREMENTS, *(figure.id for figure in bench.FIGURES)]

    assert len(names) - len(set(names)) == 1, (
        "`check` is a measurement and its main figure"
    )


def test_each_limit_is_known_once_all_is_measured() -> None:
    """Each bound names figures and programs that exist."""
    report = BenchmarkReport()
    for figure in bench.FIGURES:
        for subject in (FLOOR, CHECKOUT, "bare httpx", *PEERS):
            report.add(figure.id, subject, 1.0)

    for figure in bench.FIGURES:
        for bound in figure.bounds:
            assert bound.limit(report, CHECKOUT) is not None, (figure.id, bound.words)


def test_a_second_benchmark_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would slow the other down."""
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    bench.only_one()

    with pytest.raises(StepError, match="Another benchmark"):
        bench.only_one()


def test_the_machine_is_described_beside_the_figures() -> None:
    """Figures without it mean nothing."""
    about = bench.machine([Subject(FLOOR, ("python",), version="3.11")], runs=5)

    assert json.loads(json.dumps(about))["versions"] == {FLOOR: "3.11"}
    assert "5 runs of each" in bench.describe(about)


def test_httpx_alone_gets_responses_from_the_slow_gateway() -> None:
    """Nine at ten milliseconds each, three at a time, take thirty at least."""
    with subprocess.Popen(
        [sys.executable, gateway.__file__], stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        url = serving.stdout.readline().strip()
        try:
            said = subprocess.run(
                [sys.executable, bare.__file__, "ask", url, "9", "key", "3"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        finally:
            serving.terminate()

    assert 0.030 <= json.loads(said)["seconds"] < 10
