"""What notifications say."""

from decimal import Decimal

from trayapp.core.account import Account, Service
from trayapp.core.alerts import Alert, AlertKind
from trayapp.core.balance import Balance
from trayapp.core.language import ENGLISH
from trayapp.core.notices import Button, Urgency, notice

ACCOUNT = Account("a", "Shop", low_below=Decimal(10))


def test_a_low_balance_says_how_much_is_left_and_offers_to_top_up() -> None:
    """The amount and the threshold stand in the body, where neither is cut off."""
    alert = Alert(AlertKind.LOW, ACCOUNT, Balance(Decimal("4.5000"), "EUR"))
    said = notice(alert, ENGLISH)
    assert said.title == "Shop: low balance"
    assert said.body.startswith("€4.50 left, less than €10.00.")
    assert said.urgency is Urgency.NORMAL
    assert [button for button, _ in said.buttons] == [
        Button.DEFAULT,
        Button.TOP_UP,
        Button.OPEN,
    ]


def test_an_empty_account_is_urgent() -> None:
    """Messages have stopped: that must not wait for a glance."""
    alert = Alert(AlertKind.EMPTY, ACCOUNT, Balance(Decimal("0.0000"), "EUR"))
    said = notice(alert, ENGLISH)
    assert said.title == "Shop: the balance is used up"
    assert said.urgency is Urgency.CRITICAL


def test_a_rejected_key_names_both_causes_and_what_to_do_about_each() -> None:
    """The key, or this computer's address: the gateway does not say which."""
    said = notice(Alert(AlertKind.REJECTED, ACCOUNT), ENGLISH)
    for part in ("wrong or revoked", "enter the new one", "IP address", "allow it"):
        assert part in said.body
    assert Button.ENTER_KEY in dict(said.buttons)
    assert said.urgency is Urgency.CRITICAL


def test_without_a_panel_there_is_no_top_up_button() -> None:
    """A button that leads nowhere is worse than none."""
    account = Account("a", "Own", Service.CUSTOM)
    alert = Alert(AlertKind.LOW, account, Balance(Decimal(1), "SMS"))
    assert Button.TOP_UP not in dict(notice(alert, ENGLISH).buttons)


def test_balance_and_key_replace_only_their_own_notification() -> None:
    """A low balance is not wiped from the screen by a rejected key."""
    low = notice(Alert(AlertKind.LOW, ACCOUNT, Balance(Decimal(1), "EUR")), ENGLISH)
    rejected = notice(Alert(AlertKind.REJECTED, ACCOUNT), ENGLISH)
    assert low.topic != rejected.topic
