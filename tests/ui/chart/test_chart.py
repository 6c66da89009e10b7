"""The chart paints its curve once, and the readout follows mouse and keys."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPalette,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.axis import midnight, tick_words
from trayapp.core.chart.plot import ChartData
from trayapp.core.i18n.language import ENGLISH, Language
from trayapp.core.i18n.locales import LOCALES
from trayapp.services.files.catalogs import catalog
from trayapp.ui.chart.chart import RANGES, Chart
from trayapp.ui.chart.curve import Curve
from trayapp.ui.chart.layout import ChartColours, ChartLayout
from trayapp.ui.chart.painter import paint_chart
from trayapp.ui.widgets.colours import READABLE, contrast
from widgets.mouse import point_at, point_away

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def reading(at: datetime, amount: str) -> Reading:
    """Return a reading in EUR."""
    return Reading(Balance(Decimal(amount), "EUR"), at)


READINGS = [
    reading(NOW - 100 * DAY, "900"),
    reading(NOW - 20 * DAY, "300"),
    reading(NOW - 5 * DAY, "12.5"),
    reading(NOW - 4 * DAY, "400"),
    reading(NOW, "350.12"),
]
EMPTY = ChartData([], Decimal(20), (), None, NOW, "EUR")
DATA = ChartData(
    READINGS,
    Decimal(20),
    ((NOW - 4 * DAY, Decimal("387.5")),),
    (date(2026, 12, 1), date(2026, 12, 6)),
    NOW,
    "EUR",
)


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    """Return a shown chart."""
    one = Chart(ENGLISH)
    qtbot.addWidget(one)
    one.resize(640, 320)
    one.show_data(DATA)
    one.show()
    curve(one).setFocus()
    return one


def curve(chart: Chart) -> Curve:
    """Return the chart's curve."""
    found = chart.findChild(Curve)
    assert isinstance(found, Curve)
    return found


def picture(widget: QWidget) -> QImage:
    """Return the rendered picture."""
    return widget.grab().toImage()


def press(chart: Chart, *keys: Qt.Key) -> str:
    """Press keys in the curve, and return its description."""
    for key in keys:
        QTest.keyClick(curve(chart), key)
    return curve(chart).accessibleDescription()


def test_without_readings_it_says_what_will_come(qtbot: QtBot) -> None:
    """It shows no axes and no readout."""
    one = Chart(ENGLISH)
    qtbot.addWidget(one)
    one.show_data(EMPTY)
    assert "The chart grows" in curve(one).accessibleDescription()
    before = curve(one).accessibleDescription()
    assert press(one, Qt.Key.Key_Home, Qt.Key.Key_Left) == before
    point_at(curve(one), 50, 50)
    picture(one)
    assert curve(one).accessibleDescription() == before


def test_it_is_told_in_words(chart: Chart) -> None:
    """The description sums up the curve in the chosen range."""
    assert curve(chart).accessibleName() == "Balance, 30 days"
    assert curve(chart).accessibleDescription() == (
        "From €300.00 on 3 Nov to €350.12 now; topped up once; lowest €12.50 on 18 Nov"
    )
    chart.show_days(365)
    assert curve(chart).accessibleDescription().startswith("From €900.00 on 15 Aug")


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize("days", RANGES)
@pytest.mark.parametrize("width", [260, 420, 640, 1000])
def test_no_day_runs_into_the_next(
    code: str, days: int, width: int, qapp: QApplication
) -> None:
    """The names of days never overlap, in any language."""
    language = Language(gettext=catalog(code).gettext)
    metrics = QFontMetricsF(qapp.font())
    sheet = ChartLayout.of(DATA, days, language, QSizeF(width, 300), metrics)
    ends = [
        (
            sheet.plot.time.x(midnight(tick.day, UTC)),
            metrics.horizontalAdvance(tick_words(tick, language)),
        )
        for tick in sheet.time_ticks
    ]
    for (left, before), (right, after) in pairwise(ends):
        assert right - left > (before + after) / 2


def test_keys_choose_the_range(chart: Chart) -> None:
    """The keys 1, 2 and 3 work anywhere in the chart and check the buttons."""
    picked = []
    for key in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_2):
        QTest.keyClick(curve(chart), key)
        picked.append(chart.days)
    assert picked == [7, 365, 30]
    segments = chart.findChildren(QAbstractButton)
    assert [one.text() for one in segments] == ["7 days", "30 days", "1 year"]
    assert [one.isChecked() for one in segments] == [False, True, False]
    chart.activateWindow()
    segments[1].setFocus()
    QTest.keyClick(segments[1], Qt.Key.Key_Right)
    assert chart.days == 365
    QTest.mouseClick(segments[0], Qt.MouseButton.LeftButton)
    assert chart.days == RANGES[0]


