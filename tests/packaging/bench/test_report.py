"""The verdicts of the benchmark, and its table."""

import pytest

from bench.report import (
    CHECKOUT,
    FLOOR,
    BenchmarkReport,
    Figure,
    at_most,
    below,
    below_peers,
    rows,
    table,
    times,
)

TRAY = Figure("tray", "exec to tray item", "s", (times(1.15, "tray", FLOOR),), digits=3)
LIMIT = "≤ 1.15 \N{MULTIPLICATION SIGN} bare tray"


def verdict(figure: Figure, report: BenchmarkReport) -> str:
    """Return the verdict of the checkout."""
    (found,) = (row for row in rows(report, [figure]) if row.subject == CHECKOUT)
    return found.verdict


def report_of(figure: str, **samples: list[float]) -> BenchmarkReport:
    """Return a report with samples; an underscore stands for a space."""
    report = BenchmarkReport()
    for subject, values in samples.items():
        for value in values:
            report.add(figure, subject.replace("_", " "), value)
    return report


def test_the_median_is_judged_and_not_the_worst_run() -> None:
    """One slow start among three is noise."""
    report = report_of("tray", bare_tray=[0.1, 0.1, 0.1], checkout=[0.11, 0.11, 9.0])

    assert verdict(TRAY, report) == "ok"


def test_a_figure_over_its_share_of_the_floor_has_missed_its_aim() -> None:
    """The floor is measured in the same run."""
    report = report_of("tray", bare_tray=[0.1], checkout=[0.116])

    assert verdict(TRAY, report) == "missed"


def test_a_figure_without_a_comparison_is_not_ok() -> None:
    """A limit that was not measured is a question mark."""
    assert verdict(TRAY, report_of("tray", checkout=[0.1])) == "?"


def test_every_limit_counts() -> None:
    """Within the number, but over three times the floor."""
    figure = Figure("tray", "", "s", (at_most(0.8), times(3, "tray", FLOOR)))
    report = report_of("tray", bare_tray=[0.1], checkout=[0.4])

    assert verdict(figure, report) == "missed"


@pytest.mark.parametrize(
    ("bound", "said"), [(at_most(0.3), "ok"), (below(0.3), "missed")]
)
def test_under_a_limit_is_less_than_at_most(bound: object, said: str) -> None:
    """The limit itself is at most, and not under it."""
    figure = Figure("quit", "", "s", (bound,))  # type: ignore[arg-type]  # a parameter

    assert verdict(figure, report_of("quit", checkout=[0.3])) == said


def test_below_every_peer_means_the_smallest_one() -> None:
    """A large peer is no excuse."""
    figure = Figure("pss", "", "MB", (below_peers("pss"),))
    report = report_of("pss", checkout=[80.0], vorta=[100.0], syncthingtray=[75.0])

    assert verdict(figure, report) == "missed"


def test_a_figure_can_be_held_against_another_of_the_same_program() -> None:
    """A start with much history against one with little."""
    figure = Figure("late", "", "s", (times(1.05, "early"),))
    report = report_of("early", checkout=[1.0], bundle=[9.0])
    report.add("late", CHECKOUT, 1.04)

    assert verdict(figure, report) == "ok"


def test_only_the_program_gets_a_verdict() -> None:
    """The floor has no aim."""
    (row,) = rows(report_of("tray", bare_tray=[0.1]), [TRAY])

    assert (row.verdict, row.aims) == ("", ())


def test_the_table_says_figure_limit_and_verdict() -> None:
    """Each line stands for a subject; the title is written once."""
    report = report_of("tray", bare_tray=[0.1, 0.2, 0.1], checkout=[0.5, 0.4, 0.6])

    written = table(rows(report, [TRAY])).splitlines()

    assert [" ".join(line.split()) for line in written[1:]] == [
        "exec to tray item bare tray 0.100 s 0.100 – 0.200 3",
        f"missed checkout 0.500 s 0.400 – 0.600 3 {LIMIT} = 0.115",
    ]


def test_json_has_every_sample_and_limit() -> None:
    """Other programs can compute with them."""
    report = report_of("tray", bare_tray=[0.1], checkout=[0.5])

    written = rows(report, [TRAY])[1].as_dict()

    assert written["samples"] == [0.5]
    assert written["aims"] == [{"aim": LIMIT, "limit": pytest.approx(0.115)}]
    assert written["verdict"] == "missed"


def test_a_note_is_written_once() -> None:
    """However often the same thing happens."""
    report = BenchmarkReport()
    report.note("it opens a window")
    report.note("it opens a window")

    assert report.notes == ["it opens a window"]
