"""What every measurement of the benchmark works with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from desktop.scripted_gateway import ScriptedGateway

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.report import BenchmarkReport
    from bench.session import BenchmarkDesktop, Subject, TrayMonitor

KEY: Final = "made-up-key-of-the-benchmark"
BALANCE_S: Final = 30.0
"""The longest wait for a balance."""


class FallingGateway(ScriptedGateway):
    """A gateway with a balance that falls by a cent at each step."""

    def __init__(self) -> None:
        super().__init__()
        # Below a thousand no digits are grouped, anywhere.
        self._cents = count(99_912, -1)
        self.next_amount()

    def next_amount(self) -> str:
        """Set the next balance, and return it as the program shows it."""
        cents = next(self._cents)
        self.set_balance(KEY, f"{cents / 100:.2f}00", "EUR")
        return f"{cents / 100:.2f}"


@dataclass(frozen=True, slots=True)
class BenchmarkContext:
    """The desktop, the gateway and the programs of a benchmark, and its report."""

    report: BenchmarkReport
    desktop: BenchmarkDesktop
    monitor: TrayMonitor
    gateway: FallingGateway
    subjects: Sequence[Subject]
    runs: int
    """How often each measurement is repeated."""
    quick: bool = False

    @property
    def ours(self) -> list[Subject]:
        """The program: from the checkout, and built if it is."""
        return [subject for subject in self.subjects if subject.is_ours]
