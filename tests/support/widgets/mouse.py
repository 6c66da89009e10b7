"""A mouse over one widget, whatever other windows lie on the screen meanwhile.

`QTest.mouseMove` moves the screen's own cursor. Without a desktop all windows overlap
in one corner. The topmost window gets the event, and it may be of an earlier test.
"""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


def point_at(part: QWidget, x: int, y: int) -> None:
    """Move the mouse to a point of a widget, no button pressed."""
    assert part.hasMouseTracking(), "it would not hear of it"
    at = QPoint(x, y)
    QApplication.sendEvent(
        part,
        QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            QPointF(part.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


def point_away(part: QWidget) -> None:
    """Move the mouse out of a widget."""
    QApplication.sendEvent(part, QEvent(QEvent.Type.Leave))
