"""What the tray shows: the weakest account's gauge, the tooltip and the menu lines."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Unauthorized
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.i18n.plain_text import utf16_length
from trayapp.core.view.account_text import card
from trayapp.core.view.gauge import Gauge
from trayapp.core.view.tray import TOOLTIP_LIMIT, tray_view

ACCOUNT = Account("a", "Main", low_below=Decimal(10))


def state_with(now: datetime, amount: str, **change: object) -> AccountState:
    """Make the state of an account that was read at noon."""
    reading = Reading(Balance(Decimal(amount), "EUR"), now)
    account = replace(ACCOUNT, **change)  # type: ignore[arg-type]  # a field of Account
    return AccountState(account, reading)


def rejected(one: AccountState, now: datetime) -> AccountState:
    """Apply a rejected key."""
    return one.apply(Outcome(one.account.id, now, Unauthorized().as_failure()))


def test_the_tooltip_has_name_amount_unit_and_time(now: datetime) -> None:
    """One line an account."""
    view = tray_view((state_with(now, "350.1200"),), now, ENGLISH)
    assert view.tooltip == "Main: €350.12, as of 12:00"
    assert view.lines == ("Main: €350.12, as of 12:00",)
    assert view.gauge.status is Status.OK


def test_the_tooltip_has_the_failure_and_the_last_balance(now: datetime) -> None:
    """A rejected key does not hide the balance."""
    view = tray_view((rejected(state_with(now, "50"), now),), now, ENGLISH)
    assert view.tooltip == "Main: €50.00, Key rejected, as of 12:00"
    assert view.gauge.status is Status.UNAUTHORIZED


def test_the_weakest_account_comes_first(now: datetime) -> None:
    """The icon shows the account of highest severity."""
    fine = state_with(now, "100", id="f", name="Fine")
    low = state_with(now, "5", id="l", name="Shop")
    view = tray_view((fine, low), now, ENGLISH)
    assert view.gauge.status is Status.LOW
    assert view.lines[0].startswith("Shop: €5.00, Low")
    assert view.tooltip.splitlines() == list(view.lines)


def test_without_accounts_the_tray_is_not_set_up(now: datetime) -> None:
    """It has no balance."""
    view = tray_view((), now, ENGLISH)
    assert (view.gauge.status, view.lines) == (Status.NOT_SET_UP, ("Not set up",))
    assert view.tooltip == "Balance Tray: Not set up"


def test_an_unknown_balance_is_never_a_number(now: datetime) -> None:
    """Before the first response there is no amount."""
    view = tray_view((AccountState(ACCOUNT, is_refreshing=True),), now, ENGLISH)
    assert view.lines == ("Main: asking…",)
    assert card(AccountState(ACCOUNT), now, ENGLISH).amount == "—"


@given(st.lists(st.text(min_size=1, max_size=60), max_size=30))
def test_the_tooltip_fits_the_limit_of_windows(names: list[str]) -> None:
    """It has at most 127 UTF-16 units for any number of accounts."""
    now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    accounts = tuple(
        state_with(now, "123456789.1234", id=str(i), name=name)
        for i, name in enumerate(names)
    )
    assert utf16_length(tray_view(accounts, now, ENGLISH).tooltip) <= TOOLTIP_LIMIT


def test_the_tooltip_cuts_no_line(now: datetime) -> None:
    """An account whose line does not fit is counted."""
    accounts = tuple(
        state_with(now, "5", id=str(i), name=f"Shop {i}") for i in range(9)
    )
    *told, last = tray_view(accounts, now, ENGLISH).tooltip.split("\n")
    assert told == [f"Shop {i}: €5.00, Low, as of 12:00" for i in range(3)]
    assert last == "and 6 more accounts"
    for count in range(1, 9):
        *told, last = tray_view(accounts[:count], now, ENGLISH).tooltip.split("\n")
        left_out = 0 if last.startswith("Shop") else int(last.split()[1])
        assert len(told) + (not left_out) + left_out == count


def test_top_up_lists_the_accounts_with_a_website(now: datetime) -> None:
    """Another service may have none."""
    brand = state_with(now, "1", id="b", name="Brand")
    own = state_with(now, "1", id="o", name="Own", service=Service.CUSTOM)
    assert tray_view((brand, own), now, ENGLISH).top_ups == (("b", "Brand"),)


def test_the_tooltip_ends_with_the_snooze(now: datetime) -> None:
    """The weakest account's line stays first and whole."""
    accounts = tuple(
        state_with(now, "5", id=str(i), name=f"Shop {i}") for i in range(9)
    )
    view = tray_view(accounts, now, ENGLISH, snoozed="Snoozed until 14:30")
    assert view.snoozed == "Snoozed until 14:30"
    first, *_, last = view.tooltip.split("\n")
    assert (first, last) == ("Shop 0: €5.00, Low, as of 12:00", "Snoozed until 14:30")
    assert utf16_length(view.tooltip) <= TOOLTIP_LIMIT
    long = tray_view(accounts, now, ENGLISH, snoozed="x" * 100)
    assert long.tooltip.startswith("Shop 0: €5.00")
    assert "xx" not in long.tooltip


@pytest.mark.parametrize(
    ("amount", "level", "number"),
    [("350", 0.5, "350"), ("1249.5", 1.0, "1.2k"), ("0.5", 0.125, "0.5")],
)
def test_the_gauge_shows_the_weakest_account(
    now: datetime, amount: str, level: float, number: str
) -> None:
    """It has the level against the recent high, and the short amount."""
    low = state_with(now, amount, low_below=Decimal(0))
    view = tray_view((low,), now, ENGLISH, highs={"a": Decimal(700)})
    assert view.gauge == Gauge(Status.OK, level, number)


def test_without_a_recent_high_the_gauge_has_no_level(now: datetime) -> None:
    """The level would be a guess."""
    assert tray_view((state_with(now, "350"),), now, ENGLISH).gauge.level is None
    unknown = tray_view(
        (AccountState(ACCOUNT),), now, ENGLISH, highs={"a": Decimal(700)}
    )
    assert (unknown.gauge.level, unknown.gauge.number) == (None, "")


def test_the_emptiest_of_fine_accounts_comes_first(now: datetime) -> None:
    """The order of the settings does not matter."""
    full = state_with(now, "300")
    emptier = state_with(now, "90", id="b", name="Other")
    highs = {"a": Decimal(300), "b": Decimal(300)}
    view = tray_view((full, emptier), now, ENGLISH, highs=highs)
    assert view.lines[0].startswith("Other")
    assert view.gauge.number == "90"


def test_a_snooze_is_in_the_gauge(now: datetime) -> None:
    """And in the tooltip."""
    view = tray_view((state_with(now, "300"),), now, ENGLISH, snoozed="Snoozed")
    assert view.gauge.snoozed
