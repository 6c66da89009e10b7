"""Draws the tray icon that is shown before anything is known, in all sizes.

    python packaging/run.py build.waiting_icon

is to be run in the project's environment whenever that icon changes. The program shows
the file, because painting would take longer than the rest of its start.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtGui import QGuiApplication, QImage, QPainter

from trayapp.core.errors.status import Status
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.first_icon import SIZES, STRIP
from trayapp.ui.icons.glyphs import gauge_image

FILE: Final = Path(__file__).parents[2] / "resources" / STRIP


def strip() -> QImage:
    """Return the icon in all sizes, side by side."""
    drawn = QImage(sum(SIZES), max(SIZES), QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(0)
    painter = QPainter(drawn)
    left = 0
    for size in SIZES:
        painter.drawImage(left, 0, gauge_image(Gauge(Status.UNKNOWN), size))
        left += size
    painter.end()
    return drawn


def main() -> int:
    """Write the file into the resources."""
    application = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    strip().save(str(FILE))
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
