"""The parts of the fuzzer that need no atheris; only `dev.py fuzz` installs that."""

from pathlib import Path

import pytest

import dev
from checks import fuzz
from fuzzing.cases import TARGETS
from tooling import environment

LOG = """\
#2\tINITED cov: 110 ft: 113 corp: 3/15b exec/s: 0 rss: 70Mb
#81441\tREDUCE cov: 280 ft: 900 corp: 78/9Kb exec/s: 4071 rss: 99Mb

 === Uncaught Python exception: ===
AssertionError: the caller is not let go
Traceback (most recent call last):
  File "instance_target.py", line 66, in _says

==17102== ERROR: libFuzzer: fuzz target exited
SUMMARY: libFuzzer: fuzz target exited
stat::number_of_executed_units: 81440
"""


def test_the_tests_never_install_the_fuzzer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is big, and exists for Linux only."""
    asked: list[str] = []
    monkeypatch.setattr(environment, "ensure", lambda *names: asked.extend(names))
    monkeypatch.setattr(dev, "LINUX", False)
    dev.prepare(desktop=True, bundle=True)
    assert asked == ["run", "dev", "build"]


def test_the_names_are_those_of_the_targets() -> None:
    """There are two lists: targets must not be imported before atheris."""
    assert tuple(TARGETS) == fuzz.TARGETS


def test_a_log_says_how_much_was_tried_and_what_was_broken() -> None:
    """The logs have libFuzzer's format and Python's traceback."""
    assert fuzz.runs(LOG) == 81_441
    assert fuzz.broken(LOG).startswith("AssertionError: the caller is not let go\n")
    assert fuzz.broken("SUMMARY: libFuzzer: timeout\n") == "SUMMARY: libFuzzer: timeout"
    assert fuzz.runs("") == 0


def test_seeds_are_files_and_words(tmp_path: Path) -> None:
    """Seeds of an earlier run are removed."""
    fuzz.write_seeds(tmp_path / "seeds", [b"old"])
    fuzz.write_seeds(tmp_path / "seeds", [b"low_below = 'x'", b"x" * 10_000])
    sizes = sorted(one.stat().st_size for one in (tmp_path / "seeds").iterdir())
    assert sizes == [15, fuzz.LONGEST]
    assert fuzz.dictionary([b"low_below = 'x'", b"told, told\xff"]) == (
        '"low_below"\n"told"\n'
    )
