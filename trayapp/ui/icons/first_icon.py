"""The tray icon that a start shows at once, before slower modules are imported."""

from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from trayapp.core.program import PROGRAM

SIZES = (16, 20, 22, 24, 32, 40, 48, 64)
"""Sizes that trays request, at one and two pixels per point; Qt drops larger ones."""
STRIP = "waiting.png"
"""The picture of the status "unknown" in each of these sizes, side by side. Painting
it here would import the painter. `packaging/build/waiting_icon.py` makes the file."""


class FirstIcon:
    """A visible icon with an empty menu; `Tray` takes over both.

    It has a menu from the start, as desktops check for one only once.
    """

    def __init__(self) -> None:
        self.menu = QMenu()
        self.icon = QSystemTrayIcon(_picture())
        self.icon.setContextMenu(self.menu)
        self.icon.setToolTip(PROGRAM)
        self.icon.show()


def resource(name: str) -> Path:
    """Find a file in the installed or bundled package, else in the checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / "resources" / name


def _picture() -> QIcon:
    strip = QPixmap(str(resource(STRIP)))
    picture, left = QIcon(), 0
    for size in SIZES:
        picture.addPixmap(strip.copy(QRect(left, 0, size, size)))
        left += size
    return picture
