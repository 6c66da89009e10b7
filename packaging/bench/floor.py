"""A tray icon with a menu and nothing else: as little as such a program can be."""

from __future__ import annotations

import sys

from PySide6.QtGui import (  # noqa: TID251  # the floor of all programs with this Qt
    QIcon,
    QPixmap,
)
from PySide6.QtWidgets import (  # noqa: TID251  # see above
    QApplication,
    QMenu,
    QSystemTrayIcon,
)


def main() -> int:
    """Show the icon until the end."""
    application = QApplication(sys.argv)
    application.setQuitOnLastWindowClosed(False)
    picture = QPixmap(22, 22)
    picture.fill("steelblue")
    menu = QMenu()
    menu.addAction("Quit", application.quit)
    icon = QSystemTrayIcon(QIcon(picture))
    icon.setToolTip("A bare tray icon")
    icon.setContextMenu(menu)
    icon.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
