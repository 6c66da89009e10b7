"""All that the tray shows: the weakest account's picture, and all in words."""

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


def known(now: datetime, amount: str, **change: object) -> AccountState:
    """Make an account that was asked at noon."""
    reading = Reading(Balance(Decimal(amount), "EUR"), now)
    account = replace(ACCOUNT, **change)  # type: ignore[arg-type]  # a field of Account
    return AccountState(account, reading)


def rejected(one: AccountState, now: datetime) -> AccountState:
    """Let the key be rejected."""
    return one.apply(Outcome(one.account.id, now, Unauthorized().as_failure()))


def test_the_tooltip_has_name_amount_unit_and_age(now: datetime) -> None:
    """One glance tells what, how much, and as of when."""
    view = tray_view((known(now, "350.1200"),), now, ENGLISH)
    assert view.tooltip == "Main: €350.12, as of 12:00"
    assert view.lines == ("Main: €350.12, as of 12:00",)
    assert view.gauge.status is Status.OK


def test_the_tooltip_tells_what_is_wrong_and_the_last_balance(now: datetime) -> None:
    """A rejected key does not hide what was left."""
    view = tray_view((rejected(known(now, "50"), now),), now, ENGLISH)
    assert view.tooltip == "Main: €50.00, Key rejected, as of 12:00"
    assert view.gauge.status is Status.UNAUTHORIZED


def test_the_weakest_account_comes_first(now: datetime) -> None:
    """The tray speaks for the account that needs a person."""
    fine = known(now, "100", id="f", name="Fine")
    low = known(now, "5", id="l", name="Shop")
    view = tray_view((fine, low), now, ENGLISH)
    assert view.gauge.status is Status.LOW
    assert view.lines[0].startswith("Shop: €5.00, Low")
    assert view.tooltip.splitlines() == list(view.lines)


def test_without_an_account_the_tray_says_so(now: datetime) -> None:
    """Nothing is set up, and nothing is claimed."""
    view = tray_view((), now, ENGLISH)
    assert (view.gauge.status, view.lines) == (Status.NOT_SET_UP, ("Not set up",))
    assert view.tooltip == "Balance Tray: Not set up"


def test_an_unknown_balance_is_never_a_number(now: datetime) -> None:
    """Before the first answer there is no amount at all."""
    view = tray_view((AccountState(ACCOUNT, asking=True),), now, ENGLISH)
    assert view.lines == ("Main: asking…",)
    assert card(AccountState(ACCOUNT), now, ENGLISH).amount == "—"


@given(st.lists(st.text(min_size=1, max_size=60), max_size=30))
def test_the_tooltip_fits_into_what_windows_keeps(names: list[str]) -> None:
    """However many accounts, at most 127 UTF-16 units."""
    now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    accounts = tuple(
        known(now, "123456789.1234", id=str(i), name=name)
        for i, name in enumerate(names)
    )
    assert utf16_length(tray_view(accounts, now, ENGLISH).tooltip) <= TOOLTIP_LIMIT


def test_the_tooltip_tells_of_an_account_wholly_or_not_at_all(now: datetime) -> None:
    """What does not fit is counted: half a line would be a name without a balance."""
    accounts = tuple(known(now, "5", id=str(i), name=f"Shop {i}") for i in range(9))
    *told, last = tray_view(accounts, now, ENGLISH).tooltip.split("\n")
    assert told == [f"Shop {i}: €5.00, Low, as of 12:00" for i in range(3)]
    assert last == "and 6 more accounts"
    for count in range(1, 9):
        *told, last = tray_view(accounts[:count], now, ENGLISH).tooltip.split("\n")
        left_out = 0 if last.startswith("Shop") else int(last.split()[1])
        assert len(told) + (not left_out) + left_out == count


def test_top_up_lists_the_accounts_that_have_a_panel(now: datetime) -> None:
    """An account of another service without a page has nowhere to go."""
    brand = known(now, "1", id="b", name="Brand")
    own = known(now, "1", id="o", name="Own", service=Service.CUSTOM)
    assert tray_view((brand, own), now, ENGLISH).top_ups == (("b", "Brand"),)


def test_the_tooltip_says_last_that_it_is_snoozed(now: datetime) -> None:
    """The balance stays first, and many accounts leave it its room."""
    accounts = tuple(known(now, "5", id=str(i), name=f"Shop {i}") for i in range(9))
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
def test_the_picture_is_a_gauge_of_the_weakest_account(
    now: datetime, amount: str, level: float, number: str
) -> None:
    """Against what it held lately, and with its amount in short."""
    low = known(now, amount, low_below=Decimal(0))
    view = tray_view((low,), now, ENGLISH, highs={"a": Decimal(700)})
    assert view.gauge == Gauge(Status.OK, level, number)


def test_without_a_past_the_picture_has_no_level(now: datetime) -> None:
    """A gauge without a scale would be a guess."""
    assert tray_view((known(now, "350"),), now, ENGLISH).gauge.level is None
    unknown = tray_view(
        (AccountState(ACCOUNT),), now, ENGLISH, highs={"a": Decimal(700)}
    )
    assert (unknown.gauge.level, unknown.gauge.number) == (None, "")


def test_of_accounts_that_are_fine_the_emptiest_comes_first(now: datetime) -> None:
    """Whatever the order in which a person keeps them."""
    full = known(now, "300")
    emptier = known(now, "90", id="b", name="Other")
    highs = {"a": Decimal(300), "b": Decimal(300)}
    view = tray_view((full, emptier), now, ENGLISH, highs=highs)
    assert view.lines[0].startswith("Other")
    assert view.gauge.number == "90"


def test_a_snooze_is_in_the_picture_too(now: datetime) -> None:
    """And in its words."""
    view = tray_view((known(now, "300"),), now, ENGLISH, snoozed="Snoozed")
    assert view.gauge.snoozed
