"""Every sentence and number that a person sees of an account."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import NoConnection, Unauthorized
from trayapp.core.known import Known, Outcome
from trayapp.core.language import ENGLISH
from trayapp.core.plain import utf16_length
from trayapp.core.state import State
from trayapp.core.text import TOOLTIP_LIMIT, age, card, tray_view

ACCOUNT = Account("a", "Main", low_below=Decimal(10))


def known(now: datetime, amount: str, **change: object) -> Known:
    """Make an account that was asked at noon."""
    reading = Reading(Balance(Decimal(amount), "EUR"), now)
    account = replace(ACCOUNT, **change)  # type: ignore[arg-type]  # a field of Account
    return Known(account, reading)


def rejected(one: Known, now: datetime) -> Known:
    """Let the key be rejected."""
    return one.apply(Outcome(one.account.id, now, Unauthorized().as_failure()))


def test_the_tooltip_has_name_amount_unit_and_age(now: datetime) -> None:
    """One glance tells what, how much, and as of when."""
    view = tray_view((known(now, "350.1200"),), now, ENGLISH)
    assert view.tooltip == "Main: €350.12, as of 12:00"
    assert view.lines == ("Main: €350.12, as of 12:00",)
    assert view.state is State.OK


def test_the_tooltip_tells_what_is_wrong_and_the_last_balance(now: datetime) -> None:
    """A rejected key does not hide what was left."""
    view = tray_view((rejected(known(now, "50"), now),), now, ENGLISH)
    assert view.tooltip == "Main: €50.00, Key rejected, as of 12:00"
    assert view.state is State.UNAUTHORIZED


def test_the_weakest_account_comes_first(now: datetime) -> None:
    """The tray speaks for the account that needs a person."""
    fine = known(now, "100", id="f", name="Fine")
    low = known(now, "5", id="l", name="Shop")
    view = tray_view((fine, low), now, ENGLISH)
    assert view.state is State.LOW
    assert view.lines[0].startswith("Shop: €5.00, Low")
    assert view.tooltip.splitlines() == list(view.lines)


def test_without_an_account_the_tray_says_so(now: datetime) -> None:
    """Nothing is set up, and nothing is claimed."""
    view = tray_view((), now, ENGLISH)
    assert (view.state, view.lines) == (State.NOT_SET_UP, ("Not set up",))
    assert view.tooltip == "Balance Tray: Not set up"


def test_an_unknown_balance_is_never_a_number(now: datetime) -> None:
    """Before the first answer there is no amount at all."""
    view = tray_view((Known(ACCOUNT, asking=True),), now, ENGLISH)
    assert view.lines == ("Main: asking…",)
    assert card(Known(ACCOUNT), now, ENGLISH).amount == "—"


@given(st.lists(st.text(min_size=1, max_size=60), max_size=30))
def test_the_tooltip_fits_into_what_windows_keeps(names: list[str]) -> None:
    """However many accounts, at most 127 UTF-16 units."""
    now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    accounts = tuple(
        known(now, "123456789.1234", id=str(i), name=name)
        for i, name in enumerate(names)
    )
    assert utf16_length(tray_view(accounts, now, ENGLISH).tooltip) <= TOOLTIP_LIMIT


def test_top_up_lists_the_accounts_that_have_a_panel(now: datetime) -> None:
    """An account of another service without a page has nowhere to go."""
    brand = known(now, "1", id="b", name="Brand")
    own = known(now, "1", id="o", name="Own", service=Service.CUSTOM)
    assert tray_view((brand, own), now, ENGLISH).top_ups == (("b", "Brand"),)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "Just now"),
        (timedelta(seconds=59), "Just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_an_age_is_said_as_one_says_it(
    now: datetime, passed: timedelta, words: str
) -> None:
    """Minutes, hours, then days; a clock that was set back is no age."""
    assert age(known(now, "1"), now + passed, ENGLISH) == words


def test_a_card_says_the_state_in_words_with_its_limit(now: datetime) -> None:
    """Low means below something, and that is said."""
    shown = card(known(now, "5"), now, ENGLISH)
    assert (shown.amount, shown.state_words) == ("€5.00", "Low: below €10.00")
    assert shown.problem is None


def test_a_card_keeps_an_old_low_balance_beside_the_error(now: datetime) -> None:
    """The network is down, and it was low when last seen."""
    offline = known(now, "5").apply(Outcome("a", now, NoConnection().as_failure()))
    shown = card(offline, now + timedelta(hours=2), ENGLISH)
    assert shown.state_words == "Unreachable; last known: low"
    assert (shown.amount, shown.age) == ("€5.00", "2 hours ago")
    assert shown.problem is not None
    assert shown.problem.title == "The gateway can't be reached"
