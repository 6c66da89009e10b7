"""Prints the program's windows as a screen reader would say them, one thing a line.

    python3 packaging/run.py desktop.reader

reads the program that runs in this session, if it speaks to assistive technology
(with QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 in its environment it does).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from desktop.atspi import GoneError, Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.atspi import Thing

PROGRAM: Final = "alance"
"""A part of the name by which the program is known, from the checkout or as built."""
_SILENT: Final = {"filler", "layered pane", "panel", "scroll bar"}
"""What only holds or moves other things: it is passed over unless it has a name."""
_SAID: Final = ("focused", "selected", "checked", "expanded")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a window, as it is said."""

    depth: int
    role: str
    name: str
    label: str
    """What stands beside it to name it; of a cell, above it."""
    value: str
    """What is typed in it, or how far it is; empty for nothing, and without either."""
    states: frozenset[str]
    description: str

    @property
    def words(self) -> str:
        """All that tells it from others."""
        label = self.label.rstrip(": ")
        return self.name if label in self.name else f"{label} {self.name}"

    def __str__(self) -> str:
        """Write it as it is heard: what it is called, what it is, how it is."""
        heard = [self.words, self.role]
        heard += [self.value] if self.value else []
        heard += [state for state in _SAID if state in self.states]
        heard += ["not checked"] if self.states & _UNTICKED == {"checkable"} else []
        heard += [] if "enabled" in self.states else ["unavailable"]
        said = ", ".join(filter(None, heard))
        return "  " * self.depth + (
            f"{said}. {self.description}" if self.description else said
        )


_UNTICKED: Final = {"checkable", "checked"}


def lines(thing: Thing, depth: int = 0) -> Iterator[Line]:
    """Read a thing and all that is seen in it; what goes meanwhile is left out."""
    try:
        states = thing.states
        if "showing" not in states:
            return
        role, name = thing.role, thing.name
        is_silent = not name and (role in _SILENT or role == "label")
        if not is_silent:
            value = thing.text if thing.can("Text") else ""
            if role == "slider":
                value = f"{thing.value:g} of {thing.limits[1]:g}"
            label = thing.header if role == "cell" else thing.label
            yield Line(depth, role, name, label, value, states, thing.description)
        inside = thing.children()
    except GoneError:
        return
    for one in inside:
        yield from lines(one, depth if is_silent else depth + 1)


def main() -> int:
    """Read all windows of the program that runs in this session."""
    with Screen(os.environ["DBUS_SESSION_BUS_ADDRESS"]) as screen:
        for window in screen.program(PROGRAM).children():
            sys.stdout.writelines(f"{line}\n" for line in lines(window))
    return 0


if __name__ == "__main__":
    sys.exit(main())
