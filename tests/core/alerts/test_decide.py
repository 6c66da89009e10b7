"""Which alerts are sent, pending or suppressed."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.account import Account
from trayapp.core.alerts.decide import decide
from trayapp.core.alerts.decision import (
    Alert,
    Decision,
    Disposition,
    Observation,
    Outlook,
    Reason,
)
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    Failure,
    KeyMissing,
    KeyringLocked,
    NoConnection,
    Refused,
    Unauthorized,
)
from trayapp.core.forecast.spending import Drain, NormalSpending
from trayapp.core.settings import AlertKind, Settings

LOW, LOW_DAYS, EMPTY = AlertKind.LOW, AlertKind.LOW_DAYS, AlertKind.EMPTY
REJECTED, DRAIN = AlertKind.REJECTED, AlertKind.DRAIN
UNREACHABLE, TOPPED_UP = AlertKind.UNREACHABLE, AlertKind.TOPPED_UP
ACCOUNT = Account("a", "Main", low_below=Decimal(10))
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALL = Settings(alert_kinds=frozenset(AlertKind))
NORMAL = NormalSpending(Decimal(2), Decimal(1), Decimal(4), "EUR")
LEAK = Drain(Decimal(38), 20 * MINUTE, NORMAL)
NOTHING = Outlook()


def days(first: int, last: int = 60) -> Outlook:
    """Make an outlook of so many days."""
    return Outlook((first, max(first, last)))


@dataclass
class Story:
    """An account's memory as things happen to it, and what was decided."""

    settings: Settings = ALL
    account: Account = ACCOUNT
    postponed: Reason | None = None
    now: datetime = AT
    memory: AlertMemory = field(default_factory=AlertMemory)
    decisions: list[Decision] = field(default_factory=list)
    shows_alerts: bool = True
    """Whether each alert is shown at once; otherwise it stays on its way."""
    is_current: bool = True
    """Whether time alone may send alerts."""

    def read(
        self, amount: str, outlook: Outlook = NOTHING, unit: str = "EUR"
    ) -> list[AlertKind]:
        """Let the gateway answer a minute later; give the kinds that are sent."""
        self.now += MINUTE
        reading = Reading(Balance(Decimal(amount), unit), self.now)
        return self.meet(reading, outlook)

    def fail(self, kind: type[BalanceTrayError] = NoConnection) -> list[AlertKind]:
        """Let the request fail a minute later; give the kinds that are sent."""
        self.now += MINUTE
        return self.meet(Failure(kind))

    def tick(self) -> list[AlertKind]:
        """Look at the time; give the kinds that are sent."""
        return self.meet(None)

    def wait(self, passed: timedelta) -> list[AlertKind]:
        """Let time pass with a look each minute; give the kinds that are sent."""
        sent = []
        for _ in range(passed // MINUTE):
            self.now += MINUTE
            sent += self.tick()
        return sent

    def restart(self) -> None:
        """Write the memory down and read it again."""
        self.memory = AlertMemory.from_dict(
            json.loads(json.dumps(self.memory.as_dict()))
        )

    def meet(
        self, result: Reading | Failure | None, outlook: Outlook = NOTHING
    ) -> list[AlertKind]:
        """Decide about something now; give the kinds that are sent."""
        news = Observation(self.account, result, outlook, is_current=self.is_current)
        self.memory, self.decisions[:] = decide(
            self.memory, news, self.settings, self.postponed, self.now
        )
        alerts = [one.alert for one in self.decisions if one.alert is not None]
        for alert in alerts if self.shows_alerts else []:
            self.memory = self.memory.delivered(alert)
        return [alert.kind for alert in alerts]

    @property
    def alert(self) -> Alert:
        """The one alert that was decided on last."""
        (alert,) = (one.alert for one in self.decisions if one.alert is not None)
        return alert

    @property
    def fates(self) -> list[tuple[AlertKind | None, Disposition, Reason]]:
        """What was decided last."""
        return [(one.kind, one.disposition, one.reason) for one in self.decisions]


@pytest.fixture
def story() -> Story:
    """Return an account of which nothing is known, with all kinds turned on."""
    return Story()


def sent(story: Story, *amounts: str) -> list[list[AlertKind]]:
    """Read one amount after the other; give the kinds sent after each."""
    return [story.read(amount) for amount in amounts]


# --- low and empty ----------------------------------------------------------------


def test_a_low_balance_is_sent_once(story: Story) -> None:
    """The first reading below the threshold sends an alert, the next do not."""
    assert sent(story, "10", "9.99", "9", "0.01") == [[], [LOW], [], []]


def test_an_alert_says_what_is_left_and_of_which_account(story: Story) -> None:
    """The alert carries the account, the balance and the days if they are known."""
    story.read("3", days(1, 2))
    left = Balance(Decimal(3), "EUR")
    covered = frozenset({LOW_DAYS})
    assert story.alert == Alert(
        LOW, ACCOUNT, left, days=(1, 2), covers=covered, reason=Reason.NEW
    )


def test_an_amount_that_hovers_around_the_threshold_is_sent_once(story: Story) -> None:
    """Only 5 % above the threshold ends the episode."""
    story.settings = Settings()
    assert sent(story, "9", "10.49", "9", "10.5", "9") == [[LOW], [], [], [], [LOW]]


def test_an_empty_account_is_sent_after_a_low_one(story: Story) -> None:
    """An empty balance is an alert of its own, once."""
    assert sent(story, "5", "0", "-1", "0") == [[LOW], [EMPTY], [], []]


def test_an_account_that_empties_at_once_is_sent_as_empty_alone(story: Story) -> None:
    """One fall is one notification, also when a little comes back."""
    story.settings = Settings()
    assert sent(story, "50", "0", "0.5", "0") == [[], [EMPTY], [], []]


def test_what_a_graver_alert_says_is_logged_as_said(story: Story) -> None:
    """So that "Why?" has an answer."""
    story.read("0")
    assert story.fates == [
        (EMPTY, Disposition.SENT, Reason.NEW),
        (LOW, Disposition.SUPPRESSED, Reason.COVERED),
    ]


def test_a_threshold_of_zero_tells_of_an_empty_account_alone(story: Story) -> None:
    """Zero means: no warning before it is empty."""
    story.account = replace(ACCOUNT, low_below=Decimal(0))
    assert sent(story, "0.0001", "0") == [[], [EMPTY]]


def test_low_is_sent_though_empty_is_turned_off(story: Story) -> None:
    """An alert that was not sent covers no other."""
    story.settings = replace(ALL, alert_kinds=frozenset({LOW}))
    assert sent(story, "50", "0") == [[], [LOW]]


# --- days -------------------------------------------------------------------------


def test_few_days_are_sent_by_the_first_of_the_range(story: Story) -> None:
    """A warning must not come too late."""
    assert story.read("90", days(6, 9)) == []
    assert story.read("80", days(5, 9)) == [LOW_DAYS]
    assert story.alert.days == (5, 9)


def test_days_that_hover_are_sent_once(story: Story) -> None:
    """Two days above the person's number end the episode."""
    firsts = (5, 6, 5, 7, 5)
    said = [story.read("80", days(first)) for first in firsts]
    assert said == [[LOW_DAYS], [], [], [], [LOW_DAYS]]


def test_an_unknown_run_out_day_ends_nothing(story: Story) -> None:
    """A top-up that makes it far away does."""
    story.settings = Settings()
    said = [
        story.read("80", outlook)
        for outlook in (days(5), NOTHING, days(5), Outlook(far=True), days(5))
    ]
    assert said == [[LOW_DAYS], [], [], [], [LOW_DAYS]]


def test_zero_days_mean_no_warning_by_days(story: Story) -> None:
    """Each account has its own number."""
    story.account = replace(ACCOUNT, warn_days=0)
    assert story.read("80", days(0)) == []


def test_low_by_amount_and_by_days_at_once_are_one_alert(story: Story) -> None:
    """The alert of the amount has the days in it."""
    assert story.read("9", days(2)) == [LOW]
    assert story.read("9", days(2)) == []


def test_few_days_of_a_balance_that_is_low_already_are_news(story: Story) -> None:
    """It was low for weeks, and now it goes fast."""
    story.read("9", days(30))
    assert story.read("8", days(3)) == [LOW_DAYS]


def test_a_little_that_comes_back_to_an_empty_account_is_no_news(story: Story) -> None:
    """That there are few days left is known."""
    story.settings = Settings()
    story.read("0")
    assert story.read("0.5", days(0, 1)) == []


# --- what the history says of a balance --------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "kind", "outlook"),
    [
        ("0", "50", EMPTY, NOTHING),
        ("9", "50", LOW, NOTHING),
        ("50", "50", LOW_DAYS, days(1)),
    ],
)
def test_an_episode_does_not_end_while_the_gateway_contradicts_itself(
    story: Story, low: str, high: str, kind: AlertKind, outlook: Outlook
) -> None:
    """A second implausible balance is no news, and a later one is."""
    story.settings = Settings(alert_kinds=frozenset({kind}))
    back = Outlook((9, 9), is_payment=False, is_settled=False)
    assert story.read("50", days(9)) == []
    assert story.read(low, outlook) == [kind]
    assert story.read(high, back) == story.read(low, outlook) == []
    assert story.read(high, back) == story.read(high, days(9)) == []
    assert story.read(low, outlook) == [kind]


