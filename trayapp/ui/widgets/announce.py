"""Announcements to screen readers, for changes outside the focused widget."""

import sys
from typing import Final

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

READER_FOLLOWS_DESCRIPTION: Final = sys.platform not in {"win32", "darwin"}
"""Whether screen readers announce a changed description by themselves; Orca does."""


def announce(source: QWidget, text: str, *, at_once: bool = False) -> None:
    """Have screen readers say `text`, after the current speech or `at_once`."""
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(source, text)
    if at_once:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


def describe(part: QWidget, text: str) -> None:
    """Set the accessible description; announce it once if the part has the focus."""
    if part.accessibleDescription() == text:
        return
    part.setAccessibleDescription(text)
    if part.hasFocus() and not READER_FOLLOWS_DESCRIPTION:
        announce(part, text)
