"""The history window shows a view, and emits what a person asks for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QListWidget,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.plot import ChartData
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.history import HistoryView, MonthRow, MovementRow
from trayapp.ui.chart.curve import Curve
from trayapp.ui.history.impossible_balances import RemovalQuestion
from trayapp.ui.history.window import HistoryWindow
from trayapp.ui.intents import (
    CopyTopUpRequest,
    ExportHistory,
    MarkAsCorrection,
    RemoveWrongReadings,
)
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(days=9)
VIEW = HistoryView(
    account_id="m",
    title="Main",
    chart=ChartData(
        [Reading(Balance(Decimal("350.12"), "EUR"), NOW)],
        Decimal(20),
        (),
        (date(2026, 12, 1), date(2026, 12, 6)),
        NOW,
        "EUR",
    ),
    forecast_words="Runs out Tue 1 – Sun 6 Dec at this pace.",
    caveat="Holidays are not foreseen.",
    months=(
        MonthRow("Nov 2026", "€412.40", "€400.00", "€462.28", "€0.00", "€350.12"),
        MonthRow("Oct 2026", "€500.00", "€0.00", "€87.60", "€0.00", "€412.40"),
    ),
    movements=(
        MovementRow(NOW, "23 Nov: +€400.00", is_correction=False, can_toggle=True),
        MovementRow(EARLIER, "14 Nov: +€9.00", is_correction=True, can_toggle=True),
        MovementRow(
            NOW - timedelta(days=99), "16 Aug", is_correction=False, can_toggle=False
        ),
    ),
)
HOSTILE = '<img src=x> & "../\u202ecod.exe'


@pytest.fixture
def window(qtbot: QtBot) -> HistoryWindow:
    """Return a shown window."""
    one = HistoryWindow(VIEW, ENGLISH)
    qtbot.addWidget(one)
    one.show()
    return one


def months(window: HistoryWindow) -> QTableWidget:
    """Return the table of months."""
    found = window.findChild(QTableWidget)
    assert isinstance(found, QTableWidget)
    return found


def movements(window: HistoryWindow) -> QListWidget:
    """Return the list of top-ups."""
    found = window.findChild(QListWidget)
    assert isinstance(found, QListWidget)
    return found


def row(window: HistoryWindow, number: int) -> list[str]:
    """Return the texts of a row of months."""
    model = months(window).model()
    return [str(model.index(number, n).data()) for n in range(model.columnCount())]


def test_everything_is_shown(window: HistoryWindow, words: Words) -> None:
    """The forecast is below the chart; months and top-ups are below the forecast."""
    assert window.windowTitle() == "History — Main"
    shown = words(window)
    assert VIEW.forecast_words in shown
    assert VIEW.caveat in shown
    assert row(window, 0)[0] == "Nov 2026"
    assert row(window, 1)[-1] == "€412.40"
    assert [movements(window).item(n).text() for n in range(3)] == [
        "23 Nov: +€400.00",
        "14 Nov: +€9.00 · correction",
        "16 Aug",
    ]
    assert months(window).accessibleName() == "Months"
    assert movements(window).accessibleName() == "Top-ups"


def test_no_amount_is_cut(window: HistoryWindow) -> None:
    """Each column fits its texts; a narrow window scrolls."""
    window.resize(300, 400)
    table = months(window)
    for column in range(table.columnCount()):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column)


@pytest.mark.parametrize(("number", "on"), [(0, True), (1, False)])
def test_a_rise_becomes_a_correction_and_back(
    window: HistoryWindow, buttons: Buttons, number: int, *, on: bool
) -> None:
    """The button shows the state, and emits the opposite."""
    button = buttons(window)["Mark as correction"]
    assert not button.isEnabled()
    movements(window).setCurrentRow(number)
    assert button.isChecked() is not on
    intents = collected(window.intent, object)
    button.click()
    assert intents == [MarkAsCorrection("m", VIEW.movements[number].at, on)]


def test_what_is_not_for_a_person_to_say(
    window: HistoryWindow, buttons: Buttons
) -> None:
    """The button is disabled for what can't be toggled."""
    movements(window).setCurrentRow(2)
    assert not buttons(window)["Mark as correction"].isEnabled()


