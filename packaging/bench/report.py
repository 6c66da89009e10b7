"""What was measured, held against what is aimed at: medians, verdicts, a table."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

FLOOR: Final = "bare tray"
"""The subject that all others are measured by."""
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
    limit: Callable[[Book, str], float | None]
    """From all figures and the subject's name; None where nothing was measured to
    compare with."""
    strict: bool = False
    """Whether the limit itself is too much already."""

    def holds(self, value: float, limit: float) -> bool:
        """Say whether a figure keeps it."""
        return value < limit if self.strict else value <= limit


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is measured of several subjects."""

    id: str
    title: str
    unit: str
    bounds: tuple[Bound, ...] = ()
    digits: int = 1


class Book:
    """Every sample of a run, by figure and subject, and what could not be measured."""

    def __init__(self) -> None:
        self._samples: dict[str, dict[str, list[float]]] = defaultdict(dict)
        self.notes: list[str] = []

    def add(self, figure: str, subject: str, value: float) -> None:
        """Write a sample down."""
        self._samples[figure].setdefault(subject, []).append(value)

    def note(self, words: str) -> None:
        """Write down, once, what a reader of the figures has to know."""
        if words not in self.notes:
            self.notes.append(words)

    def subjects(self, figure: str) -> list[str]:
        """Name whose figure was measured."""
        return list(self._samples.get(figure, {}))

    def samples(self, figure: str, subject: str) -> list[float]:
        """Give what was measured, in order."""
        return list(self._samples.get(figure, {}).get(subject, []))

    def median(self, figure: str, subject: str) -> float | None:
        """Give the median; None if nothing was measured."""
        samples = self.samples(figure, subject)
        return statistics.median(samples) if samples else None


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of a subject, and what became of its aim."""

    figure: Figure
    subject: str
    samples: tuple[float, ...]
    aims: tuple[tuple[str, float | None], ...]
    """Each bound in words, and its limit in the figure's unit."""
    verdict: str
    """`ok`, `missed`, `?` if the other side was not measured, or empty without aim."""

    @property
    def median(self) -> float:
        """The middle one of the samples."""
        return statistics.median(self.samples)

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
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
    """Bound a figure by a number that is too much itself."""
    return Bound(f"< {value:g}", lambda _book, _subject: value, strict=True)


def times(factor: float, figure: str, other: str = "") -> Bound:
    """Bound a figure by another one's median, of another subject or of the same."""

    def limit(book: Book, subject: str) -> float | None:
        found = book.median(figure, other or subject)
        return None if found is None else factor * found

    times_sign = "\N{MULTIPLICATION SIGN}"
    return Bound(f"≤ {factor:g} {times_sign} {other or figure}", limit)


def below_peers(figure: str) -> Bound:
    """Bound a figure by every peer's."""

    def limit(book: Book, _subject: str) -> float | None:
        medians = (book.median(figure, peer) for peer in PEERS)
        return min((one for one in medians if one is not None), default=None)

    return Bound("< every peer", limit, strict=True)


def rows(book: Book, figures: Iterable[Figure]) -> list[Row]:
    """Judge all that was measured, in the order of the figures."""
    return [
        _row(book, figure, subject)
        for figure in figures
        for subject in sorted(book.subjects(figure.id), key=_ORDER.index)
    ]


def _row(book: Book, figure: Figure, subject: str) -> Row:
    samples = tuple(book.samples(figure.id, subject))
    bounds = figure.bounds if subject in OURS else ()
    limits = [bound.limit(book, subject) for bound in bounds]
    median = statistics.median(samples)
    kept = [
        limit is None or bound.holds(median, limit)
        for bound, limit in zip(bounds, limits, strict=True)
    ]
    verdict = "" if not bounds else "ok" if all(kept) else "missed"
    if verdict == "ok" and None in limits:
        verdict = "?"
    words = (bound.words for bound in bounds)
    return Row(
        figure, subject, samples, tuple(zip(words, limits, strict=True)), verdict
    )


def table(judged: Sequence[Row]) -> str:
    """Write the figures for a person: one line for each figure and subject."""
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
