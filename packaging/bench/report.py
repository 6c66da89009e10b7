"""The benchmark's samples, their limits, and the table of both."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

FLOOR: Final = "bare tray"
"""The subject that others are compared with."""
CHECKOUT: Final = "checkout"
BUNDLE: Final = "bundle"
OURS: Final = (CHECKOUT, BUNDLE)
HTTPX: Final = "bare httpx"
PEERS: Final = ("syncthingtray", "nextcloud", "vorta")
_ORDER: Final = (FLOOR, HTTPX, *OURS, *PEERS)


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit that a figure of ours must keep."""

    words: str
    limit: Callable[[BenchmarkReport, str], float | None]
    """From the report and a subject's name; None without a sample to compare with."""
    strict: bool = False
    """Whether the limit itself is too much."""

    def holds(self, value: float, limit: float) -> bool:
        """Whether a figure keeps the limit."""
        return value < limit if self.strict else value <= limit


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity that is measured for several subjects."""

    id: str
    title: str
    unit: str
    bounds: tuple[Bound, ...] = ()
    digits: int = 1


class BenchmarkReport:
    """The samples of a benchmark by figure and subject, and notes."""

    def __init__(self) -> None:
        self._samples: dict[str, dict[str, list[float]]] = defaultdict(dict)
        self.notes: list[str] = []

    def add(self, figure: str, subject: str, value: float) -> None:
        """Add a sample."""
        self._samples[figure].setdefault(subject, []).append(value)

    def note(self, words: str) -> None:
        """Add a note for a reader of the figures, once."""
        if words not in self.notes:
            self.notes.append(words)

    def subjects(self, figure: str) -> list[str]:
        """Return the subjects that have samples of a figure."""
        return list(self._samples.get(figure, {}))

    def samples(self, figure: str, subject: str) -> list[float]:
        """Return the samples in the order of their measurement."""
        return list(self._samples.get(figure, {}).get(subject, []))

    def median(self, figure: str, subject: str) -> float | None:
        """Return the median; None without a sample."""
        samples = self.samples(figure, subject)
        return statistics.median(samples) if samples else None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of a subject, with its verdict."""

    figure: Figure
    subject: str
    samples: tuple[float, ...]
    aims: tuple[tuple[str, float | None], ...]
    """Each bound in words, and its limit in the figure's unit."""
    verdict: str
    """`ok`, `missed`, `?` without a sample to compare with, empty without a bound."""

    @property
    def median(self) -> float:
        """The middle one of the samples."""
        return statistics.median(self.samples)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON has it."""
        return {
            "figure": self.figure.id,
            "title": self.figure.title,
            "unit": self.figure.unit,
            "subject": self.subject,
            "median": self.median,
            "min": min(self.samples),
            "max": max(self.samples),
            "samples": list(self.samples),
            "aims": [{"aim": words, "limit": limit} for words, limit in self.aims],
            "verdict": self.verdict,
        }


def at_most(value: float) -> Bound:
    """Bound a figure by a number."""
    return Bound(f"≤ {value:g}", lambda _book, _subject: value)


def below(value: float) -> Bound:
    """Bound a figure by a number that it must stay below."""
    return Bound(f"< {value:g}", lambda _book, _subject: value, strict=True)


def times(factor: float, figure: str, other: str = "") -> Bound:
    """Bound a figure by another one's median, of another subject or of the same."""

    def limit(report: BenchmarkReport, subject: str) -> float | None:
        median = report.median(figure, other or subject)
        return None if median is None else factor * median

    times_sign = "\N{MULTIPLICATION SIGN}"
    return Bound(f"≤ {factor:g} {times_sign} {other or figure}", limit)


def below_peers(figure: str) -> Bound:
    """Bound a figure by every peer's."""

    def limit(report: BenchmarkReport, _subject: str) -> float | None:
        medians = (report.median(figure, peer) for peer in PEERS)
        return min((one for one in medians if one is not None), default=None)

    return Bound("< every peer", limit, strict=True)


def rows(report: BenchmarkReport, figures: Iterable[Figure]) -> list[FigureRow]:
    """Return a row for each figure and subject, in the order of the figures."""
    return [
        _row(report, figure, subject)
        for figure in figures
        for subject in sorted(report.subjects(figure.id), key=_ORDER.index)
    ]


def _row(report: BenchmarkReport, figure: Figure, subject: str) -> FigureRow:
    samples = tuple(report.samples(figure.id, subject))
    bounds = figure.bounds if subject in OURS else ()
    limits = [bound.limit(report, subject) for bound in bounds]
    median = statistics.median(samples)
    kept = [
        limit is None or bound.holds(median, limit)
        for bound, limit in zip(bounds, limits, strict=True)
    ]
    verdict = "" if not bounds else "ok" if all(kept) else "missed"
    if verdict == "ok" and None in limits:
        verdict = "?"
    words = (bound.words for bound in bounds)
    return FigureRow(
        figure, subject, samples, tuple(zip(words, limits, strict=True)), verdict
    )


def table(judged: Sequence[FigureRow]) -> str:
    """Return the rows as a text table, one line each."""
    lines = [("", "figure", "of", "median", "min – max", "n", "aim")]
    previous = ""
    for row in judged:
        figure = row.figure

        def number(value: float, digits: int = figure.digits) -> str:
            return f"{value:,.{digits}f}"

        aims = "; ".join(
            words
            if limit is None or words[2:] == f"{limit:g}"
            else f"{words} = {number(limit)}"
            for words, limit in row.aims
        )
        lines.append(
            (
                row.verdict,
                "" if figure.title == previous else figure.title,
                row.subject,
                f"{number(row.median)} {figure.unit}".rstrip(),
                f"{number(min(row.samples))} – {number(max(row.samples))}",
                str(len(row.samples)),
                aims,
            )
        )
        previous = figure.title
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )
