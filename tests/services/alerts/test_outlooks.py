"""What the history tells about a new balance: refunds, outliers, drains."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from harness.alert_service import AlertServiceHarness
from sample_readings import with_refunds
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.core.history.ledger import MovementKind, movements
from trayapp.core.settings import DEFAULT_ALERT_KINDS, AlertKind, Settings
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore

REFUNDS = pytest.mark.case("4", "every rise taken for a payment")
OUTLIERS = pytest.mark.case("also 2", "one implausible answer between good ones")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LOW, EMPTY, DRAIN = AlertKind.LOW, AlertKind.EMPTY, AlertKind.DRAIN
TOPPED_UP = AlertKind.TOPPED_UP
ALL = Settings(alert_kinds=DEFAULT_ALERT_KINDS | {TOPPED_UP})


class OutlookStory:
    """An account whose gateway answers every five minutes; all kinds of alerts are on.

    A balance is a text such as "350", or "9000 CREDITS".
    """

    def __init__(self, store: HistoryStore, now: datetime) -> None:
        self.history = HistoryService(lambda: store)
        self._store = store
        self.service = AlertServiceHarness(lambda: self.history, now)
        self.service.configure(Account("a", "A", low_below=Decimal(20)), settings=ALL)

    def read(self, *balances: str, every: timedelta = 5 * MINUTE) -> list[AlertKind]:
        """Report balances, with a tick each minute; return the kinds that were sent."""
        for balance in balances:
            amount, _, unit = balance.partition(" ")
            self.service.read(amount, unit=unit or "EUR")
            for _ in range(every // MINUTE):
                self.service.now += MINUTE
                self.service.service.tick()
        return self.sent()

    def spend(self, days: int, start: int) -> None:
        """Report hourly balances of the past days: 1.92 EUR are spent on each."""
        begin = self.service.now - days * DAY
        self._store.record_past(
            "a",
            [
                Reading(
                    Balance(Decimal(f"{start - hour * 0.08:.2f}"), "EUR"),
                    begin + hour * HOUR,
                )
                for hour in range(days * 24)
            ],
        )
        self.read(f"{start - days * 24 * 0.08:.2f}")

    def sent(self) -> list[AlertKind]:
        """Return the kinds that were sent since the last call."""
        kinds = [alert.kind for alert in self.service.alerts]
        self.service.alerts.clear()
        return kinds


@pytest.fixture
def story(tmp_path: Path, now: datetime) -> Iterator[OutlookStory]:
    """Return an account with a real history."""
    with HistoryStore(tmp_path / "history.sqlite3") as store:
        yield OutlookStory(store, now)


@REFUNDS
def test_40_days_of_refunds_are_no_top_up(story: OutlookStory) -> None:
    """Only the payments are sent, with the ledger's amounts."""
    readings = with_refunds(40, 0.2)
    for day in range(0, len(readings), 24):
        with story.history.one_transaction():
            for reading in readings[day : day + 24]:
                story.service.now = reading.at
                story.service.service.evaluate(Outcome("a", reading.at, reading))
    alerts = story.service.alerts
    paid = [
        change.amount
        for change in movements(readings)
        if change.kind is MovementKind.TOP_UP
    ]
    assert [alert.rise for alert in alerts if alert.kind is TOPPED_UP] == paid


@REFUNDS
def test_only_a_payment_ends_a_pending_payment(story: OutlookStory) -> None:
    """A refund of some cents leaves it pending; a top-up ends it."""
    story.read("22.40", "21.90", "21.10")
    story.service.service.expect_top_up("a")
    assert story.read("21.15", "20.90", "21.00") == []
    assert story.service.payments
    assert story.read("70.95") == [TOPPED_UP]
    assert story.service.payments == []


