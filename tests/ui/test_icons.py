"""Each state is told by its shape, at every size and on every panel."""

from itertools import combinations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from trayapp.core.state import State
from trayapp.ui.colours import contrast
from trayapp.ui.glyphs import state_image
from trayapp.ui.icons import TRAY_SIZES, app_icon, app_pixmap, state_icon, state_pixmap

PAIRS = list(combinations(State, 2))
PANELS = ("#000000", "#808080", "#ffffff")


def on(panel: str, image: QImage) -> QImage:
    """Lay a picture on a panel."""
    laid = QImage(image.size(), QImage.Format.Format_RGB32)
    laid.fill(QColor(panel))
    painter = QPainter(laid)
    painter.drawImage(0, 0, image)
    painter.end()
    return laid


def colours(image: QImage) -> list[QColor]:
    """Give all pixels of a picture."""
    return [
        image.pixelColor(x, y)
        for y in range(image.height())
        for x in range(image.width())
    ]


def distance(one: list[int], other: list[int]) -> float:
    """Give the share of pixels that differ clearly, out of 255 by 80 or more."""
    apart = sum(abs(a - b) >= 80 for a, b in zip(one, other, strict=True))
    return apart / len(one)


def grey(colour: QColor) -> int:
    """Give how light a colour is to who sees no colours, from 0 to 255."""
    red, green, blue = colour.red(), colour.green(), colour.blue()
    return round(0.299 * red + 0.587 * green + 0.114 * blue)


@pytest.mark.parametrize("size", [16, 22])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_states_differ_without_colours(one: State, other: State, size: int) -> None:
    """A tenth of the pixels tells any two states apart in grey."""
    first, second = (
        [grey(colour) for colour in colours(on("#808080", state_image(state, size)))]
        for state in (one, other)
    )
    assert distance(first, second) >= 0.1


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_states_differ_as_masks(one: State, other: State) -> None:
    """What macOS keeps of a picture, its alpha, still tells any two apart."""
    first, second = (
        [colour.alpha() for colour in colours(state_image(state, 22, mask=True))]
        for state in (one, other)
    )
    assert distance(first, second) >= 0.1


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("size", [16, 22])
@pytest.mark.parametrize("state", State)
def test_every_panel_shows_every_state(state: State, size: int, panel: str) -> None:
    """Enough pixels stand out from a panel, whatever its colour."""
    ground = QColor(panel)
    pixels = colours(on(panel, state_image(state, size)))
    clear = sum(contrast(colour, ground) >= 3 for colour in pixels)
    assert clear / len(pixels) >= 0.07


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("size", TRAY_SIZES)
def test_pictures_stay_inside_their_square(size: int, state: State) -> None:
    """Their corners are free: a bubble touches none of them."""
    image = state_image(state, size)
    last = size - 1
    corners = ((0, 0), (last, 0), (0, last))
    assert all(image.pixelColor(x, y).alpha() < 255 for x, y in corners)


def test_the_tray_icon_has_every_usual_size(qtbot: QtBot) -> None:
    """No panel has to scale, at one or at two pixels a point."""
    del qtbot
    icon = state_icon(State.LOW)
    assert sorted(icon.availableSizes(), key=QSize.width) == [
        QSize(size, size) for size in TRAY_SIZES
    ]
    assert not icon.isMask()
    assert state_icon(State.LOW, mask=True).isMask()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_windows_get_pictures_for_their_screen(qtbot: QtBot, ratio: float) -> None:
    """As many points as asked for, in the screen's own pixels."""
    del qtbot
    for pixmap in (state_pixmap(State.OK, 32, ratio), app_pixmap(32, ratio)):
        assert pixmap.width() == 32 * ratio
        assert pixmap.deviceIndependentSize().width() == 32


def test_the_application_has_a_picture(qtbot: QtBot) -> None:
    """It is found, and drawn in more than one colour."""
    del qtbot
    image = app_icon().pixmap(16, 16).toImage()
    drawn = {colour.name() for colour in colours(image) if colour.alpha() == 255}
    assert len(drawn) > 2
