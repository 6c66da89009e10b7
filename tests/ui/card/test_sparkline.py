"""The sparkline of a card: its geometry, its description and its painting."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.chart.sparkline import Sparkline
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.ui.card.density import Density
from trayapp.ui.card.sparkline import SparklineButton, curve
from trayapp.ui.widgets.colours import VISIBLE, contrast, visible_on
from trayapp.ui.widgets.labels import Tone, tone_colour

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

FALLING = Sparkline(((0.0, 1.0), (0.5, 0.5), (1.0, 0.25)), 0.4, "From 4 to 1")
_BASE = QPalette.ColorRole.Base


@pytest.fixture
def spark(qtbot: QtBot) -> SparklineButton:
    """Return a shown sparkline button."""
    one = SparklineButton(ENGLISH)
    qtbot.addWidget(one)
    one.resize(200, 60)
    one.show_sparkline(FALLING, Status.OK, aged=False)
    with qtbot.waitExposed(one):
        one.show()
    return one


def seen(widget: QWidget) -> QImage:
    """Return the rendered picture."""
    return widget.grab().toImage()


def has(image: QImage, ink: QColor) -> bool:
    """Say whether a picture contains a colour."""
    places = (
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
    )
    return any(one.rgb() == ink.rgb() for one in places)


def test_shares_are_places_in_the_room() -> None:
    """Time grows to the right, amounts grow upwards."""
    room = QRectF(10, 20, 100, 40)
    assert curve([(0.0, 0.0), (0.5, 1.0), (1.0, 0.25)], room) == [
        QPointF(10, 60),
        QPointF(60, 20),
        QPointF(110, 50),
    ]


def test_a_line_is_said_in_words(spark: SparklineButton) -> None:
    """The words are the accessible description and the tooltip."""
    assert (spark.accessibleDescription(), spark.toolTip()) == ("From 4 to 1",) * 2
    spark.show_sparkline(None, Status.OK, aged=False)
    assert (spark.accessibleDescription(), spark.toolTip()) == ("", "")


@pytest.mark.parametrize(
    ("level", "tone"), [(Status.LOW, Tone.CAUTION), (Status.EMPTY, Tone.WARNING)]
)
def test_its_end_has_a_colour_only_where_something_is_wrong(
    spark: SparklineButton, level: Status, tone: Tone
) -> None:
    """An outdated balance has no colour either."""
    ink = tone_colour(tone, spark.palette(), _BASE)
    assert not has(seen(spark), ink)
    spark.show_sparkline(FALLING, level, aged=False)
    assert has(seen(spark), ink)
    spark.show_sparkline(FALLING, level, aged=True)
    assert not has(seen(spark), ink)


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_line_is_seen_on_its_ground(dark: QPalette, *, is_dark: bool) -> None:
    """Its contrast is at least 3:1 with any accent colour."""
    palette = dark if is_dark else QPalette()
    base, text = palette.base().color(), palette.text().color()
    for accent in ("#ffffff", "#000000", "#3584e4", "#f6d32d"):
        assert contrast(visible_on(QColor(accent), base, text), base) >= VISIBLE


@pytest.mark.parametrize("density", Density)
@pytest.mark.parametrize("sketch", [None, FALLING])
def test_it_takes_the_same_room_with_and_without_a_line(
    spark: SparklineButton, density: Density, sketch: Sparkline | None
) -> None:
    """Nothing moves when the line becomes known."""
    spark.set_density(density)
    before = spark.sizeHint()
    spark.show_sparkline(sketch, Status.OK, aged=False)
    assert spark.sizeHint() == before
    spark.resize(before.expandedTo(QSize(150, 0)))
    assert not seen(spark).isNull()


def test_it_is_pressed_by_key_and_shows_the_focus(
    spark: SparklineButton, qtbot: QtBot
) -> None:
    """It is a button that opens the history."""
    with qtbot.waitActive(spark):
        spark.activateWindow()
    spark.clearFocus()
    quiet = seen(spark)
    spark.setFocus(Qt.FocusReason.TabFocusReason)
    assert seen(spark) != quiet
    with qtbot.waitSignal(spark.clicked):
        QTest.keyClick(spark, Qt.Key.Key_Space)


def test_the_same_line_again_is_not_painted_again(
    spark: SparklineButton, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ages change each half minute, and the line does not."""
    asked: list[None] = []
    monkeypatch.setattr(spark, "update", lambda: asked.append(None))
    spark.show_sparkline(replace(FALLING), Status.OK, aged=False)
    assert asked == []
    spark.show_sparkline(FALLING, Status.LOW, aged=False)
    assert asked == [None]
