"""Draws the picture of the tray icon's first moment, in all its sizes side by side.

    python packaging/run.py build.waiting_icon

in the project's environment, whenever the picture of what is not known yet changes. The
program shows the file: painting it would take longer than all else that comes first.
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
    """Draw it."""
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
    """Draw it into the resources."""
    application = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    strip().save(str(FILE))
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