def test_a_rise_that_is_no_payment_is_no_news(story: Story) -> None:
    """A refund adds nothing to a later top-up."""
    story.read("50")
    assert story.read("52", Outlook(is_payment=False)) == []
    assert story.read("152") == [TOPPED_UP]
    assert story.alert.rise == Decimal(100)


def test_a_doubtful_balance_changes_nothing(story: Story) -> None:
    """The next one is compared with the last good one; only time passes meanwhile."""
    doubtful = Outlook(is_doubtful=True)
    assert story.read("9") == [LOW]
    assert story.read("9000", doubtful) == story.tick() == []
    assert story.read("9000", doubtful, "SMS") == story.tick() == []
    assert story.read("9") == []
    assert story.read("0", doubtful, "SMS") == [EMPTY]
    assert story.tick() == story.read("9") == []


# --- drain ------------------------------------------------------------------------


def test_a_drain_is_sent_once_and_says_what_is_usual(story: Story) -> None:
    """A drain that pauses for hours is the same drain."""
    assert story.read("500", Outlook(drain=LEAK)) == [DRAIN]
    assert story.alert.drain == LEAK
    assert story.read("490") == []
    story.now += 20 * HOUR
    assert story.read("450", Outlook(drain=LEAK)) == []


def test_a_drain_is_over_a_day_after_it_was_last_seen(story: Story) -> None:
    """The next drain is another episode."""
    story.read("500", Outlook(drain=LEAK))
    story.now += DAY
    assert story.read("490") == []
    assert story.read("450", Outlook(drain=LEAK)) == [DRAIN]


