"""A window is placed beside the tray or where it stood, and always on a screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize

from trayapp.ui.placing import as_before, beside

ROOM = QRect(0, 30, 1000, 770)
"""A screen of 1000 x 800 with a panel at the top."""
SIZE = QSize(400, 300)
NUMBERS = st.integers(min_value=-5000, max_value=5000)
LENGTHS = st.integers(min_value=1, max_value=5000)
PLACES = st.builds(QRect, NUMBERS, NUMBERS, LENGTHS, LENGTHS)


@pytest.mark.parametrize(
    ("anchor", "place"),
    [
        (QRect(500, 4, 22, 22), QRect(310, 38, 400, 300)),
        (QRect(970, 4, 22, 22), QRect(592, 38, 400, 300)),
        (QRect(500, 770, 22, 22), QRect(310, 462, 400, 300)),
        (QRect(2, 600, 22, 22), QRect(8, 292, 400, 300)),
    ],
    ids=["top", "corner", "bottom", "left"],
)
def test_a_window_opens_beside_the_icon(anchor: QRect, place: QRect) -> None:
    """Under a panel at the top, above one at the bottom, beside one at a side."""
    assert beside(anchor, SIZE, ROOM) == place


@given(PLACES, st.builds(QSize, LENGTHS, LENGTHS))
def test_beside_any_icon_there_is_room(anchor: QRect, size: QSize) -> None:
    """Whatever a panel says of where its icon is."""
    assert ROOM.contains(beside(anchor, size, ROOM))


def test_a_window_stands_where_it_stood() -> None:
    """On whichever screen that was."""
    place, second = QRect(1200, 100, 400, 300), QRect(1000, 0, 1000, 800)
    assert as_before(place, [ROOM, second]) == place


def test_a_window_that_hung_over_the_edge_is_moved_in() -> None:
    """And one that is too large for its screen now becomes smaller."""
    hanging = as_before(QRect(900, 700, 400, 300), [ROOM])
    assert hanging == QRect(600, 500, 400, 300)
    assert as_before(QRect(-50, 0, 3000, 2000), [ROOM]) == ROOM


def test_a_place_on_a_screen_that_is_gone_is_none() -> None:
    """So the window is not lost with it."""
    assert as_before(QRect(1200, 100, 400, 300), [ROOM]) is None
    assert as_before(QRect(990, 100, 400, 300), [ROOM]) is None
    assert as_before(QRect(0, 0, 400, 300), []) is None


@given(PLACES, st.lists(PLACES, max_size=3))
def test_what_is_restored_is_on_a_screen(place: QRect, rooms: list[QRect]) -> None:
    """Wholly, whatever the screens have become."""
    found = as_before(place, rooms)
    assert found is None or any(one.contains(found) for one in rooms)
