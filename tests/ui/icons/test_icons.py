"""Each status has its own shape, visible at every size and on every taskbar."""

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from trayapp.core.errors.status import Status
from trayapp.core.settings import IconStyle
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.canvas import COLOURED, plain_inks
from trayapp.ui.icons.first_icon import SIZES
from trayapp.ui.icons.glyphs import gauge_image, status_image
from trayapp.ui.icons.icons import (
    app_icon,
    app_pixmap,
    gauge_icon,
    gauge_mask,
    status_pixmap,
)
from trayapp.ui.icons.taskbar import DARK_INK, LIGHT_INK
from trayapp.ui.widgets.colours import contrast

pytestmark = pytest.mark.usefixtures("qapp")  # numbers need fonts

LEVELS = {
    Status.OK: (None, 1.0, 0.5, 0.125),
    Status.SOON: (None, 1.0, 0.5, 0.125),
    Status.LOW: (None, 0.5, 0.125),
}
GAUGES = [
    Gauge(state, level, "350")
    for state in Status
    for level in LEVELS.get(state, (None,))
]
GAUGES += [
    replace(one, snoozed=True)
    for one in GAUGES
    if one.status in {Status.OK, Status.SOON, Status.LOW, Status.EMPTY}
]
PAIRS = [
    pair
    for pair in combinations(GAUGES, 2)
    if (pair[0].status, pair[0].snoozed) != (pair[1].status, pair[1].snoozed)
]
STYLES = {
    "colour": (COLOURED, False, 80),
    "light": (plain_inks(LIGHT_INK), False, 60),
    "dark": (plain_inks(DARK_INK), False, 60),
    "number": (COLOURED, True, 80),
}
"""Inks, whether numbers are written, and what a clear difference is on mid-grey."""
BACKGROUNDS = ("#000000", "#808080", "#ffffff")
SHOWN = [
    (style, background)
    for style in STYLES
    for background in BACKGROUNDS
    if (style, background) not in {("light", "#ffffff"), ("dark", "#000000")}
]


def on(background: str, image: QImage) -> QImage:
    """Paint a picture on a background."""
    laid = QImage(image.size(), QImage.Format.Format_RGB32)
    laid.fill(QColor(background))
    painter = QPainter(laid)
    painter.drawImage(0, 0, image)
    painter.end()
    return laid


def colours(image: QImage) -> list[QColor]:
    """Return all pixels of a picture."""
    return [
        image.pixelColor(x, y)
        for y in range(image.height())
        for x in range(image.width())
    ]


def distance(one: list[int], other: list[int], clear: int) -> float:
    """Return the share of pixels that differ by `clear` or more, out of 255."""
    apart = sum(abs(a - b) >= clear for a, b in zip(one, other, strict=True))
    return apart / len(one)


def grey(colour: QColor) -> int:
    """Return the brightness of a colour, from 0 to 255."""
    red, green, blue = colour.red(), colour.green(), colour.blue()
    return round(0.299 * red + 0.587 * green + 0.114 * blue)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [16, 22])
def test_states_differ_without_colours(size: int, style: str) -> None:
    """About a tenth of the pixels differ between any two pictures in grey."""
    inks, number, clear = STYLES[style]
    drawn = {
        gauge: [
            grey(colour)
            for colour in colours(
                on("#808080", gauge_image(gauge, size, inks, number=number))
            )
        ]
        for gauge in GAUGES
    }
    alike = [
        (one, other)
        for one, other in PAIRS
        if distance(drawn[one], drawn[other], clear) < 0.09
    ]
    assert alike == []


@pytest.mark.parametrize(("style", "background"), SHOWN)
@pytest.mark.parametrize("size", [16, 22])
def test_every_background_shows_every_status(
    size: int, style: str, background: str
) -> None:
    """Enough pixels differ from each background that the style is for."""
    inks, number, _ = STYLES[style]
    ground = QColor(background)

    def seen(gauge: Gauge) -> float:
        pixels = colours(on(background, gauge_image(gauge, size, inks, number=number)))
        return sum(contrast(one, ground) >= 3 for one in pixels) / len(pixels)

    assert [gauge for gauge in GAUGES if seen(gauge) < 0.07] == []


@pytest.mark.parametrize("state", Status)
@pytest.mark.parametrize("size", SIZES)
def test_pictures_stay_inside_their_square(size: int, state: Status) -> None:
    """The corners of a picture are transparent."""
    image = status_image(state, size)
    last = size - 1
    corners = ((0, 0), (last, 0), (0, last))
    assert all(image.pixelColor(x, y).alpha() < 255 for x, y in corners)


@pytest.mark.parametrize("style", IconStyle)
def test_the_tray_icon_has_every_usual_size(qtbot: QtBot, style: IconStyle) -> None:
    """No desktop has to scale it, at one or at two pixels per point."""
    del qtbot
    icon = gauge_icon(Gauge(Status.LOW, 0.5, "12"), style, LIGHT_INK)
    assert sorted(icon.availableSizes(), key=QSize.width) == [
        QSize(size, size) for size in SIZES
    ]
    assert not icon.isMask()
    assert gauge_mask(Gauge(Status.LOW)).isMask()


def test_the_style_chooses_the_ink(qtbot: QtBot) -> None:
    """A taskbar of unknown colour gets colours that are visible on all of them."""
    del qtbot

    def drawn(style: IconStyle, ink: QColor | None) -> QImage:
        return gauge_icon(Gauge(Status.EMPTY), style, ink).pixmap(32, 32).toImage()

    coloured = drawn(IconStyle.COLOUR, LIGHT_INK)
    assert drawn(IconStyle.TASKBAR, None) == coloured
    assert drawn(IconStyle.TASKBAR, LIGHT_INK) == drawn(IconStyle.LIGHT, None)
    assert drawn(IconStyle.TASKBAR, DARK_INK) == drawn(IconStyle.DARK, None)
    assert drawn(IconStyle.LIGHT, None) != coloured


def test_a_fuller_account_has_a_fuller_gauge() -> None:
    """Each eighth reduces the light part of the bubble."""
    filled = [
        sum(
            grey(one) < 128 for one in colours(gauge_image(Gauge(Status.OK, n / 8), 32))
        )
        for n in range(1, 9)
    ]
    assert filled == sorted(set(filled))


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_windows_get_pictures_for_their_screen(qtbot: QtBot, ratio: float) -> None:
    """The size is in points; the picture has the screen's pixels."""
    del qtbot
    for pixmap in (status_pixmap(Status.OK, 32, ratio), app_pixmap(32, ratio)):
        assert pixmap.width() == 32 * ratio
        assert pixmap.deviceIndependentSize().width() == 32


def test_the_application_has_a_picture(qtbot: QtBot) -> None:
    """The file is found, and drawn in more than one colour."""
    del qtbot
    image = app_icon().pixmap(16, 16).toImage()
    drawn = {colour.name() for colour in colours(image) if colour.alpha() == 255}
    assert len(drawn) > 2
