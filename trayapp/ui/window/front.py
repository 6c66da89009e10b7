"""Bringing a window to the front, where the desktop lets one."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget


def bring_to_front(window: QWidget) -> None:
    """Show a window above the others, with the keyboard, whatever state it is in.

    On Wayland no window comes forward by its own will, and none knows that it is
    minimized; but one that appears is shown to the person. So it goes and appears.
    """
    if window.isMinimized():
        window.showNormal()
    elif _is_stuck(window):
        window.hide()
    window.show()
    window.raise_()
    window.activateWindow()


def _is_stuck(window: QWidget) -> bool:
    """Say whether it is covered and can't come forward; behind a dialog it belongs."""
    return (
        QGuiApplication.platformName().startswith("wayland")
        and window.isVisible()
        and not window.isActiveWindow()
        and QApplication.activeModalWidget() is None
    )
