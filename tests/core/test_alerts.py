"""Whether an outcome deserves a notification."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.account import Account
from trayapp.core.alerts import Alert, AlertKind, Episodes, decide
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, NoConnection, Unauthorized
from trayapp.core.settings import Settings

ACCOUNT = Account("a", "Main", low_below=Decimal(10))
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
OFFLINE = Failure(NoConnection)
REJECTED = Failure(Unauthorized)


def reading(amount: str) -> Reading:
    """Make a reading in EUR."""
    return Reading(Balance(Decimal(amount), "EUR"), AT)


def told_of(
    *results: str | Failure,
    settings: Settings = Settings(),  # noqa: B008  # a frozen value
    told: Episodes = Episodes(),  # noqa: B008  # a frozen value
) -> list[AlertKind | None]:
    """Feed results one after the other; give what was told after each."""
    kinds = []
    for result in results:
        what = reading(result) if isinstance(result, str) else result
        told, alert = decide(told, ACCOUNT, what, settings)
        kinds.append(alert.kind if alert else None)
    return kinds


def test_a_low_balance_is_told_once() -> None:
    """The first reading below the threshold tells, the next do not."""
    assert told_of("10", "9.99", "9", "0.01") == [None, AlertKind.LOW, None, None]


def test_an_alert_says_what_is_left_and_of_which_account() -> None:
    """The alert carries the account and the balance it is about."""
    _, alert = decide(Episodes(), ACCOUNT, reading("3"), Settings())
    assert alert == Alert(AlertKind.LOW, ACCOUNT, Balance(Decimal(3), "EUR"))


def test_an_amount_that_hovers_around_the_threshold_is_told_once() -> None:
    """Only 5 % above the threshold ends the episode."""
    assert told_of("9", "10.49", "9", "10.5", "9") == [
        AlertKind.LOW,
        None,
        None,
        None,
        AlertKind.LOW,
    ]


def test_an_empty_account_is_told_after_a_low_one() -> None:
    """Nothing left is news of its own, once."""
    assert told_of("5", "0", "-1", "0") == [AlertKind.LOW, AlertKind.EMPTY, None, None]


def test_an_account_that_empties_at_once_is_told_as_empty_alone() -> None:
    """One fall is one notification, also when a little comes back."""
    assert told_of("50", "0", "0.5", "0") == [None, AlertKind.EMPTY, None, None]


def test_a_threshold_of_zero_tells_of_an_empty_account_alone() -> None:
    """Zero means: no warning before it is empty."""
    account = replace(ACCOUNT, low_below=Decimal(0))
    told, alert = decide(Episodes(), account, reading("0.0001"), Settings())
    assert alert is None
    _, alert = decide(told, account, reading("0"), Settings())
    assert alert is not None
    assert alert.kind is AlertKind.EMPTY


def test_an_unknown_balance_changes_nothing() -> None:
    """A failed reading neither ends an episode nor begins one."""
    assert told_of("9", OFFLINE, "9", OFFLINE, "8") == [AlertKind.LOW, *[None] * 4]


def test_a_rejected_key_is_told_once_until_it_was_accepted_again() -> None:
    """One notification for each time the gateway turns the key down."""
    assert told_of(REJECTED, REJECTED, OFFLINE, REJECTED, "50", REJECTED) == [
        AlertKind.REJECTED,
        None,
        None,
        None,
        None,
        AlertKind.REJECTED,
    ]


def test_a_rejected_key_leaves_a_low_balance_told() -> None:
    """The two episodes know nothing of each other."""
    assert told_of("9", REJECTED, "9") == [AlertKind.LOW, AlertKind.REJECTED, None]


def test_what_is_turned_off_is_told_when_it_is_turned_on_again() -> None:
    """Silence is not counted as having told."""
    off = Settings(notify_low=False, notify_rejected=False)
    assert told_of("5", "0", REJECTED, settings=off) == [None, None, None]
    after, _ = decide(Episodes(), ACCOUNT, reading("5"), off)
    assert told_of("5", told=after) == [AlertKind.LOW]


RESULTS = st.sampled_from(["50", "10.5", "10.2", "10", "9", "1", "0", "-3"]) | (
    st.sampled_from([OFFLINE, REJECTED])
)


@given(st.lists(RESULTS, max_size=40))
def test_nothing_is_told_twice_within_an_episode(results: list[str | Failure]) -> None:
    """Between two equal alerts there is always what ends their episode."""
    kinds = told_of(*results)
    open_kinds: set[AlertKind] = set()
    for result, kind in zip(results, kinds, strict=True):
        if isinstance(result, str):
            open_kinds.discard(AlertKind.REJECTED)
            if Decimal(result) >= Decimal("10.5"):
                open_kinds -= {AlertKind.LOW, AlertKind.EMPTY}
            elif Decimal(result) >= 10:
                open_kinds.discard(AlertKind.EMPTY)
        if kind is not None:
            assert kind not in open_kinds
            open_kinds.add(kind)


@given(st.lists(RESULTS, max_size=40))
def test_only_a_known_result_is_told(results: list[str | Failure]) -> None:
    """No alert comes from a failure but a rejected key's, none above the threshold."""
    for result, kind in zip(results, told_of(*results), strict=True):
        if kind in {AlertKind.LOW, AlertKind.EMPTY}:
            assert isinstance(result, str)
            assert Decimal(result) < 10
        if kind is AlertKind.REJECTED:
            assert result is REJECTED
