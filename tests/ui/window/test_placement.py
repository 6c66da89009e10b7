"""The window opens beside the tray icon first, and then at its last place."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize
from pytestqt.qtbot import QtBot

from harness.wired_program import RecordingTray
from trayapp.core.i18n.language import Language
from trayapp.ui.window.placement import Placement, beside, restored
from trayapp.ui.window.window import Window

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ICON = QRect(700, 770, 22, 22)
CHOSEN_PLACE = (20, 60, 500, 400)
CHOSEN = QRect(*CHOSEN_PLACE)
Place = tuple[int, int, int, int]
ROOM = QRect(0, 30, 1000, 770)
"""A screen of 1000 x 800 with a taskbar at the top."""
SIZE = QSize(400, 300)
NUMBERS = st.integers(min_value=-5000, max_value=5000)
LENGTHS = st.integers(min_value=1, max_value=5000)
PLACES = st.builds(QRect, NUMBERS, NUMBERS, LENGTHS, LENGTHS)


class PlacedTray(RecordingTray):
    """A tray that reports the rectangle of its icon."""

    icon = ICON

    def icon_rect(self) -> QRect:
        """Return what the test sets."""
        return self.icon


class PlacementHarness:
    """A tray, a window and its placement."""

    def __init__(self, stood: Place | None = None) -> None:
        self.tray, self.window = PlacedTray(), Window(Language())
        self.placement = Placement(self.tray, self.window)
        self.placement.restore(stood)
        self.left: list[Place] = []
        self.placement.place_changed.connect(self.left.append)

    def click_icon(self) -> None:
        """Click the tray icon, which opens the window."""
        self.placement.note_icon_place()
        self.window.show()

    def choose(self, place: QRect) -> None:
        """Move, resize and close the window as a person does."""
        self.window.move(place.topLeft())
        self.window.resize(place.size())
        self.window.close()

    @property
    def place(self) -> QRect:
        """The place of the window."""
        return QRect(self.window.pos(), self.window.size())

    def end(self) -> None:
        """Delete everything."""
        self.window.hide()
        self.window.deleteLater()
        self.tray.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[PlacementHarness]:
    """Return the harness of a first start."""
    del qtbot
    harness = PlacementHarness()
    yield harness
    harness.end()


def test_the_first_time_it_opens_beside_the_icon(harness: PlacementHarness) -> None:
    """It is right above an icon at the bottom."""
    harness.click_icon()
    assert harness.place.bottom() < ICON.top()
    assert harness.place.right() > ICON.left()


def test_without_the_icons_place_it_opens_beside_the_pointer(
    harness: PlacementHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mouse pointer is where the icon was clicked."""
    monkeypatch.setattr(
        "trayapp.ui.window.placement.QCursor.pos", lambda: QPoint(700, 5)
    )
    harness.tray.icon = QRect()
    harness.click_icon()
    assert harness.place.top() < 40
    assert harness.place.right() > 700


def test_without_a_click_the_desktop_decides(harness: PlacementHarness) -> None:
    """A start has no place of a click."""
    before = harness.window.pos()
    harness.window.show()
    assert harness.window.pos() == before


def test_it_comes_up_where_it_was_left(harness: PlacementHarness) -> None:
    """The place is restored now and after a restart, wherever the icon is."""
    harness.click_icon()
    harness.choose(CHOSEN)
    harness.click_icon()
    assert harness.place == CHOSEN
    harness.window.close()
    assert harness.left == [CHOSEN_PLACE]
    again = PlacementHarness(CHOSEN_PLACE)
    again.click_icon()
    assert again.place == CHOSEN
    again.end()


def test_a_maximized_window_keeps_the_place_it_had(harness: PlacementHarness) -> None:
    """The place before is kept, to be restored later."""
    harness.click_icon()
    harness.choose(CHOSEN)
    harness.click_icon()
    harness.window.showMaximized()
    harness.window.close()
    assert harness.left == [CHOSEN_PLACE]


def test_what_stays_is_no_news(harness: PlacementHarness) -> None:
    """Opening and closing doesn't emit an equal place."""
    for _ in range(3):
        harness.click_icon()
        harness.choose(CHOSEN)
    assert harness.left == [CHOSEN_PLACE]


def test_a_place_on_a_screen_that_is_gone_is_forgotten(qtbot: QtBot) -> None:
    """The size stays, and the window opens beside the icon."""
    del qtbot
    harness = PlacementHarness((5000, 5000, 500, 400))
    harness.click_icon()
    assert harness.place.size() == QSize(500, 400)
    assert harness.window.screen().availableGeometry().contains(harness.place)
    harness.end()


def test_where_windows_cannot_be_moved_the_size_stays(
    harness: PlacementHarness,
) -> None:
    """Wayland is such a platform."""
    harness.placement.can_move = False
    before = harness.window.pos()
    harness.click_icon()
    assert harness.window.pos() == before
    harness.window.resize(CHOSEN.size())
    harness.window.close()
    harness.window.resize(700, 500)
    harness.click_icon()
    assert harness.window.size() == CHOSEN.size()
    assert harness.left == [(0, 0, 500, 400)]


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
    """It is below a top bar, above a bottom bar, and beside a side bar."""
    assert beside(anchor, SIZE, ROOM) == place


@given(PLACES, st.builds(QSize, LENGTHS, LENGTHS))
def test_beside_any_icon_there_is_room(anchor: QRect, size: QSize) -> None:
    """Every reported rectangle leaves room for the window."""
    assert ROOM.contains(beside(anchor, size, ROOM))


def test_a_window_stands_where_it_stood() -> None:
    """The place may be on any screen."""
    place, second = QRect(1200, 100, 400, 300), QRect(1000, 0, 1000, 800)
    assert restored(place, [ROOM, second]) == place


def test_a_window_that_hung_over_the_edge_is_moved_in() -> None:
    """A window too large for its screen shrinks."""
    hanging = restored(QRect(900, 700, 400, 300), [ROOM])
    assert hanging == QRect(600, 500, 400, 300)
    assert restored(QRect(-50, 0, 3000, 2000), [ROOM]) == ROOM


def test_a_place_on_a_screen_that_is_gone_is_none() -> None:
    """The window must not open off the screens."""
    assert restored(QRect(1200, 100, 400, 300), [ROOM]) is None
    assert restored(QRect(990, 100, 400, 300), [ROOM]) is None
    assert restored(QRect(0, 0, 400, 300), []) is None


@given(PLACES, st.lists(PLACES, max_size=3))
def test_what_is_restored_is_on_a_screen(place: QRect, rooms: list[QRect]) -> None:
    """It is completely on a screen, whatever the screens are now."""
    found = restored(place, rooms)
    assert found is None or any(one.contains(found) for one in rooms)