def test_a_drain_that_goes_on_unseen_for_days_is_sent_once(story: Story) -> None:
    """Failed requests do not end it."""
    story.read("500", Outlook(drain=LEAK))
    for _ in range(3):
        story.now += DAY
        story.fail()
    assert story.read("50", Outlook(drain=LEAK)) == []


# --- topped up --------------------------------------------------------------------


def test_a_top_up_says_how_much_and_the_new_balance(story: Story) -> None:
    """The first reading of all is no top-up; each later rise is one."""
    assert sent(story, "50", "150", "150", "140", "240") == [
        [],
        [TOPPED_UP],
        [],
        [],
        [TOPPED_UP],
    ]
    assert (story.alert.rise, story.alert.balance) == (
        Decimal(100),
        Balance(Decimal(240), "EUR"),
    )


def test_top_ups_that_were_pending_are_sent_as_one(story: Story) -> None:
    """With their sum, once."""
    story.read("50")
    story.postponed = Reason.SNOOZED
    assert sent(story, "150", "140", "240") == [[], [], []]
    story.postponed = None
    assert story.tick() == [TOPPED_UP]
    assert story.alert.rise == Decimal(200)
    assert story.tick() == []


def test_a_top_up_that_was_spent_before_it_could_be_sent_is_none(story: Story) -> None:
    """The alert says what the balance is now."""
    story.read("50")
    story.postponed = Reason.SNOOZED
    story.read("150")
    assert story.read("0") == [EMPTY]
    assert (TOPPED_UP, Disposition.SUPPRESSED, Reason.OVER) in story.fates


# --- the key, and silence ---------------------------------------------------------


def test_a_rejected_key_is_sent_once_until_it_was_accepted_again(story: Story) -> None:
    """One notification for each time the gateway turns the key down."""
    said = [
        story.fail(Unauthorized),
        story.fail(Unauthorized),
        story.fail(),
        story.fail(Unauthorized),
        story.read("50"),
        story.fail(Unauthorized),
    ]
    assert said == [[REJECTED], [], [], [], [], [REJECTED]]


def test_a_rejected_key_leaves_a_low_balance_sent(story: Story) -> None:
    """The two episodes do not depend on each other."""
    assert story.read("9") == [LOW]
    assert story.fail(Unauthorized) == [REJECTED]
    assert story.read("9") == []


@pytest.mark.parametrize("kind", [NoConnection, Refused])
def test_no_balance_for_the_chosen_time_is_sent_once(
    story: Story, kind: type[BalanceTrayError]
) -> None:
    """The time counts from the last good response; the alert has the last balance."""
    story.read("50")
    story.wait(2 * HOUR)
    story.fail(kind)
    story.fail(kind)
    assert story.wait(4 * HOUR - 3 * MINUTE) == []
    assert story.wait(MINUTE) == [UNREACHABLE]
    assert story.alert.time_without_response == 6 * HOUR
    assert story.alert.balance == Balance(Decimal(50), "EUR")
    assert story.wait(DAY) == []
    story.read("50")
    assert story.fail(kind) == []


def test_time_asleep_or_off_is_not_counted(story: Story) -> None:
    """No request was made in that time."""
    story.read("50")
    story.fail()
    story.now += 3 * DAY
    story.restart()
    assert story.fail() == story.fail() == story.wait(HOUR) == []


@pytest.mark.parametrize("kind", [KeyringLocked, KeyMissing])
def test_a_keyring_out_of_reach_is_not_the_gateways_silence(
    story: Story, kind: type[BalanceTrayError]
) -> None:
    """That time does not count afterwards either."""
    story.read("50")
    story.fail(kind)
    story.fail(kind)
    assert story.wait(DAY) == []
    story.fail()
    assert story.fail() == story.wait(5 * HOUR) == []
    assert story.wait(2 * HOUR) == [UNREACHABLE]


def test_a_locked_keyring_is_no_silence_however_long_nobody_was_asked(
    story: Story,
) -> None:
    """The gateway may be reachable."""
    story.read("50")
    story.wait(DAY)
    assert story.fail(KeyringLocked) == story.fail(KeyringLocked) == story.tick() == []


def test_one_question_that_failed_is_no_silence(story: Story) -> None:
    """The age of the last good response does not matter."""
    story.read("50")
    story.wait(DAY)
    assert story.fail() == []
    assert story.fail() == [UNREACHABLE]


