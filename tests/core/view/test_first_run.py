"""The questions and suggestions of the first run."""

from decimal import Decimal

import pytest

from trayapp.core.account import Service
from trayapp.core.account_draft import ACCOUNT_FIELDS, AccountDraft, DraftField
from trayapp.core.balance import Balance
from trayapp.core.i18n.language import ENGLISH, Language
from trayapp.core.view.first_run import (
    FIELDS,
    Step,
    help_words,
    limit_words,
    place_words,
    question,
    suggested_low,
    suggested_name,
)

EUROS = Balance(Decimal("350.1200"), "EUR")


def test_each_step_has_a_number_a_question_and_help() -> None:
    """The help is a sentence."""
    places = [place_words(step, ENGLISH) for step in Step]
    assert places == ["Step 1 of 3", "Step 2 of 3", "Step 3 of 3"]
    for step in Step:
        assert question(step, ENGLISH).endswith("?")
        assert help_words(step, ENGLISH).count(".") == 1


def test_no_field_is_in_two_steps() -> None:
    """An error of a field has one place."""
    typed = [field for fields in FIELDS.values() for field in fields]
    assert len(typed) == len(set(typed))


def test_a_field_outside_the_steps_is_optional() -> None:
    """Its default is right for the first run."""
    draft = AccountDraft("a", "Main", low_below="10")
    typed = {field for fields in FIELDS.values() for field in fields}
    for field in set(ACCOUNT_FIELDS) - typed:
        text = getattr(draft, field)
        ACCOUNT_FIELDS[field].read(text, ENGLISH)
    assert DraftField.SUB_ACCOUNT not in typed


@pytest.mark.parametrize(
    ("amount", "low"),
    [
        ("350.1200", "35"),
        ("1225", "100"),
        ("1500", "150"),
        ("42", "4"),
        ("45.5", "4.5"),
        ("99.9999", "9.5"),
        ("10", "1"),
        ("0.6000", "1"),
        ("999999999999999.99999999", "95000000000000"),
    ],
)
def test_the_suggested_limit_is_a_round_tenth(amount: str, low: str) -> None:
    """It is never more than a tenth, except for 1."""
    assert suggested_low(Balance(Decimal(amount), "EUR")) == Decimal(low)


@pytest.mark.parametrize("amount", [None, "0", "-3.5"])
def test_without_a_balance_the_usual_limit_is_suggested(amount: str | None) -> None:
    """An empty account has no tenth."""
    balance = None if amount is None else Balance(Decimal(amount), "EUR")
    assert suggested_low(balance) == Decimal(10)


@pytest.mark.parametrize(
    ("service", "url", "name"),
    [
        (Service.SMSUP, "", "SMSup"),
        (Service.SMSPUBLI, "https://sms.example", "SMSPubli"),
        (Service.CUSTOM, " https://sms.example:8443/x ", "sms.example"),
        (Service.CUSTOM, "", ""),
        (Service.CUSTOM, "https://[", ""),
        (Service.CUSTOM, f"https://{'a' * 70}.example", f"{'a' * 59}…"),
    ],
)
def test_a_name_is_suggested_from_the_service(
    service: Service, url: str, name: str
) -> None:
    """Or from the host of another service, cut to the longest name."""
    assert suggested_name(service, url, ENGLISH) == name


@pytest.mark.parametrize(
    ("low", "balance", "words"),
    [
        ("35", EUROS, "Warns below €35.00, now €350.12."),
        ("400", EUROS, "Warns at once: below €400.00, now €350.12."),
        ("350.12", EUROS, "Warns below €350.12, now €350.12."),
        ("0", EUROS, "Warns only when it is used up, now €350.12."),
        (
            "100",
            Balance(Decimal(1225), "CREDITS"),
            "Warns below 100\u00a0CREDITS, now 1,225\u00a0CREDITS.",
        ),
        ("10", None, "Warns below 10; the balance isn't known yet."),
        ("0", None, "Warns only when it is used up."),
        (None, EUROS, ""),
    ],
)
def test_a_limit_is_explained(
    low: str | None, balance: Balance | None, words: str
) -> None:
    """With the limit and the balance in their unit."""
    typed = None if low is None else Decimal(low)
    assert limit_words(typed, balance, ENGLISH) == words


def test_a_limit_has_the_languages_format_of_amounts() -> None:
    """The currency sign is behind, and the decimal sign is a comma."""
    spanish = Language(decimal_point=",", group_separator=".", symbol_first=False)
    said = limit_words(Decimal("4.5"), EUROS, spanish)
    assert said == "Warns below 4,50\u00a0€, now 350,12\u00a0€."
