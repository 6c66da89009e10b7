"""Answers the first run's questions as assistive technology would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop.atspi import Thing

_STEPS: Final = ("Step 1 of 3", "Step 2 of 3", "Step 3 of 3")


def name_service(ours: Thing, url: str) -> Thing:
    """Say in the first step where the account is, and give the second."""
    step = ours.find("panel", _STEPS[0])
    step.find("radio button", "Other").press()
    step.find("text", "Address").type(url)
    ours.find("push button", "Next").press()
    return ours.find("panel", _STEPS[1])


def enter_key(ours: Thing, key: str, name: str) -> Thing:
    """Answer the second step, and give the third: the gateway tells a balance."""
    step = ours.find("panel", _STEPS[1])
    step.find("text", "Name").type(name)
    step.find("text", "API key").type(key)
    ours.find("push button", "Next").press()
    return ours.find("panel", _STEPS[2])


def finish(ours: Thing, low: str) -> None:
    """Answer the third step, and have it all stored."""
    ours.find("panel", _STEPS[2]).find("text", "Warn below").type(low)
    ours.find("push button", "Finish").press()
