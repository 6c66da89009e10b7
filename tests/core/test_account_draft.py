"""An account as it is typed, checked field by field."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from trayapp.core.account import GATEWAY, Account, Service
from trayapp.core.account_draft import (
    ACCOUNT_FIELDS,
    AccountDraft,
    DraftField,
    typed_text,
    with_own_names,
)
from trayapp.core.i18n.language import ENGLISH, Language

GOOD = AccountDraft("a1", "Main", low_below="10")


def test_a_complete_draft_becomes_an_account() -> None:
    """Surrounding blanks go; a brand's address is the gateway's."""
    draft = replace(GOOD, name=" Main ", sub_account=" shop ", base_url="ignored")
    assert draft.problems(()) == {}
    assert draft.account() == Account(
        "a1", "Main", Service.SMSUP, GATEWAY, "shop", Decimal(10)
    )


def test_another_services_address_is_kept_without_its_last_slash() -> None:
    """The endpoint's path is added to it."""
    draft = replace(GOOD, service=Service.CUSTOM, base_url=" https://a.example/x/ ")
    assert draft.problems(()) == {}
    assert draft.account().base_url == "https://a.example/x"


def test_every_field_of_an_account_is_described() -> None:
    """`Account`, `AccountDraft`, `DraftField` and `ACCOUNT_FIELDS` have the same."""
    chosen_elsewhere = {"id", "service"}
    described = {field.value for field in ACCOUNT_FIELDS}
    assert {one.name for one in fields(Account)} - chosen_elsewhere == described
    assert {one.name for one in fields(AccountDraft)} - chosen_elsewhere == described
    assert set(DraftField) - set(ACCOUNT_FIELDS) == {DraftField.KEY}


@pytest.mark.parametrize("name", ACCOUNT_FIELDS)
def test_a_value_can_be_typed_again(name: DraftField) -> None:
    """The dialog shows each value in a way that it reads as the same value."""
    account = Account("a1", "Main", price=Decimal("0.045"), panel="https://a.example")
    description, value = ACCOUNT_FIELDS[name], getattr(account, name)
    assert description.read(typed_text(value, ENGLISH), ENGLISH) == value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, DraftField.NAME),
        ({"name": "x" * 61}, DraftField.NAME),
        ({"name": "a\u202eb"}, DraftField.NAME),
        ({"name": "main SHOP"}, DraftField.NAME),
        ({"service": Service.CUSTOM}, DraftField.BASE_URL),
        (
            {"service": Service.CUSTOM, "base_url": "http://a.example"},
            DraftField.BASE_URL,
        ),
        (
            {
                "service": Service.CUSTOM,
                "base_url": "https://a.example",
                "panel": "javascript:alert(1)",
            },
            DraftField.WEBSITE,
        ),
        ({"sub_account": "a\nb"}, DraftField.SUB_ACCOUNT),
        ({"low_below": ""}, DraftField.LOW_BELOW),
        ({"low_below": "-1"}, DraftField.LOW_BELOW),
        ({"low_below": "ten"}, DraftField.LOW_BELOW),
        ({"warn_days": ""}, DraftField.WARN_DAYS),
        ({"warn_days": "61"}, DraftField.WARN_DAYS),
        ({"warn_days": "-1"}, DraftField.WARN_DAYS),
        ({"warn_days": "2.5"}, DraftField.WARN_DAYS),
        ({"warn_days": "٣"}, DraftField.WARN_DAYS),
        ({"price": "0"}, DraftField.PRICE),
        ({"price": "-0.05"}, DraftField.PRICE),
        ({"price": "cheap"}, DraftField.PRICE),
    ],
)
def test_a_wrong_entry_is_told_at_its_field(
    change: dict[str, str], field: DraftField
) -> None:
    """Exactly the wrong field has a message."""
    draft = AccountDraft(**{"id": "a1", "name": "Main", "low_below": "10", **change})  # type: ignore[arg-type]  # as typed
    assert list(draft.problems(["Main Shop"])) == [field]


def test_a_threshold_is_read_as_the_person_writes_numbers() -> None:
    """12,50 in Spanish is twelve and a half."""
    spanish = Language(decimal_point=",", group_separator=".")
    draft = replace(GOOD, low_below="1.012,50")
    assert draft.problems((), spanish) == {}
    assert draft.account(spanish).low_below == Decimal("1012.50")


@pytest.mark.case("also 3", "what a person types is read as they write it")
def test_a_small_price_is_no_large_one() -> None:
    """0.045 with a point is no 45 in Spanish: no number begins with a group of 0."""
    spanish = Language(decimal_point=",", group_separator=".")
    draft = replace(GOOD, price="0.045")
    assert draft.account(spanish).price == Decimal("0.045")
    meanings = {field.field: words for field, words in draft.understood(spanish)}
    assert meanings == {DraftField.PRICE: "0,0450"}


@pytest.mark.case("also 3", "what a person types is read as they write it")
def test_an_ambiguous_amount_names_both_readings() -> None:
    """Both can be typed as they are shown."""
    own = Language(decides_readings=False)
    draft = replace(GOOD, low_below="1.234", price="1,500")
    assert draft.problems((), own) == {
        DraftField.LOW_BELOW: "1.234 can be 1234 or 1.2340: type one of these.",
        DraftField.PRICE: "1,500 can be 1500 or 1.5: type one of these.",
    }


def test_days_and_price_are_read_and_may_be_left_as_they_are() -> None:
    """Five days, and no price, unless a person says otherwise."""
    account = GOOD.account()
    assert (account.warn_days, account.price) == (5, None)
    account = replace(GOOD, warn_days=" 0 ", price=" 0.045 ").account()
    assert (account.warn_days, account.price) == (0, Decimal("0.045"))


def test_a_draft_with_problems_is_no_account() -> None:
    """Whoever did not look for them is told."""
    for change in ({"low_below": ""}, {"warn_days": "many"}):
        with pytest.raises(ValueError, match="no account"):
            replace(GOOD, **change).account()  # type: ignore[arg-type]  # as typed


def test_an_account_whose_name_is_taken_gets_a_number() -> None:
    """Two of one name could not be read back; a long name is no longer for it."""
    long = "x" * 60
    first = (Account("a", "Main"), Account("b", long))
    others = (Account("c", "MAIN"), Account("d", "main"), Account("e", long))
    names = [one.name for one in with_own_names(first, others)]
    assert names == ["Main", long, "MAIN (2)", "main (3)", "x" * 55 + " (2)"]
    assert all(len(name) <= 60 for name in names)
