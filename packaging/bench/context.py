"""What every scene of the benchmark plays with: stage, gateway, programs, how often."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.report import Book
    from bench.session import Ears, Stage
    from bench.subjects import Subject
    from desktop.scripted_gateway import ScriptedGateway

KEY: Final = "made-up-key-of-the-benchmark"
BALANCE_S: Final = 30.0
"""How long a balance is waited for."""


class Till:
    """A gateway whose every answer is another amount, a little less than the last."""

    def __init__(self, gateway: ScriptedGateway) -> None:
        self.url = gateway.url
        self.gateway = gateway
        # Below a thousand no digits are grouped, anywhere.
        self._cents = count(99_912, -1)
        self.next()

    def next(self) -> str:
        """Set the next amount, and give it as the program writes it."""
        cents = next(self._cents)
        self.gateway.set_balance(KEY, f"{cents / 100:.2f}00", "EUR")
        return f"{cents / 100:.2f}"


@dataclass(frozen=True, slots=True)
class Scene:
    """One run of the benchmark."""

    book: Book
    stage: Stage
    ears: Ears
    till: Till
    subjects: Sequence[Subject]
    runs: int
    quick: bool = False

    @property
    def ours(self) -> list[Subject]:
        """The program, in every form that is there."""
        return [one for one in self.subjects if one.is_ours]
