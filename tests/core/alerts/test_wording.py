"""What notifications say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from trayapp.core.account import Account, Service
from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.notification import NotificationButton, Urgency
from trayapp.core.alerts.wording import notification_about, sample_notification
from trayapp.core.balance import Balance
from trayapp.core.forecast.spending import Drain, NormalSpending
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import AlertKind

ACCOUNT = Account("a", "Shop", low_below=Decimal(10))
LEFT = Balance(Decimal("4.5000"), "EUR")
NORMAL = NormalSpending(Decimal(2), Decimal(1), Decimal(4), "EUR")


def accounts(count: int, kind: AlertKind = AlertKind.LOW) -> list[Alert]:
    """Make an alert for each of so many accounts."""
    return [
        Alert(kind, Account(str(number), f"No. {number}"), LEFT, rise=Decimal(1))
        for number in range(count)
    ]


def test_a_low_balance_says_how_much_is_left_and_offers_to_top_up() -> None:
    """The amount and the threshold stand in the body, where neither is cut off."""
    said = notification_about([Alert(AlertKind.LOW, ACCOUNT, LEFT)], ENGLISH)
    assert said.title == "Shop: low balance"
    assert said.body.startswith("€4.50 left, less than €10.00.")
    assert said.urgency is Urgency.NORMAL
    assert [button for button, _ in said.buttons] == [
        NotificationButton.DEFAULT,
        NotificationButton.TOP_UP,
        NotificationButton.OPEN,
        NotificationButton.SNOOZE,
    ]


def test_one_alert_needs_no_list() -> None:
    """It is the usual case."""
    alert = Alert(AlertKind.LOW, ACCOUNT, LEFT)
    assert notification_about(alert, ENGLISH) == notification_about([alert], ENGLISH)


def test_an_empty_account_is_urgent() -> None:
    """Messages have stopped: that must not wait for a glance."""
    alert = Alert(AlertKind.EMPTY, ACCOUNT, Balance(Decimal("0.0000"), "EUR"))
    said = notification_about(alert, ENGLISH)
    assert said.title == "Shop: the balance is used up"
    assert said.urgency is Urgency.CRITICAL


def test_a_reminder_says_that_it_is_one() -> None:
    """Nobody takes it for a second fall."""
    said = notification_about(Alert(AlertKind.LOW, ACCOUNT, LEFT, again=True), ENGLISH)
    assert said.title == "Shop: the balance is still low"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((0, 0), "It runs out today at this pace."),
        ((0, 1), "It runs out within 1 day at this pace."),
        ((0, 4), "It runs out within 4 days at this pace."),
        ((1, 1), "It runs out in 1 day at this pace."),
        ((3, 3), "It runs out in 3 days at this pace."),
        ((3, 5), "It runs out in 3 to 5 days at this pace."),
    ],
)
def test_few_days_are_said_as_a_range(days: tuple[int, int], words: str) -> None:
    """With what is left, and why that is not too early."""
    said = notification_about(
        Alert(AlertKind.LOW_DAYS, ACCOUNT, LEFT, days=days), ENGLISH
    )
    assert said.title == "Shop: the balance runs out soon"
    assert said.body.startswith(f"{words} €4.50 left.")


def test_a_rejected_key_names_both_causes_and_what_to_do_about_each() -> None:
    """The key, or this computer's address: the gateway does not say which."""
    said = notification_about(Alert(AlertKind.REJECTED, ACCOUNT), ENGLISH)
    for part in ("wrong or revoked", "enter the new one", "IP address", "allow it"):
        assert part in said.body
    assert NotificationButton.ENTER_KEY in dict(said.buttons)
    assert said.urgency is Urgency.CRITICAL


def test_a_drain_says_what_is_usual_and_leads_to_the_website() -> None:
    """Where the key is revoked."""
    drain = Drain(Decimal(38), timedelta(minutes=20), NORMAL)
    said = notification_about(
        Alert(AlertKind.DRAIN, ACCOUNT, LEFT, drain=drain), ENGLISH
    )
    assert said.title == "Shop: unusual spending"
    assert said.body.startswith(
        "€38.00 spent in 20 minutes; about €2.00 a day is usual. €4.50 left."
    )
    assert dict(said.buttons)[NotificationButton.TOP_UP] == "Open panel"
    assert said.urgency is Urgency.CRITICAL


def test_a_drain_that_is_told_later_says_what_to_do_all_the_same() -> None:
    """By then nobody knows how much it was in which time."""
    said = notification_about(Alert(AlertKind.DRAIN, ACCOUNT, LEFT), ENGLISH)
    assert said.body == (
        "Far more was spent than is usual. €4.50 left. If that is not you, revoke the "
        "API key in the panel."
    )


@pytest.mark.parametrize(
    ("hours", "words"), [(1, "1 hour"), (6, "6 hours"), (72, "3 days")]
)
def test_silence_says_for_how_long_and_what_was_last_known(
    hours: int, words: str
) -> None:
    """Which is not said to be the balance now."""
    alert = Alert(
        AlertKind.UNREACHABLE,
        ACCOUNT,
        LEFT,
        time_without_response=timedelta(hours=hours),
    )
    said = notification_about(alert, ENGLISH)
    assert said.body == (
        f"For {words} no question was answered with a balance. "
        "The last one was €4.50; it may be less now."
    )