def test_another_view_keeps_the_chosen_row(
    window: HistoryWindow, buttons: Buttons
) -> None:
    """An updated view keeps the selection, and shows the new state."""
    movements(window).setCurrentRow(1)
    newer = MovementRow(NOW, "new", is_correction=False, can_toggle=True)
    changed = replace(VIEW.movements[1], is_correction=False)
    window.show_view(
        replace(VIEW, movements=(newer, VIEW.movements[0], changed), months=())
    )
    assert movements(window).currentRow() == 2
    assert not buttons(window)["Mark as correction"].isChecked()
    assert months(window).rowCount() == 0
    window.show_view(replace(VIEW, movements=()))
    assert not buttons(window)["Mark as correction"].isEnabled()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_export_asks_for_a_path_first(
    window: HistoryWindow, buttons: Buttons, form: str
) -> None:
    """The file dialog doesn't block the window; without a path nothing is exported."""
    intents = collected(window.intent, object)
    buttons(window)[f"Export {form.upper()}…"].click()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.selectedFiles()[0].endswith(f"Main.{form}")
    assert intents == []
    dialog.fileSelected.emit(f"/tmp/out.{form}")  # noqa: S108  # nothing is written
    assert intents == [
        ExportHistory("m", form, f"/tmp/out.{form}")  # noqa: S108  # nor here
    ]
    dialog.close()


def test_the_request_for_a_top_up_is_asked_for(
    window: HistoryWindow, buttons: Buttons
) -> None:
    """The window emits an intent, and leaves the clipboard alone."""
    intents = collected(window.intent, object)
    buttons(window)["Copy top-up request"].click()
    assert intents == [CopyTopUpRequest("m")]


@pytest.mark.case("4", "every rise taken for a payment")
def test_refunds_have_a_column_if_there_are_any(window: HistoryWindow) -> None:
    """It stands beside the spending, which is already without them."""
    assert months(window).columnCount() == 6
    refunded = replace(VIEW.months[0], refunded="€1.20")
    window.show_view(replace(VIEW, months=(refunded, VIEW.months[1])))
    assert months(window).columnCount() == 7
    assert row(window, 0)[3:5] == ["€462.28", "€1.20"]
    header = months(window).horizontalHeaderItem(4)
    assert header is not None
    assert header.text() == "Refunded"
    window.show_view(VIEW)
    assert row(window, 0)[3:5] == ["€462.28", "€0.00"]


@pytest.mark.case("also 1", "a record whose time can't be true")
def test_balances_with_an_impossible_time_are_removed_after_a_question(
    window: HistoryWindow, words: Words, buttons: Buttons
) -> None:
    """They are listed; only a confirmed removal is emitted."""
    assert "Remove wrong balances…" not in visible(buttons(window))
    said = "1 balance has an impossible time."
    window.show_view(replace(VIEW, impossible=(EARLIER,), impossible_words=said))
    assert said in words(window)
    remove = visible(buttons(window))["Remove wrong balances…"]
    assert remove.accessibleDescription() == said
    intents = collected(window.intent, object)
    for answer in ("Cancel", "Remove"):
        assert intents == []
        remove.click()
        question = window.findChild(RemovalQuestion)
        assert isinstance(question, RemovalQuestion)
        assert question.text().startswith("Remove 1 balance with an impossible time")
        (button,) = (
            one for one in question.buttons() if one.text().replace("&", "") == answer
        )
        button.click()
        question.setParent(None)
    assert intents == [RemoveWrongReadings("m", (EARLIER,))]
    window.show_view(VIEW)
    assert "Remove wrong balances…" not in visible(buttons(window))


def visible(found: dict[str, QAbstractButton]) -> dict[str, QAbstractButton]:
    """Return the buttons that are shown."""
    return {name: button for name, button in found.items() if button.isVisible()}


def test_escape_closes(window: HistoryWindow) -> None:
    """Escape works wherever the focus is."""
    QTest.keyClick(movements(window), Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_enter_presses_nothing(window: HistoryWindow) -> None:
    """Enter in a table presses no button."""
    intents = collected(window.intent, object)
    QTest.keyClick(months(window), Qt.Key.Key_Return)
    assert intents == []
    assert window.findChild(QFileDialog) is None


def test_the_chart_has_the_focus_first(window: HistoryWindow) -> None:
    """The arrow keys move the readout at once."""
    assert isinstance(window.focusWidget(), Curve)


def test_hostile_words_stay_words(qtbot: QtBot, words: Words, buttons: Buttons) -> None:
    """Texts are no markup, and a name is no path."""
    one = HistoryWindow(
        replace(VIEW, title=HOSTILE, forecast_words=HOSTILE, caveat=""), ENGLISH
    )
    qtbot.addWidget(one)
    assert one.windowTitle() == 'History — <img src=x> & "../cod.exe'
    assert any("<img" in text for text in words(one))
    buttons(one)["Export CSV…"].click()
    dialog = one.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    name = dialog.selectedFiles()[0].rpartition("/")[2]
    assert name.startswith("img src-x")
    assert name.endswith("cod-exe.csv")
    dialog.close()
