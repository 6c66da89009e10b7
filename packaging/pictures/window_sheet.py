"""Sheets of every window and dialog: light and dark, English and Spanish, two scales.

    python3 packaging/run.py pictures.window_sheet FOLDER --look LOOK --scene SCENE …

The running program is driven into each state on a desktop of its own, as a person
would, and photographed. A look is such as `es-dark-2x`, in any language there is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from pictures.sheet_session import LOOKS, Look, SheetSession, look_of
from pictures.window_scenes import SCENES
from tooling.environment import RUN_MODULE, WORK
from tooling.processes import WaitTimeoutError
from tooling.steps import StepError, say

if TYPE_CHECKING:
    from collections.abc import Sequence


FOLDER: Final = WORK / "sheets"
_GROUND: Final = QColor("#3d5a73")
_GAP: Final = 16
_CAPTION: Final = 20
_WIDTH: Final = 2_600
"""Of a sheet, in points."""


def main() -> int:
    """Make the sheets of the command line; without arguments, all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--look", type=look_of, nargs="+", default=LOOKS)
    parser.add_argument("--scene", choices=SCENES, nargs="+", default=[*SCENES])
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if len(asked.look) > 1:
        return _side_by_side(asked.folder, asked.look, asked.scene)
    application = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    for one in asked.look:
        for name, pictures in _pictures(one, asked.scene).items():
            target = asked.folder / f"{one.name}-{name}.png"
            _sheet(pictures, one.scale).save(str(target))
            say(f"{target.name}: {target.stat().st_size // 1024} KB")
    del application
    return 0


def _side_by_side(folder: Path, chosen: Sequence[Look], scenes: Sequence[str]) -> int:
    """Make each look's sheets in a process of its own; 1 if one failed."""

    def make(one: Look) -> int:
        args: list[str | Path] = [folder, "--look", one.name, "--scene", *scenes]
        return subprocess.run(
            [sys.executable, RUN_MODULE, "pictures.window_sheet", *args], check=False
        ).returncode

    with ThreadPoolExecutor(os.cpu_count()) as at_once:
        return 1 if any(at_once.map(make, chosen)) else 0


def _pictures(look: Look, scenes: Sequence[str]) -> dict[str, list[tuple[str, QImage]]]:
    """Photograph some scenes in one look."""
    with SheetSession(look) as session:
        for name in scenes:
            session.sheet = name
            try:
                SCENES[name](session)
            except (AssertionError, StepError, TimeoutError, WaitTimeoutError):
                output = session.desktop.log("program")
                say(f"{look.name}: {name} stopped; the program printed:\n{output}")
                raise
        return session.pictures


def _sheet(pictures: Sequence[tuple[str, QImage]], scale: int) -> QImage:
    """Lay the pictures side by side, each below its name."""
    gap, caption = _GAP * scale, _CAPTION * scale
    places: list[QPoint] = []
    left = top = right = bottom = gap
    for _, one in pictures:
        if left > gap and left + one.width() + gap > _WIDTH * scale:
            left, top = gap, bottom + gap
        places.append(QPoint(left, top + caption))
        left += one.width() + gap
        right, bottom = max(right, left), max(bottom, top + caption + one.height())
    sheet = QImage(right, bottom + gap, QImage.Format.Format_RGB32)
    sheet.fill(_GROUND)
    painter = QPainter(sheet)
    painter.setPen(Qt.GlobalColor.white)
    font = painter.font()
    font.setPixelSize(13 * scale)
    painter.setFont(font)
    for (name, one), place in zip(pictures, places, strict=True):
        words = QRect(place.x(), place.y() - caption, one.width() + gap, caption)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawImage(place, one)
    painter.end()
    return sheet


if __name__ == "__main__":
    sys.exit(main())
