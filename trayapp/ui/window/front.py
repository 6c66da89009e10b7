"""Brings a window to the front, as far as the desktop allows it."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget


def bring_to_front(window: QWidget) -> None:
    """Show a window above the others, with the focus; restore a minimized one.

    On Wayland a window can neither raise itself nor know that it is minimized.
    The compositor shows a window that appears, so a covered one is hidden and shown.
    """
    if window.isMinimized():
        window.showNormal()
    elif _is_stuck(window):
        window.hide()
    window.show()
    window.raise_()
    window.activateWindow()


def _is_stuck(window: QWidget) -> bool:
    """Say whether Wayland keeps the window covered; a modal dialog may cover it."""
    return (
        QGuiApplication.platformName().startswith("wayland")
        and window.isVisible()
        and not window.isActiveWindow()
        and QApplication.activeModalWidget() is None
    )