# --- what is unknown --------------------------------------------------------------


def test_an_unknown_balance_changes_nothing(story: Story) -> None:
    """A failed reading neither ends an episode nor begins one."""
    assert story.read("9") == [LOW]
    assert story.fail() == story.read("9") == story.fail() == story.read("8") == []


def test_what_was_pending_is_not_sent_of_an_unknown_balance(story: Story) -> None:
    """It waits until it is known whether it still holds."""
    story.postponed = Reason.QUIET
    story.read("9")
    story.postponed = None
    assert story.fail() == story.tick() == []
    assert story.read("9") == [LOW]


def test_what_was_pending_over_night_waits_for_the_mornings_answer(
    story: Story,
) -> None:
    """A balance of yesterday evening does not count as today's."""
    story.postponed = Reason.QUIET
    story.read("9")
    story.now += 9 * HOUR
    story.postponed = None
    assert story.tick() == []
    story.settings = Settings()
    assert story.read("50") == []
    assert (LOW, Disposition.SUPPRESSED, Reason.OVER) in story.fates


def test_a_late_answer_changes_nothing(story: Story) -> None:
    """A newer response came first."""
    story.read("50")
    late = Reading(Balance(Decimal(1), "EUR"), story.now - MINUTE)
    assert story.meet(late) == []
    assert story.memory.seen is not None
    assert story.memory.seen.balance.amount == 50


# --- units and questions ----------------------------------------------------------


def test_a_changed_unit_is_an_event_and_not_a_drop(story: Story) -> None:
    """The first reading in the new unit sends nothing, nor does time after it."""
    story.read("5000")
    assert story.read("9", days(1), unit="CREDITS") == []
    assert story.fates == [(None, Disposition.SUPPRESSED, Reason.UNIT_CHANGED)]
    assert story.wait(5 * MINUTE) == []
    assert story.read("9", unit="CREDITS") == [LOW]


def test_episodes_begin_anew_with_the_unit(story: Story) -> None:
    """An alert in EUR says nothing about CREDITS."""
    assert story.read("9") == [LOW]
    story.read("9", unit="CREDITS")
    assert story.read("8", unit="CREDITS") == [LOW]


def test_nothing_is_nothing_in_any_unit(story: Story) -> None:
    """An empty account is an alert in each unit."""
    story.read("50")
    assert story.read("0", unit="CREDITS") == [EMPTY]


def test_another_question_is_another_balance(story: Story) -> None:
    """A changed address or sub-account compares with nothing."""
    assert story.read("9") == [LOW]
    story.account = replace(ACCOUNT, sub_account="shop")
    assert story.read("9") == [LOW]
    assert story.memory.since == story.now


def test_another_name_or_threshold_is_the_same_balance(story: Story) -> None:
    """The episode goes on."""
    assert story.read("9") == [LOW]
    story.account = replace(ACCOUNT, name="Renamed", low_below=Decimal(20))
    assert story.read("9") == []


# --- kinds that are turned off beside others that are on ----------------------------


def without(*kinds: AlertKind) -> Settings:
    """Return settings with all kinds but these."""
    return replace(ALL, alert_kinds=frozenset(AlertKind) - set(kinds))


def test_few_days_left_are_sent_though_low_balances_are_off(story: Story) -> None:
    """What is not sent covers nothing."""
    story.settings = without(LOW)
    assert story.read("9", days(2)) == [LOW_DAYS]
    assert story.read("8", days(2)) == []


def test_a_low_balance_is_sent_though_few_days_left_are_off(story: Story) -> None:
    """The other way round."""
    story.settings = without(LOW_DAYS)
    assert story.read("9", days(2)) == [LOW]
    assert (LOW_DAYS, Disposition.SUPPRESSED, Reason.OFF) in story.fates


def test_few_days_left_are_sent_though_empty_accounts_are_off(story: Story) -> None:
    """An empty account that was not sent makes nothing known."""
    story.settings = without(EMPTY, TOPPED_UP)
    assert story.read("0") == [LOW]
    assert story.read("9", days(2)) == [LOW_DAYS]
    story.settings = without(EMPTY, LOW, TOPPED_UP)
    story.read("200", Outlook(far=True))
    assert story.read("0") == []
    assert story.read("9", days(2)) == [LOW_DAYS]


def test_what_an_empty_account_makes_known_counts_only_if_it_is_on(
    story: Story,
) -> None:
    """A kind that is off stays unsent, and is sent when it is turned on."""
    story.settings = without(LOW_DAYS, LOW, TOPPED_UP)
    assert story.read("0") == [EMPTY]
    story.settings = without(TOPPED_UP)
    assert story.read("9", days(2)) == [LOW]
    story.settings = without(LOW, TOPPED_UP)
    assert story.read("8", days(2)) == []  # the low balance said it


