"""The tray icon's fill level and its short amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.view.gauge import brief, fill_level

AMOUNTS = st.decimals(
    min_value=0, max_value=Decimal("1e11"), allow_nan=False, allow_infinity=False
)


@pytest.mark.parametrize(
    ("amount", "high", "expected"),
    [
        ("350", "350", 1.0),
        ("349.9999", "350", 0.875),
        ("175", "350", 0.5),
        ("0.0001", "350", 0.125),
        ("0", "350", 0.0),
        ("-5", "350", 0.0),
        ("400", "350", 1.0),
        ("5", "0", None),
        ("5", None, None),
    ],
)
def test_a_level_is_the_share_of_the_recent_high(
    amount: str, high: str | None, expected: float | None
) -> None:
    """In eighths, rounded down; only 0 and less is empty."""
    assert fill_level(Decimal(amount), Decimal(high) if high else None) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.0499", "0"),
        ("0.6", "0.6"),
        ("9.99", "9.9"),
        ("9", "9"),
        ("42.7", "42"),
        ("350.12", "350"),
        ("999.99", "999"),
        ("1000", "1k"),
        ("1249.99", "1.2k"),
        ("12345", "12k"),
        ("999999", "999k"),
        ("1500000", "1.5M"),
        ("2000000000", "2G"),
    ],
)
def test_an_amount_has_at_most_four_characters(amount: str, expected: str) -> None:
    """It is rounded towards zero, so the icon never shows too much."""
    assert brief(Decimal(amount)) == expected


def test_a_brief_amount_has_the_persons_decimal_point() -> None:
    """As everywhere on the screen."""
    assert brief(Decimal("1249.99"), ",") == "1,2k"


@given(AMOUNTS)
def test_any_amount_fits(amount: Decimal) -> None:
    """The icon has room for four characters."""
    assert 1 <= len(brief(amount)) <= 4
