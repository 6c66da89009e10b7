"""The tray icon of the first tenth of a second, before anything can be said in it."""

from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from trayapp.core.program import PROGRAM

SIZES = (16, 20, 22, 24, 32, 40, 48, 64)
"""What panels ask for, at one and at two pixels per point; Qt drops larger ones."""
STRIP = "waiting.png"
"""The picture of what is not known yet in each of these sizes, side by side: painting
them would import what paints. `packaging/build/waiting_icon.py` draws it."""


class FirstIcon:
    """An icon and its empty menu, on the screen; `Tray` makes both its own.

    It has a menu from the beginning: panels look once whether there is one.
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