def test_a_drain_in_between_postpones_no_reminder(story: Story) -> None:
    """Only what is reminded of counts: a drain says nothing of a low balance."""
    story.settings = replace(ALL, reminder=DAY)
    assert story.read("9") == [LOW]
    story.now += 12 * HOUR
    assert story.read("8", Outlook(drain=LEAK)) == [DRAIN]
    story.now += 12 * HOUR - 3 * MINUTE
    assert story.read("8") == []
    assert story.read("8") == [LOW]
    assert story.alert.again


def test_a_low_balance_in_between_postpones_the_reminder(story: Story) -> None:
    """Each alert about the balance reminds of the others."""
    story.settings = replace(ALL, reminder=DAY)
    assert story.read("80", days(2)) == [LOW_DAYS]
    story.now += 12 * HOUR
    assert story.read("9", days(2)) == [LOW]
    story.now += 12 * HOUR
    assert story.read("9", days(2)) == []
    story.now += 12 * HOUR
    assert story.read("9", days(2)) == [LOW]


# --- an alert is on its way ---------------------------------------------------------


ON_ITS_WAY = pytest.mark.case(
    "attack 1", "an alert that is stored as sent before it is shown"
)


@pytest.fixture
def unshown(story: Story) -> Story:
    """Return an account whose alerts stay on their way."""
    story.shows_alerts = False
    return story


@ON_ITS_WAY
@pytest.mark.parametrize(
    ("kind", "begin", "again"),
    [
        (LOW, lambda story: story.read("9"), "8"),
        (LOW_DAYS, lambda story: story.read("80", days(3)), "79"),
        (EMPTY, lambda story: story.read("0"), "0"),
        (REJECTED, lambda story: story.fail(Unauthorized), None),
        (DRAIN, lambda story: story.read("80", Outlook(drain=LEAK)), "79"),
        (TOPPED_UP, lambda story: [*story.read("80"), *story.read("90")], "90"),
    ],
)
def test_an_alert_on_its_way_is_not_sent_twice_and_outlives_a_kill(
    unshown: Story,
    kind: AlertKind,
    begin: Callable[[Story], list[AlertKind]],
    again: str | None,
) -> None:
    """A restart knows only what is stored. Once it was shown, it is never repeated."""

    def repeat() -> list[AlertKind]:
        same = days(3) if kind is LOW_DAYS else NOTHING
        return (
            unshown.fail(Unauthorized) if again is None else unshown.read(again, same)
        )

    assert begin(unshown) == [kind]
    assert (unshown.wait(3 * MINUTE), repeat()) == ([], [])
    unshown.restart()
    assert repeat() == [kind]
    assert unshown.alert.reason is Reason.AFTERWARDS
    unshown.memory = unshown.memory.delivered(unshown.alert)
    assert (unshown.wait(3 * MINUTE), repeat()) == ([], [])
    unshown.restart()
    assert (unshown.wait(3 * MINUTE), repeat()) == ([], [])


@ON_ITS_WAY
def test_what_a_lost_alert_covered_is_sent_by_itself(unshown: Story) -> None:
    """Empty and killed, then topped up a little: the balance is low, still."""
    unshown.settings = Settings()
    assert unshown.read("0") == [EMPTY]
    assert unshown.alert.covers == {LOW, LOW_DAYS}
    unshown.restart()
    assert unshown.read("5", days(2)) == [LOW]


@ON_ITS_WAY
def test_a_lost_alert_is_covered_by_a_graver_one_at_the_next_start(
    unshown: Story,
) -> None:
    """The account was used up meanwhile: one alert says both."""
    unshown.settings = Settings()
    assert unshown.read("9", days(2)) == [LOW]
    unshown.restart()
    assert unshown.read("0") == [EMPTY]
    assert unshown.alert.covers == {LOW, LOW_DAYS}


@ON_ITS_WAY
def test_what_a_shown_alert_covered_is_not_sent_by_itself(unshown: Story) -> None:
    """A little that comes back to an empty account then is no news."""
    unshown.settings = Settings()
    assert unshown.read("0") == [EMPTY]
    unshown.memory = unshown.memory.delivered(unshown.alert)
    unshown.restart()
    assert unshown.read("5", days(2)) == []


@ON_ITS_WAY
def test_an_undelivered_alert_makes_pending_what_it_covered(unshown: Story) -> None:
    """Both are sent as one later."""
    assert unshown.read("9", days(2)) == [LOW]
    unshown.memory = unshown.memory.undelivered(unshown.alert)
    assert set(unshown.memory.episodes) == {LOW, LOW_DAYS}
    assert unshown.read("9", days(2)) == [LOW]
    assert unshown.alert.covers == {LOW_DAYS}


@ON_ITS_WAY
def test_an_alert_waits_for_the_fate_of_an_earlier_one_that_covers_it(
    unshown: Story,
) -> None:
    """The limit is set while the other is on its way."""
    unshown.account = replace(ACCOUNT, low_below=Decimal(0))
    assert unshown.read("0") == [EMPTY]
    empty = unshown.alert
    unshown.account = ACCOUNT
    assert (unshown.read("0"), LOW in unshown.memory.episodes) == ([], False)
    unshown.memory = unshown.memory.delivered(empty)
    assert unshown.read("0") == []
    assert (LOW, Disposition.SUPPRESSED, Reason.COVERED) in unshown.fates


