"""The cases from real life that the tests cover, for the summary of a test run.

A test that covers one has the mark `case(number, kind)`. The number is a text such as
"2" or "attack 7"; the kind names the fault in a few words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import pytest

CASES: Final = pytest.StashKey[Mapping[str, Iterable["Case"]]]()


class Case(NamedTuple):
    """A case and the kind of fault behind it."""

    number: str
    kind: str


def cases_of(items: Iterable[pytest.Item]) -> dict[str, list[Case]]:
    """Give the cases that each test covers, by the test's identifier."""
    return {
        item.nodeid: [Case(*mark.args) for mark in item.iter_markers("case")]
        for item in items
    }


def case_lines(
    covered: Mapping[str, Iterable[Case]], passed: Iterable[str], failed: Iterable[str]
) -> Iterator[str]:
    """Give a line for each case: its kind, and how many of its tests passed or failed.

    `passed` and `failed` are identifiers of tests. A case whose tests did not run has
    no line.
    """
    passes = Counter(case for test in set(passed) for case in covered.get(test, ()))
    fails = Counter(case for test in set(failed) for case in covered.get(test, ()))
    for case in sorted(passes.keys() | fails.keys(), key=_order):
        result = f"{passes[case]} passed"
        if fails[case]:
            result += f", {fails[case]} FAILED"
        yield f"Case {case.number}, {case.kind}: {result}"


def _order(case: Case) -> list[tuple[int, int, str]]:
    """Sort numbers by their value and before words, and words by the alphabet."""
    parts = filter(None, re.split(r"(\d+)", f"{case.number} {case.kind}"))
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part.strip()) for part in parts
    ]
