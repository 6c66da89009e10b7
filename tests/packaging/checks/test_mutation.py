"""The parts of the count of unnoticed changes that need no mutmut."""

import json
import tomllib
from pathlib import Path

import pytest

from checks import mutation
from checks.mutation import Mutant
from tooling.environment import ROOT

SHOWN = """\
# trayapp.core.schedule.x__wait__mutmut_7: survived
--- trayapp/core/schedule.py
+++ trayapp/core/schedule.py
@@ -1,4 +1,4 @@
 def _wait(retry: Retry) -> timedelta:
-    doubled = 1 << min(failures - 1, 9)
+    doubled = 1 << min(failures - 1, 10)
"""
LISTED = {
    "function": "x__wait",
    "old": "doubled = 1 << min(failures - 1, 9)",
    "new": "doubled = 1 << min(failures - 1, 10)",
    "reason": "both are past the longest wait",
}


def test_the_files_are_those_that_mutmut_changes() -> None:
    """The settings of mutmut stand in pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    assert settings["only_mutate"] == list(mutation.CHANGED)
    for name in settings["pytest_add_cli_args_test_selection"]:
        assert (ROOT / name).exists()


def test_results_are_read_from_beside_the_changed_files(tmp_path: Path) -> None:
    """A change whose tests did not run has no result."""
    folder = tmp_path / "mutants/trayapp/core"
    folder.mkdir(parents=True)
    codes = {"trayapp.core.a.x_f__mutmut_1": 1, "trayapp.core.a.x_f__mutmut_2": None}
    (folder / "a.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    mutants = list(mutation.read_results(tmp_path))
    assert mutants == [Mutant(name, code) for name, code in codes.items()]
    assert {mutant.module for mutant in mutants} == {"trayapp.core.a"}


def test_the_table_has_the_worst_module_first_and_the_sum() -> None:
    """A module without survivors has no line."""
    names = ["core.a.x_f__mutmut_1", "core.b.x_f__mutmut_1", "core.b.x_f__mutmut_2"]
    mutants = [Mutant(name, 0) for name in names]
    mutants += [Mutant(f"core.c.x_f__mutmut_{number}", 1) for number in range(7)]
    assert list(mutation.table(mutants, names)) == [
        "    2 of     2 survived in core.b",
        "    1 of     1 survived in core.a",
        "70.0 % of 10 changes were noticed",
    ]
    assert mutation.score(0, 0) == pytest.approx(100)


@pytest.mark.parametrize(
    ("entry", "is_listed"),
    [
        (LISTED, True),
        ({**LISTED, "function": "x_wait"}, False),
        ({**LISTED, "old": "doubled = 1"}, False),
        ({**LISTED, "new": "doubled = 1"}, False),
    ],
)
def test_a_listed_change_counts_as_equivalent(
    entry: dict[str, str], *, is_listed: bool
) -> None:
    """Function, old and new line have to be the listed ones; indentation may differ."""
    assert mutation.is_equivalent(SHOWN, {"equivalent": [entry]}) is is_listed


def test_each_listed_change_has_a_reason_and_lines_that_exist() -> None:
    """An entry whose line has changed since would hide nothing, and mislead."""
    listed = tomllib.loads(mutation.EQUIVALENTS.read_text())["equivalent"]
    code = "".join(
        file.read_text()
        for pattern in mutation.CHANGED
        for file in ROOT.glob(pattern.replace("/*", "/**/*.py"))
    )
    for entry in listed:
        assert entry["reason"]
        assert entry["old"] in code