@ON_ITS_WAY
def test_an_episode_that_ended_while_its_alert_was_on_its_way_stays_over(
    unshown: Story,
) -> None:
    """Whatever became of the alert; the next episode is sent again."""
    unshown.settings = Settings()
    for outcome in (AlertMemory.delivered, AlertMemory.undelivered):
        assert unshown.read("9") == [LOW]
        low = unshown.alert
        unshown.read("50")
        unshown.memory = outcome(unshown.memory, low)
        assert unshown.memory.episodes == {}


@ON_ITS_WAY
def test_a_reminder_that_was_not_shown_comes_again(unshown: Story) -> None:
    """Not only after another reminder's time."""
    unshown.settings = replace(ALL, reminder=DAY)
    assert unshown.read("9") == [LOW]
    unshown.memory = unshown.memory.delivered(unshown.alert)
    unshown.now += DAY
    assert unshown.read("9") == [LOW]
    assert unshown.alert.again
    unshown.restart()
    assert unshown.read("9") == [LOW]
    unshown.memory = unshown.memory.delivered(unshown.alert)
    assert unshown.read("9") == []


@ON_ITS_WAY
def test_a_top_up_that_comes_while_another_is_on_its_way_is_sent_after_it(
    unshown: Story,
) -> None:
    """Each amount is said once."""
    unshown.read("50")
    assert unshown.read("60") == [TOPPED_UP]
    first = unshown.alert
    assert unshown.read("80") == []
    unshown.memory = unshown.memory.delivered(first)
    assert unshown.read("80") == [TOPPED_UP]
    assert unshown.alert.rise == Decimal(20)
    unshown.memory = unshown.memory.delivered(unshown.alert)
    assert unshown.memory.unreported_top_up == 0
    assert unshown.read("80") == []


@ON_ITS_WAY
def test_time_alone_sends_nothing_that_may_be_out_of_date(story: Story) -> None:
    """After a start the last balance is from before it; a rejected key stays so."""
    story.postponed = Reason.SNOOZED
    story.read("9")
    story.postponed, story.is_current = None, False
    assert story.wait(3 * MINUTE) == []
    assert story.read("9") == [LOW]
    story.memory = AlertMemory(
        failures=5, unanswered=True, time_without_response=2 * DAY
    )
    assert story.wait(3 * MINUTE) == []
    story.memory = replace(story.memory, episodes={REJECTED: EpisodeStatus.PENDING})
    assert story.tick() == [REJECTED]
    story.is_current = True
    assert story.fail() == [UNREACHABLE]


# --- nobody takes notifications ----------------------------------------------------


