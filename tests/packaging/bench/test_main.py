"""The benchmark itself: what it measures when it is asked, and one real round of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import bare, gateway
from bench import main as bench
from bench.report import CHECKOUT, FLOOR, PEERS, Book
from bench.subjects import Subject
from tooling.steps import StepError

PACKAGING = Path(bench.__file__).parent


def test_all_scenes_are_played_when_none_is_named() -> None:
    """In the order in which the table has them."""
    assert bench.scenes_of([]) == list(bench.SCENES)


def test_a_figure_brings_the_scene_that_it_is_measured_in() -> None:
    """And a scene's own name brings all that is in it."""
    assert bench.scenes_of(["pss", "idle-cpu"]) == ["start", "idle"]
    assert bench.scenes_of(["readings"]) == ["readings"]


def test_no_figure_has_the_name_of_another() -> None:
    """Samples are kept by it, and it can be asked for."""
    names = [*bench.SCENES, *(figure.id for figure in bench.FIGURES)]

    assert len(names) - len(set(names)) == 1, "`check` is a scene and its main figure"


def test_each_limit_can_be_found_out_once_all_is_measured() -> None:
    """None of them names a figure or a program that there is not."""
    book = Book()
    for figure in bench.FIGURES:
        for subject in (FLOOR, CHECKOUT, "bare httpx", *PEERS):
            book.add(figure.id, subject, 1.0)

    for figure in bench.FIGURES:
        for bound in figure.bounds:
            assert bound.limit(book, CHECKOUT) is not None, (figure.id, bound.words)


def test_a_second_benchmark_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would be the other's load."""
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    bench.only_one()

    with pytest.raises(StepError, match="Another benchmark"):
        bench.only_one()


def test_the_machine_is_told_beside_the_figures() -> None:
    """Without it they mean nothing."""
    about = bench.machine([Subject(FLOOR, ("python",), version="3.11")], runs=5)

    assert json.loads(json.dumps(about))["versions"] == {FLOOR: "3.11"}
    assert "5 runs of each" in bench.describe(about)


def test_httpx_alone_gets_its_answers_from_the_slow_gateway() -> None:
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
