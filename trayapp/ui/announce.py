"""Words for a screen reader alone, where nothing that has the focus changed."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(teller: QWidget, text: str) -> None:
    """Let a screen reader say `text` when it has said the rest."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(teller, text))