LEAKING = Outlook(drain=LEAK)


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        (LOW, lambda story: story.read("9")),
        (LOW_DAYS, lambda story: story.read("80", days(3))),
        (EMPTY, lambda story: story.read("0")),
        (REJECTED, lambda story: story.fail(Unauthorized)),
        (DRAIN, lambda story: story.read("80", LEAKING)),
        (TOPPED_UP, lambda story: [*story.read("80"), *story.read("90")]),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_what_is_undelivered_is_sent_once_when_that_is_possible(
    story: Story,
    kind: AlertKind,
    begin: Callable[[Story], list[AlertKind]],
    known: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Whether that is known before sending or only after it."""
    if known:
        story.postponed = Reason.UNDELIVERED
        assert begin(story) == []
        assert (kind, Disposition.PENDING, Reason.UNDELIVERED) in story.fates
    else:
        story.shows_alerts = False
        assert begin(story) == [kind]
        story.memory = story.memory.undelivered(story.alert)
        story.postponed, story.shows_alerts = Reason.UNDELIVERED, True
    assert story.wait(15 * MINUTE) == []
    story.restart()
    story.postponed = None
    assert story.tick() == [kind]
    assert (kind, Disposition.SENT, Reason.AFTERWARDS) in story.fates
    assert story.alert.rise == (Decimal(10) if kind is TOPPED_UP else None)
    assert story.wait(15 * MINUTE) == []


def test_what_is_over_before_it_is_delivered_is_not_sent(story: Story) -> None:
    """A balance that was low is no news when it is topped up."""
    story.settings = Settings()
    story.read("9")
    story.memory = story.memory.undelivered(story.alert)
    story.postponed = Reason.UNDELIVERED
    story.read("50")
    assert story.fates[0] == (LOW, Disposition.SUPPRESSED, Reason.OVER)
    story.postponed = None
    assert story.tick() == []


def test_a_drain_that_was_not_delivered_is_over_after_a_day(story: Story) -> None:
    """The episode is over then."""
    story.postponed = Reason.UNDELIVERED
    story.read("80", LEAKING)
    for _ in range(24 * 4 + 1):
        story.now += 15 * MINUTE
        story.read("80")
    story.postponed = None
    assert story.tick() == []


def test_an_alert_whose_episode_ended_meanwhile_is_not_pending(story: Story) -> None:
    """The desktop refuses the notification late."""
    story.settings = Settings()
    story.read("9")
    alert = story.alert
    story.read("50")
    assert story.memory.undelivered(alert) is story.memory


# --- turned off, held back, reminded ----------------------------------------------


def test_what_is_turned_off_is_sent_when_it_is_turned_on_again(story: Story) -> None:
    """A suppressed alert does not count as sent; it is logged once."""
    story.settings = replace(ALL, alert_kinds=frozenset())
    assert story.read("5") == []
    assert story.fates == [(LOW, Disposition.SUPPRESSED, Reason.OFF)]
    assert story.read("5") == []
    assert story.fates == []
    assert story.fail(Unauthorized) == []
    story.settings = ALL
    assert story.fail(Unauthorized) == [REJECTED]
    assert story.read("5") == [LOW]


@pytest.mark.parametrize("hold", [Reason.SNOOZED, Reason.QUIET])
def test_what_is_pending_is_sent_once_afterwards(story: Story, hold: Reason) -> None:
    """It is sent if it still holds, and logged both times."""
    story.postponed = hold
    assert story.read("9") == []
    assert story.fates == [(LOW, Disposition.PENDING, hold)]
    assert story.read("8") == []
    assert story.fates == []
    story.postponed = None
    assert story.tick() == [LOW]
    assert story.fates == [(LOW, Disposition.SENT, Reason.AFTERWARDS)]
    assert story.tick() == story.read("7") == []


def test_what_is_over_before_it_could_be_sent_is_not_sent(story: Story) -> None:
    """The log says so."""
    story.settings = Settings()
    story.postponed = Reason.SNOOZED
    story.read("9")
    story.read("50")
    assert (LOW, Disposition.SUPPRESSED, Reason.OVER) in story.fates
    story.postponed = None
    assert story.tick() == []


def test_empty_rejected_and_drain_break_through(story: Story) -> None:
    """Urgent kinds do not wait for the morning."""
    story.postponed = Reason.QUIET
    assert story.read("500", Outlook(drain=LEAK)) == [DRAIN]
    assert story.read("0") == [EMPTY]
    assert story.fail(Unauthorized) == [REJECTED]


def test_silence_is_pending_too(story: Story) -> None:
    """It is sent afterwards if there is still no balance."""
    story.postponed = Reason.QUIET
    story.fail()
    story.fail()
    assert story.wait(7 * HOUR) == []
    story.postponed = None
    assert story.tick() == [UNREACHABLE]


def test_no_reminder_comes_unless_a_person_wants_it(story: Story) -> None:
    """Reminders are off by default."""
    story.read("9")
    for _ in range(100):
        story.now += HOUR
        assert story.read("9") == []


def test_a_reminder_comes_every_so_often_while_it_is_low(story: Story) -> None:
    """A reminder is postponed like its alert, and a top-up ends it."""
    story.settings = replace(Settings(), reminder=3 * HOUR)
    assert story.read("9") == [LOW]
    story.now += 3 * HOUR
    story.postponed = Reason.SNOOZED
    assert story.read("9") == []
    story.postponed = None
    assert story.tick() == [LOW]
    assert story.alert.again
    assert story.fates == [(LOW, Disposition.SENT, Reason.REMINDER)]
    assert story.tick() == story.wait(2 * HOUR) == []
    story.now += HOUR
    assert story.fail() == story.tick() == []
    assert story.read("10.2") == []
    assert story.read("9") == [LOW]
    story.now += 9 * HOUR
    assert story.read("50") == []


def test_a_reminder_is_of_the_gravest(story: Story) -> None:
    """An account that is empty by now is not called low."""
    story.settings = replace(ALL, reminder=HOUR)
    story.read("9")
    story.read("0")
    story.now += HOUR
    assert story.read("0") == [EMPTY]


# --- clocks and backups -----------------------------------------------------------


@pytest.mark.parametrize("shift", [-400 * DAY, -HOUR, HOUR, 400 * DAY])
def test_a_changed_clock_neither_repeats_nor_silences(
    story: Story, shift: timedelta
) -> None:
    """The same is true of a restored backup, whose times may lie in the future."""
    story.settings = replace(Settings(), reminder=None)
    assert story.read("500", Outlook(drain=LEAK)) == [DRAIN]
    assert story.read("9") == [LOW]
    story.now += shift
    story.restart()
    assert story.tick() == story.read("9", Outlook(drain=LEAK)) == []
    assert story.read("0") == [EMPTY]
    assert story.read("50") == []
    assert story.read("9") == [LOW]


def test_a_drain_ends_though_it_was_seen_in_what_is_now_the_future(
    story: Story,
) -> None:
    """A day without one, counted by the clock as it is now."""
    story.read("500", Outlook(drain=LEAK))
    story.now -= 400 * DAY
    story.read("490")
    story.now += DAY
    story.read("480")
    assert story.read("440", Outlook(drain=LEAK)) == [DRAIN]


def test_reminders_go_on_after_the_clock_was_set_back(story: Story) -> None:
    """The next reminder does not wait a year."""
    story.settings = replace(Settings(), reminder=3 * HOUR)
    story.read("9")
    story.now -= 400 * DAY
    assert story.read("9") == []
    story.now += 3 * HOUR
    assert story.read("9") == [LOW]


# --- whatever happens -------------------------------------------------------------

AMOUNTS = st.sampled_from(
    ["50", "10.5", "10.2", "10", "9", "9", "1", "0", "0", "-3", "500"]
)
OUTLOOKS = st.sampled_from(
    [
        NOTHING,
        NOTHING,
        days(3),
        days(5),
        days(6),
        days(7),
        Outlook(far=True),
        Outlook(drain=LEAK),
    ]
)
EVENTS = st.one_of(
    st.tuples(
        st.just("read"), AMOUNTS, OUTLOOKS, st.sampled_from(["EUR"] * 6 + ["SMS"])
    ),
    st.tuples(
        st.just("fail"),
        st.sampled_from([NoConnection, Unauthorized, KeyringLocked, Refused]),
    ),
    st.tuples(st.just("restart")),
    st.tuples(
        st.just("hold"), st.sampled_from([None, None, Reason.SNOOZED, Reason.QUIET])
    ),
    st.tuples(st.just("clock"), st.integers(-100, 100).map(lambda n: n * HOUR)),
    st.tuples(st.just("wait"), st.integers(1, 30).map(lambda n: n * MINUTE)),
    st.tuples(st.just("told"), st.frozensets(st.sampled_from(AlertKind), min_size=4)),
)


class Judge:
    """Knows which alerts may be sent, from the events alone."""

    def __init__(self) -> None:
        self.open: set[AlertKind] = set()
        self.reading: tuple[Decimal, str] | None = None
        self.outlook = NOTHING
        self.known = False
        self.new_unit = False
        self.risen = False
        self.failure: type[BalanceTrayError] | None = None

    def reads(self, amount: str, outlook: Outlook, unit: str) -> None:
        """Close what the reading ends."""
        now, before = (Decimal(amount), unit), self.reading
        self.new_unit = before is not None and before[1] != unit
        self.open -= {REJECTED, UNREACHABLE}
        if self.new_unit:
            self.open.clear()
            self.risen = False
        elif before is not None and now[0] > before[0]:
            self.risen = True
            self.open.discard(TOPPED_UP)
        if now[0] >= Decimal("10.5"):
            self.open.discard(LOW)
        if now[0] >= 10:
            self.open.discard(EMPTY)
        if outlook.far or (outlook.days or (0, 0))[0] >= 7:
            self.open.discard(LOW_DAYS)
        if outlook.drain is None:
            self.open.discard(DRAIN)
        self.reading, self.outlook, self.known = now, outlook, True
        self.failure = None

    def fails(self, kind: type[BalanceTrayError]) -> None:
        """Note that nothing is known now."""
        self.known, self.failure = False, kind

    def judge(self, decisions: Iterable[Decision]) -> None:
        """Fail for an alert that is a repetition or not known to be true."""
        for one in decisions:
            if one.disposition is not Disposition.SENT:
                assert one.alert is None
                continue
            assert one.kind is not None
            assert one.kind not in self.open, one
            self.open.add(one.kind)
            assert self._is_known(one.kind), one
            if one.kind is TOPPED_UP:
                self.risen = False

    def _is_known(self, kind: AlertKind) -> bool:
        if kind in {REJECTED, UNREACHABLE}:
            return self.failure is not None
        if not self.known or self.reading is None:
            return False
        if self.new_unit and kind is not EMPTY:
            return False
        return {
            EMPTY: self.reading[0] <= 0,
            LOW: self.reading[0] < 10,
            LOW_DAYS: self.outlook.days is not None and self.outlook.days[0] <= 5,
            DRAIN: self.outlook.drain is not None,
            TOPPED_UP: self.risen,
        }[kind]


@given(st.lists(EVENTS, max_size=60))
def test_nothing_is_sent_twice_or_without_being_known(
    events: list[tuple[object, ...]],
) -> None:
    """For any order of answers, failures, restarts, snoozes and clock changes."""
    story, judge = Story(), Judge()
    for event in events:
        story.decisions.clear()
        match event:
            case "read", str(amount), Outlook() as outlook, str(unit):
                judge.reads(amount, outlook, unit)
                story.read(amount, outlook, unit)
                if story.postponed is None and not judge.new_unit:
                    assert_nothing_is_lost(story, Decimal(amount))
            case "fail", type() as kind:
                judge.fails(kind)
                story.fail(kind)
            case "restart", *_:
                story.restart()
            case "hold", (None | Reason()) as hold:
                story.postponed = hold
                story.tick()
            case "clock", timedelta() as shift:
                story.now += shift
                story.tick()
            case "wait", timedelta() as passed:
                story.now += passed
                story.tick()
            case "told", frozenset() as kinds:
                story.settings = replace(ALL, alert_kinds=kinds)
                story.tick()
        judge.judge(story.decisions)


def assert_nothing_is_lost(story: Story, amount: Decimal) -> None:
    """Check that a low or empty balance counts as sent."""
    episodes = story.memory.episodes
    for kind, holds in ((EMPTY, amount <= 0), (LOW, amount < 10)):
        if holds and kind in story.settings.alert_kinds:
            assert episodes.get(kind) == "told"