def test_keys_go_from_reading_to_reading(chart: Chart) -> None:
    """Each step changes the description; the name and the ends stay."""
    whole = curve(chart).accessibleDescription()
    assert press(chart, Qt.Key.Key_End) == "€350.12, Mon 23 Nov 2026, 12:00"
    said = press(chart, Qt.Key.Key_Left)
    assert said == "€400.00, Thu 19 Nov 2026, 12:00, topped up by €387.50"
    assert press(chart, Qt.Key.Key_Left).startswith("€12.50")
    assert press(chart, Qt.Key.Key_Right).startswith("€400.00")
    assert press(chart, Qt.Key.Key_Home).startswith("€300.00")
    assert press(chart, Qt.Key.Key_Left).startswith("€300.00")
    assert press(chart, Qt.Key.Key_PageDown).startswith("€12.50")
    assert press(chart, Qt.Key.Key_PageUp).startswith("€300.00")
    assert curve(chart).accessibleName() == "Balance, 30 days"
    assert press(chart, Qt.Key.Key_Escape) == whole


def test_a_reader_goes_from_value_to_value(chart: Chart) -> None:
    """A screen reader moves a slider from the first reading to the last."""
    part = curve(chart)
    heard = QAccessible.queryAccessibleInterface(part)
    value = heard.valueInterface()
    assert heard.role() is QAccessible.Role.Slider
    assert (value.minimumValue(), value.maximumValue()) == (1, 4)
    assert value.currentValue() == 4
    value.setCurrentValue(1)
    assert part.accessibleDescription() == "€300.00, Tue 3 Nov 2026, 12:00"
    value.setCurrentValue(3)
    assert part.accessibleDescription().startswith("€400.00, Thu 19 Nov 2026")
    press(chart, Qt.Key.Key_Left)
    assert value.currentValue() == 2
    chart.show_days(365)
    assert (value.currentValue(), value.maximumValue()) == (3, 5)
    assert part.accessibleDescription().startswith("€12.50")
    chart.show_data(EMPTY)
    assert (value.currentValue(), value.maximumValue()) == (0, 0)
    value.setCurrentValue(1)
    assert "The chart grows" in part.accessibleDescription()


def test_keys_and_the_wheel_that_mean_nothing_to_it_go_on(chart: Chart) -> None:
    """The curve ignores the chart's keys and the wheel."""
    before = press(chart, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Plus)
    assert before.startswith("From €300.00")
    turn = QWheelEvent(
        *(QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 120)),
        *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier),
        *(Qt.ScrollPhase.NoScrollPhase, False),
    )
    curve(chart).wheelEvent(turn)
    assert not turn.isAccepted()
    assert curve(chart).accessibleDescription() == before


def test_the_first_key_begins_at_the_end(chart: Chart) -> None:
    """The readout starts at the latest reading."""
    assert press(chart, Qt.Key.Key_Left).startswith("€350.12")


def test_a_new_reading_leaves_the_readout_where_it_was(chart: Chart) -> None:
    """A poll keeps the readout; another range may remove it."""
    press(chart, Qt.Key.Key_End, Qt.Key.Key_Left)
    later = NOW + timedelta(minutes=15)
    chart.show_data(
        ChartData(
            [*READINGS, reading(later, "349")], Decimal(20), (), None, later, "EUR"
        )
    )
    assert curve(chart).accessibleDescription().startswith("€400.00")
    chart.resize(500, 300)
    assert curve(chart).accessibleDescription().startswith("€400.00")
    press(chart, Qt.Key.Key_Home)
    chart.show_days(7)
    assert curve(chart).accessibleName() == "Balance, 7 days"
    assert curve(chart).accessibleDescription().startswith("From €12.50")


def test_the_mouse_reads_out(chart: Chart) -> None:
    """The readout shows the nearest reading until the mouse leaves."""
    part = curve(chart)
    before = picture(part)
    point_at(part, 2, 100)
    assert part.accessibleDescription().startswith("€300.00")
    assert picture(part) != before
    point_at(part, part.width() - 2, 100)
    assert part.accessibleDescription().startswith("€350.12")
    point_away(part)
    assert picture(part) == before


