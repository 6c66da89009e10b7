"""Words for a screen reader alone, where nothing that has the focus changed."""

import sys
from typing import Final

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

HEARD_BY_ITSELF: Final = sys.platform not in {"win32", "darwin"}
"""Whether a reader says another description of what has the focus: on Linux, Orca."""


def announce(teller: QWidget, text: str, *, at_once: bool = False) -> None:
    """Let a screen reader say `text` when it has said the rest, or instead of it."""
    if not QAccessible.isActive():
        return
    said = QAccessibleAnnouncementEvent(teller, text)
    if at_once:
        said.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(said)


def describe(part: QWidget, text: str) -> None:
    """Describe a part anew; one that has the focus is heard, on every system once."""
    if part.accessibleDescription() == text:
        return
    part.setAccessibleDescription(text)
    if part.hasFocus() and not HEARD_BY_ITSELF:
        announce(part, text)
