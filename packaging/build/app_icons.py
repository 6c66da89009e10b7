"""Draws the application's icon in the sizes that desktops look for.

    python3 packaging/run.py build.app_icons FOLDER

makes FOLDER/hicolor from the one picture in `resources`, with the folders of the Icon
Theme Specification.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE: Final = Path(__file__).parents[2] / "resources/balance-tray.svg"
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw(size: int) -> QImage:
    """Draw the icon; `size` is its width and height in pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    return image


def draw_icons(folder: Path) -> list[Path]:
    """Draw every size, and return the files."""
    made = []
    for size in SIZES:
        made.append(folder / f"hicolor/{size}x{size}/apps/{SOURCE.stem}.png")
        made[-1].parent.mkdir(parents=True, exist_ok=True)
        draw(size).save(str(made[-1]))
    scalable = folder / "hicolor/scalable/apps" / SOURCE.name
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE, scalable)
    return [*made, scalable]


def main() -> int:
    """Draw the icons, and print their paths."""
    application = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    for file in draw_icons(Path(sys.argv[1])):
        print(file)
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
