"""Fills in the steps of the first run over AT-SPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop.atspi import Accessible

_STEPS: Final = ("Step 1 of 3", "Step 2 of 3", "Step 3 of 3")


def name_service(program: Accessible, url: str) -> Accessible:
    """Enter the gateway's address in the first step, and return the second."""
    step = program.find("panel", _STEPS[0])
    step.find("radio button", "Other").press()
    step.find("text", "Address").type(url)
    program.find("push button", "Next").press()
    return program.find("panel", _STEPS[1])


def enter_key(program: Accessible, key: str, name: str) -> Accessible:
    """Fill in the second step, and return the third, which shows a balance."""
    step = program.find("panel", _STEPS[1])
    step.find("text", "Name").type(name)
    step.find("text", "API key").type(key)
    program.find("push button", "Next").press()
    return program.find("panel", _STEPS[2])


def finish(program: Accessible, low: str) -> None:
    """Fill in the third step, and finish."""
    program.find("panel", _STEPS[2]).find("text", "Warn below").type(low)
    program.find("push button", "Finish").press()