def test_the_mouse_is_heard_under_another_window(chart: Chart, qtbot: QtBot) -> None:
    """A window of another test doesn't take the mouse events."""
    over = QWidget()
    qtbot.addWidget(over)
    over.setGeometry(chart.geometry())
    over.show()
    point_at(curve(chart), 2, 100)
    assert curve(chart).accessibleDescription().startswith("€300.00")


def test_hovering_paints_the_curve_once(
    chart: Chart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture is painted again only for another size, range or palette."""
    painted: list[object] = []

    def counted(painter: QPainter, sheet: ChartLayout, looks: ChartColours) -> None:
        painted.append(sheet)
        paint_chart(painter, sheet, looks)

    monkeypatch.setattr("trayapp.ui.chart.curve.paint_chart", counted)
    chart.show_days(7)
    picture(chart)
    for x in range(10, 400, 30):
        point_at(curve(chart), x, 80)
        picture(chart)
    assert len(painted) == 1
    chart.resize(500, 300)
    picture(chart)
    assert len(painted) == 2


@pytest.mark.parametrize("days", RANGES)
@pytest.mark.parametrize("size", [(60, 40), (260, 190), (640, 320), (2000, 200)])
@pytest.mark.parametrize(
    "amounts", [["0"], ["-5"], ["999999999999999.99999999"], ["0.00000001", "-3"]]
)
def test_any_size_and_any_amount_can_be_painted(
    qtbot: QtBot, days: int, size: tuple[int, int], amounts: list[str]
) -> None:
    """One reading, zeros only, and huge or tiny amounts are painted."""
    one = Chart(ENGLISH)
    qtbot.addWidget(one)
    readings = [reading(NOW - n * DAY, amount) for n, amount in enumerate(amounts)]
    run_out = (NOW.date(), NOW.date())
    one.show_data(ChartData(readings, Decimal(0), (), run_out, NOW, "EUR"))
    one.show_days(days)
    one.resize(*size)
    press(one, Qt.Key.Key_End)
    assert not picture(one).isNull()


def test_colours_can_be_read_on_any_palette(dark: QPalette) -> None:
    """An accent that is invisible on the background is changed."""
    pale = QPalette()
    pale.setColor(QPalette.ColorRole.Highlight, QColor("#fff3c4"))
    for palette in (QPalette(), dark, pale):
        looks = ChartColours.of(palette)
        for colour in (looks.text, looks.muted, looks.accent, looks.warning):
            assert contrast(colour, looks.base) >= READABLE
        assert contrast(looks.gain, looks.base) >= READABLE


def test_the_palette_is_followed(chart: Chart, dark: QPalette) -> None:
    """A new palette applies to a shown chart too."""
    part = curve(chart)
    assert picture(part).pixelColor(30, 15).lightness() > 200
    chart.setPalette(dark)
    assert picture(part).pixelColor(200, 12).lightness() < 60


def test_the_focus_is_seen(chart: Chart) -> None:
    """The keyboard's focus has a ring, a click's has none."""
    part = curve(chart)
    chart.activateWindow()
    part.setFocus(Qt.FocusReason.MouseFocusReason)
    plain = picture(part)
    part.clearFocus()
    part.setFocus(Qt.FocusReason.TabFocusReason)
    assert picture(part) != plain
    part.clearFocus()
    assert picture(part) == plain


def test_a_million_readings_are_painted_at_once(chart: Chart) -> None:
    """The measured time is printed; the aim is 0.2 s on an idle computer."""
    count = 1_000_000
    amounts = [Balance(Decimal(n), "EUR") for n in range(5000)]
    readings = [
        Reading(amounts[-n % 5000], NOW - timedelta(seconds=30 * (count - n)))
        for n in range(count)
    ]
    data = ChartData(readings, Decimal(20), (), None, NOW, "EUR")
    started = time.perf_counter()
    chart.show_data(data)
    chart.show_days(365)
    picture(chart)
    first = time.perf_counter() - started
    started = time.perf_counter()
    point_at(curve(chart), 300, 80)
    picture(chart)
    hover = time.perf_counter() - started
    print(f"a million readings: painted {first:.3f} s, read out {hover:.3f} s")  # noqa: T201  # a measurement
    assert first < 1.0
    assert hover < 0.3