def test_a_top_up_says_how_much_came_and_what_there_is() -> None:
    """Good news is not urgent."""
    said = notification_about(
        Alert(AlertKind.TOPPED_UP, ACCOUNT, LEFT, rise=Decimal(3)), ENGLISH
    )
    assert (said.title, said.body) == (
        "Shop: topped up",
        "€3.00 came in; the balance is €4.50 now.",
    )


def test_a_payment_that_did_not_arrive_says_since_when() -> None:
    """And what is left meanwhile."""
    since = datetime(2026, 11, 20, 12, tzinfo=UTC)
    alert = Alert(AlertKind.TOPPED_UP, ACCOUNT, LEFT, unseen_since=since)
    said = notification_about(alert, ENGLISH)
    assert (said.title, said.body) == (
        "Shop: no top-up seen",
        "You said that you paid (Fri 20 Nov); no top-up was seen since. €4.50 left.",
    )


def test_without_a_website_there_is_no_top_up_button() -> None:
    """A button that leads nowhere is worse than none."""
    account = Account("a", "Own", Service.CUSTOM)
    alert = Alert(AlertKind.LOW, account, Balance(Decimal(1), "SMS"))
    assert NotificationButton.TOP_UP not in dict(
        notification_about(alert, ENGLISH).buttons
    )


def test_balance_and_key_replace_only_their_own_notification() -> None:
    """A low balance is not wiped from the screen by a rejected key."""
    low, rejected, topped_up = (
        notification_about(Alert(kind, ACCOUNT, LEFT), ENGLISH).topic
        for kind in (AlertKind.LOW, AlertKind.REJECTED, AlertKind.TOPPED_UP)
    )
    assert low != rejected
    assert low == topped_up


def test_several_accounts_are_told_in_one_the_gravest_first() -> None:
    """A line for each, and no button that would mean only one of them."""
    alerts = [
        Alert(AlertKind.LOW_DAYS, Account("b", "B"), LEFT, days=(3, 5)),
        Alert(AlertKind.LOW, ACCOUNT, LEFT),
        Alert(AlertKind.EMPTY, Account("c", "C"), Balance(Decimal(0), "SMS")),
    ]
    said = notification_about(alerts, ENGLISH)
    assert said.title == "3 accounts need you"
    assert said.body.splitlines() == [
        "C: the balance is used up, 0\u00a0SMS",
        "Shop: low balance, €4.50",
        "B: It runs out in 3 to 5 days at this pace, €4.50",
    ]
    assert said.urgency is Urgency.CRITICAL
    assert said.account_id == "c"
    assert [button for button, _ in said.buttons] == [
        NotificationButton.DEFAULT,
        NotificationButton.OPEN,
        NotificationButton.SNOOZE,
    ]


def test_other_accounts_leave_what_is_on_the_screen() -> None:
    """The same ones replace it."""
    first, second = (
        notification_about(accounts(2), ENGLISH),
        notification_about(accounts(3), ENGLISH),
    )
    assert first.topic != second.topic
    assert notification_about(accounts(2)[::-1], ENGLISH).topic == first.topic


def test_many_accounts_are_counted_and_not_listed() -> None:
    """A desktop would cut the notification off."""
    said = notification_about(accounts(200), ENGLISH)
    assert said.title == "200 accounts need you"
    assert len(said.body.splitlines()) == 6
    assert said.body.endswith("and 195 more")


def test_several_top_ups_ask_nothing_of_anybody() -> None:
    """They are good news."""
    said = notification_about(accounts(2, AlertKind.TOPPED_UP), ENGLISH)
    assert said.title == "2 accounts were topped up"


def test_a_notice_knows_what_it_tells() -> None:
    """So that it can be told later, if nothing shows it now."""
    alerts = accounts(7)
    assert notification_about(alerts, ENGLISH).alerts == tuple(alerts)
    assert notification_about(alerts[0], ENGLISH).alerts == (alerts[0],)
    assert sample_notification(ENGLISH).alerts == ()


def test_two_alerts_of_one_account_are_about_that_account() -> None:
    """The gravest is the title, and both are said."""
    alerts = [Alert(AlertKind.LOW, ACCOUNT, LEFT), Alert(AlertKind.REJECTED, ACCOUNT)]
    said = notification_about(alerts, ENGLISH)
    assert said.title == "Shop: the API key is rejected"
    assert "€4.50 left" in said.body.splitlines()[1]
    assert NotificationButton.ENTER_KEY in dict(said.buttons)


@pytest.mark.parametrize("kind", AlertKind)
def test_what_is_unknown_leaves_no_hole(kind: AlertKind) -> None:
    """An alert without its details still says something."""
    for alert in (Alert(kind, ACCOUNT), Alert(kind, ACCOUNT, LEFT)):
        said = notification_about(alert, ENGLISH)
        assert said.title.startswith("Shop: ")
        assert "{" not in said.title + said.body