@REFUNDS
def test_a_refund_reads_the_months_no_more_often(
    story: OutlookStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forecast is made once an hour, and after a payment."""
    made = 0

    def count(*_: object) -> None:
        nonlocal made
        made += 1

    story.read("50")
    monkeypatch.setattr("trayapp.services.alerts.outlooks.recent_balances", count)
    story.read("49.50", "49.55", "49.10", "49.20")
    assert made == 0
    story.read("99")
    assert made == 1


@OUTLIERS
def test_an_empty_answer_is_sent_once(story: OutlookStory) -> None:
    """It is sent at once; the way back is no top-up, the second one no news."""
    assert story.read("350", "350") == []
    assert story.read("0.00") == [EMPTY]
    assert story.read("350", "349.5", "0", "349.5", "0", "349") == []
    story.read(*["349"] * 13)
    assert story.read("0") == [EMPTY]


@OUTLIERS
def test_an_account_that_is_truly_used_up_and_paid_is_sent_again(
    story: OutlookStory,
) -> None:
    """A payment ends the episode at once."""
    assert story.read("350", "350", "0", "0") == [EMPTY]
    assert story.read("300") == [TOPPED_UP]
    assert story.read("0") == [EMPTY]


@OUTLIERS
def test_a_thousandth_is_sent_once(story: OutlookStory) -> None:
    """The balance may be true, so it is low at once."""
    assert story.read("350", "0.35", "350", "350", "0.35", "350") == [LOW]


@OUTLIERS
def test_a_thousandfold_is_sent_never(story: OutlookStory) -> None:
    """It does not end the low balance, and is no top-up unless it lasts."""
    assert story.read("9", "9") == [LOW]
    story.service.service.expect_top_up("a")
    assert story.read("9000", "9", "9000", "8.90") == []
    assert story.service.payments
    assert story.read("9000", "9000") == [TOPPED_UP]
    assert story.service.payments == []


@OUTLIERS
def test_a_payment_on_a_used_up_account_is_sent_at_once(story: OutlookStory) -> None:
    """The balance was of that size days ago."""
    assert story.read("90", "40", every=DAY) == []
    assert story.read("0.5") == [LOW]
    assert story.read("60") == [TOPPED_UP]


@OUTLIERS
@pytest.mark.parametrize("other", ["9000 CREDITS", "3 CREDITS", "9 USD"])
def test_another_unit_between_is_no_news(story: OutlookStory, other: str) -> None:
    """A low balance stays known, and a second change too."""
    assert story.read("9", "9") == [LOW]
    assert story.read(other, "9", "8.90", other, other, other, "8.80") == []


@OUTLIERS
def test_nothing_left_in_another_unit_is_sent_at_once(story: OutlookStory) -> None:
    """Nothing is nothing in any unit; it is sent once."""
    assert story.read("350", "350") == []
    assert story.read("0 CREDITS") == [EMPTY]
    assert story.read("350", "350", "0 CREDITS", "350") == []


@OUTLIERS
def test_another_unit_that_lasts_is_believed(story: OutlookStory) -> None:
    """After an hour its balances are compared with the limit."""
    assert story.read("350", "350", "12 CREDITS") == []
    assert story.read(*["12 CREDITS"] * 13, "11 CREDITS") == [LOW]


@OUTLIERS
def test_an_implausible_answer_is_no_drain(story: OutlookStory) -> None:
    """A known spending of 2 EUR a day makes 90 in five minutes a drain."""
    story.spend(30, start=400)
    assert story.read("0", "342.3", "342.2") == [EMPTY]
    assert story.read("0", "342.2", "342000", "342.2") == []
    assert story.read("250", "250") == [DRAIN]


@OUTLIERS
def test_a_fall_to_a_tenth_is_a_drain_once_it_lasts(story: OutlookStory) -> None:
    """An empty balance is sent at once, the drain with the next answer."""
    story.spend(30, start=400)
    assert story.read("0") == [EMPTY]
    assert story.read("0") == [DRAIN]


def test_a_top_up_of_500_is_no_drain(story: OutlookStory) -> None:
    """Spending and payments of the same size have different signs."""
    story.spend(30, start=100)
    assert story.read("540", "539.9") == [TOPPED_UP]
