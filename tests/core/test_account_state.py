"""The state of an account, and how outcomes change it."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    KeyMissing,
    KeyringLocked,
    NoConnection,
    Unauthorized,
)
from trayapp.core.errors.status import Status

ACCOUNT = Account("a", "Main", low_below=Decimal(10))


def state_with(now: datetime, amount: str) -> AccountState:
    """Make the state of an account with a balance in EUR."""
    balance = Balance(Decimal(amount), "EUR")
    return AccountState(ACCOUNT).apply(Outcome("a", now, Reading(balance, now)))


def failed(
    one: AccountState, now: datetime, kind: type[BalanceTrayError]
) -> AccountState:
    """Apply a failed outcome."""
    return one.apply(Outcome("a", now, kind().as_failure()))


def test_a_balance_is_fine_low_or_empty_by_its_threshold(now: datetime) -> None:
    """A balance at the threshold is fine; 0 and below is empty."""
    states = [
        state_with(now, amount).status
        for amount in ("10", "9.9999", "0.0001", "0", "-1")
    ]
    assert states == [Status.OK, Status.LOW, Status.LOW, Status.EMPTY, Status.EMPTY]


def test_few_days_left_matter_only_with_a_fine_balance(now: datetime) -> None:
    """A low or empty balance keeps its status, however long it may last."""
    states = [
        replace(state_with(now, amount), runs_out_soon=True).status
        for amount in ("10", "9.9999", "0")
    ]
    assert states == [Status.SOON, Status.LOW, Status.EMPTY]


def test_a_failure_never_erases_a_balance(now: datetime) -> None:
    """The last balance keeps its time and stands beside the error."""
    before = state_with(now, "50")
    after = failed(before, now + timedelta(hours=1), NoConnection)
    assert after.reading == before.reading
    assert after.status is Status.UNREACHABLE


def test_without_a_reading_an_account_is_unknown_and_not_empty() -> None:
    """Its amount is unknown, not 0."""
    assert AccountState(ACCOUNT).status is Status.UNKNOWN
    assert AccountState(ACCOUNT).balance_status is Status.UNKNOWN


def test_each_kind_of_failure_has_its_status(now: datetime) -> None:
    """A rejected key, a locked keyring and a missing key have different statuses."""
    kinds = (Unauthorized, KeyringLocked, KeyMissing, NoConnection)
    states = [failed(AccountState(ACCOUNT), now, kind).status for kind in kinds]
    assert states == [
        Status.UNAUTHORIZED,
        Status.LOCKED,
        Status.NO_KEY,
        Status.UNREACHABLE,
    ]


def test_a_low_balance_outweighs_a_lost_connection(now: datetime) -> None:
    """The tray keeps warning of the low balance, not of the network."""
    after = failed(state_with(now, "5"), now, NoConnection)
    assert after.worst_status is Status.LOW


def test_an_older_reading_does_not_replace_a_newer_one(now: datetime) -> None:
    """An older reading that arrives later changes nothing."""
    newer = state_with(now, "50")
    old = Reading(Balance(Decimal(1), "EUR"), now - timedelta(seconds=1))
    assert newer.apply(Outcome("a", now, old)) == newer


def test_another_address_or_sub_account_forgets_the_balance(now: datetime) -> None:
    """A new name or threshold keeps the balance."""
    one = state_with(now, "50")
    assert one.with_account(replace(ACCOUNT, sub_account="x")).reading is None
    assert (
        one.with_account(replace(ACCOUNT, base_url="https://b.example")).reading is None
    )
    renamed = replace(ACCOUNT, name="Other", low_below=Decimal(60))
    assert one.with_account(renamed).reading == one.reading
    assert one.with_account(renamed).status is Status.LOW


def test_each_brand_has_its_own_website() -> None:
    """For another service it is the entered address."""
    assert Account("a", "A", Service.SMSUP).website_url == "https://app.smsup.es"
    smspubli = Account("a", "A", Service.SMSPUBLI)
    assert smspubli.website_url == "https://panel.smspubli.com"
    assert Account("a", "A", Service.CUSTOM).website_url == ""
    own = Account("a", "A", Service.CUSTOM, panel="https://pay.example")
    assert own.website_url == "https://pay.example"
