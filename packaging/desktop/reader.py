"""Prints the program's windows as a screen reader would speak them, line by line.

    python3 packaging/run.py desktop.reader

reads the program that runs in this session, if it speaks to assistive technology
(with QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 in its environment it does).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from desktop.atspi import GoneError, ScreenReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.atspi import Accessible

PROGRAM: Final = "alance"
"""A part of the name by which the program is known, from the checkout or as built."""
_SILENT: Final = {"filler", "layered pane", "panel", "scroll bar"}
"""Roles of containers, which are left out unless they have a name."""
_SPOKEN_STATES: Final = ("focused", "selected", "checked", "expanded")


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One object of a window, as a screen reader speaks it."""

    depth: int
    role: str
    name: str
    label: str
    """The name of the object that labels it; of a cell, the column's."""
    value: str
    """Its text, or its value; empty without one."""
    states: frozenset[str]
    description: str

    @property
    def words(self) -> str:
        """Its label and its name."""
        label = self.label.rstrip(": ")
        return self.name if label in self.name else f"{label} {self.name}"

    def __str__(self) -> str:
        """Return name, role, value, states and description in this order."""
        spoken = [self.words, self.role]
        spoken += [self.value] if self.value else []
        spoken += [state for state in _SPOKEN_STATES if state in self.states]
        spoken += ["not checked"] if self.states & _UNTICKED == {"checkable"} else []
        spoken += [] if "enabled" in self.states else ["unavailable"]
        line = ", ".join(filter(None, spoken))
        return "  " * self.depth + (
            f"{line}. {self.description}" if self.description else line
        )


_UNTICKED: Final = {"checkable", "checked"}


def lines(accessible: Accessible, depth: int = 0) -> Iterator[SpokenLine]:
    """Yield lines of an object and its visible descendants."""
    try:
        states = accessible.states
        if "showing" not in states:
            return
        role, name = accessible.role, accessible.name
        is_silent = not name and (role in _SILENT or role == "label")
        if not is_silent:
            value = accessible.text if accessible.can("Text") else ""
            if role == "slider":
                value = f"{accessible.value:g} of {accessible.limits[1]:g}"
            label = accessible.header if role == "cell" else accessible.label
            yield SpokenLine(
                depth, role, name, label, value, states, accessible.description
            )
        inside = accessible.children()
    except GoneError:
        return
    for one in inside:
        yield from lines(one, depth if is_silent else depth + 1)


def main() -> int:
    """Print all windows of the program that runs in this session."""
    with ScreenReader(os.environ["DBUS_SESSION_BUS_ADDRESS"]) as screen:
        for window in screen.program(PROGRAM).children():
            sys.stdout.writelines(f"{line}\n" for line in lines(window))
    return 0


if __name__ == "__main__":
    sys.exit(main())
