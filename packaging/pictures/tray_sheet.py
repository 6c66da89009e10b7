"""One sheet of all that the tray icon can look like: states, styles, sizes, taskbars.

    python3 packaging/run.py pictures.tray_sheet FILE.png

Painted by the program's own code; each row is a style on a taskbar it is for.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from trayapp.core.errors.status import Status
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.canvas import COLOURED, Inks, plain_inks
from trayapp.ui.icons.first_icon import SIZES
from trayapp.ui.icons.glyphs import gauge_image
from trayapp.ui.icons.taskbar import DARK_INK, LIGHT_INK

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAUGES: Final = {
    "full": Gauge(Status.OK, 1.0, "350"),
    "5/8": Gauge(Status.OK, 0.625, "1.2k"),
    "1/8": Gauge(Status.OK, 0.125, "42"),
    "fine": Gauge(Status.OK, None, "9.5"),
    "few days": Gauge(Status.SOON, 0.5, "350"),
    "low": Gauge(Status.LOW, 0.25, "120"),
    "empty": Gauge(Status.EMPTY, 0.0),
    "rejected": Gauge(Status.UNAUTHORIZED),
    "refused": Gauge(Status.REFUSED),
    "unreachable": Gauge(Status.UNREACHABLE),
    "locked": Gauge(Status.LOCKED),
    "no key": Gauge(Status.NO_KEY),
    "unknown": Gauge(Status.UNKNOWN),
    "not set up": Gauge(Status.NOT_SET_UP),
    "snoozed": Gauge(Status.OK, 0.625, "350", snoozed=True),
    "few days, snoozed": Gauge(Status.SOON, 0.5, "350", snoozed=True),
    "low, snoozed": Gauge(Status.LOW, 0.25, "12", snoozed=True),
}
_TASKBARS: Final = {"black": "#000000", "grey": "#808080", "white": "#ffffff"}
_STYLES: Final[dict[str, tuple[Inks, bool, tuple[str, ...]]]] = {
    "colour": (COLOURED, False, ("black", "grey", "white")),
    "light": (plain_inks(LIGHT_INK), False, ("black", "grey")),
    "dark": (plain_inks(DARK_INK), False, ("grey", "white")),
    "number": (COLOURED, True, ("black", "grey", "white")),
}
_MARGIN: Final = 92
_HEAD: Final = 36
_CELL: Final = 92
_GAP: Final = 4
_CENTRED: Final = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_LARGE: Final = 48
"""How large the smallest picture is shown once more, so that its pixels are seen."""


def tray_sheet() -> QImage:
    """Paint the sheet."""
    rows = [(style, taskbar) for style in _STYLES for taskbar in _STYLES[style][2]]
    height = _LARGE + sum(_lines(), start=3 * _GAP)
    sheet = QImage(
        _MARGIN + _CELL * len(_GAUGES),
        _HEAD + height * len(rows),
        QImage.Format.Format_RGB32,
    )
    sheet.fill(QColor("#d5d8dc"))
    painter = QPainter(sheet)
    for column, name in enumerate(_GAUGES):
        at = QRect(_MARGIN + column * _CELL, 0, _CELL, _HEAD)
        painter.drawText(at, _CENTRED, name)
    for row, (style, taskbar) in enumerate(rows):
        top = _HEAD + row * height
        at = QRect(_GAP, top, _MARGIN, height)
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, f"{style}\non {taskbar}")
        ground = QRect(_MARGIN, top, sheet.width() - _MARGIN, height)
        painter.fillRect(ground, QColor(_TASKBARS[taskbar]))
        inks, number, _ = _STYLES[style]
        for column, gauge in enumerate(_GAUGES.values()):
            pictures = [gauge_image(gauge, size, inks, number=number) for size in SIZES]
            _paint(painter, _MARGIN + column * _CELL + _GAP, top + _GAP, pictures)
    painter.end()
    return sheet


def _rows() -> list[list[int]]:
    """Say which of the sizes stand side by side."""
    return [[16, 20, 22], [24, 40], [32, 48], [64]]


def _lines() -> list[int]:
    return [max(sizes) + _GAP for sizes in _rows()]


def _paint(painter: QPainter, left: int, top: int, pictures: Sequence[QImage]) -> None:
    by_size = {picture.width(): picture for picture in pictures}
    painter.drawImage(QRect(left, top, _LARGE, _LARGE), by_size[16])
    top += _LARGE + _GAP
    for sizes, height in zip(_rows(), _lines(), strict=True):
        across = left
        for size in sizes:
            painter.drawImage(across, top, by_size[size])
            across += size + _GAP
        top += height


def main() -> int:
    """Save the sheet."""
    application = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    saved = tray_sheet().save(sys.argv[1])
    del application
    return 0 if saved else 1


if __name__ == "__main__":
    sys.exit(main())
