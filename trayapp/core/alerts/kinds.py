"""All kinds of alerts, one record each: rules, words and what goes with them.

The kinds that watch the balance are in `balance_kinds`, the others here. To add a kind,
add a member to `AlertKind` in core/settings.py, write a record, and name it in `KINDS`.
`decide` runs the rules, `wording` writes the notification; the settings dialog and the
notification log read the texts. tests/core/alerts/test_kinds.py names what is missing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from trayapp.core.alerts.balance_kinds import DRAIN, EMPTY, LOW, LOW_DAYS, TOPPED_UP
from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.notification import NotificationButton
from trayapp.core.alerts.phrases import amount_left, duration_words
from trayapp.core.alerts.record import AlertKindRecord, Situation
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure
from trayapp.core.i18n.language import Language, mark
from trayapp.core.settings import AlertKind

_FAILURES: Final = 2
"""One failed request says little, however old the last good response is."""


def _heard_balance(situation: Situation) -> bool:
    return isinstance(situation.result, Reading)


# --- the key is rejected -----------------------------------------------------------


def _rejected(situation: Situation) -> Alert | None:
    is_now = isinstance(situation.result, Failure) and situation.result.kind.rejects_key
    is_still = situation.result is None and situation.is_pending(AlertKind.REJECTED)
    return Alert(AlertKind.REJECTED, situation.account) if is_now or is_still else None


def _rejected_body(_: Alert, language: Language) -> str:
    return language.gettext(
        "The key may be wrong or revoked: enter the new one. Or this computer's IP "
        "address is blocked: allow it in the account's API settings. The balance is "
        "not watched until then."
    )


REJECTED: Final = AlertKindRecord(
    kind=AlertKind.REJECTED,
    alert=_rejected,
    is_over=_heard_balance,
    compares_amounts=False,
    is_urgent=True,
    event=mark("the API key is rejected"),
    body=_rejected_body,
    topic="key",
    button=(NotificationButton.ENTER_KEY, mark("Enter new key")),
    log_text=mark("API key rejected"),
    option_label=mark("API key is re&jected"),
    option_help=mark("It changed or was revoked, or this computer is blocked."),
)

# --- the gateway is unreachable ----------------------------------------------------


def _unreachable(situation: Situation) -> Alert | None:
    memory = situation.memory
    is_long = memory.time_without_response >= situation.settings.unreachable_after
    is_outage = memory.unanswered and memory.failures >= _FAILURES
    if not (situation.is_current and is_outage and is_long):
        return None
    last = memory.seen.balance if memory.seen is not None else None
    return Alert(
        AlertKind.UNREACHABLE,
        situation.account,
        last,
        time_without_response=memory.time_without_response,
    )


def _unreachable_body(alert: Alert, language: Language) -> str:
    translate = language.gettext
    # Translators: {time} is a length of time, such as "3 hours".
    sentence = translate("For {time} no question was answered with a balance.").format(
        time=duration_words(alert.time_without_response or timedelta(0), language)
    )
    if alert.balance is None:
        return sentence
    last = translate("The last one was {amount}; it may be less now.").format(
        amount=amount_left(alert, language)
    )
    return f"{sentence} {last}"


UNREACHABLE: Final = AlertKindRecord(
    kind=AlertKind.UNREACHABLE,
    alert=_unreachable,
    is_over=_heard_balance,
    compares_amounts=False,
    event=mark("no balance for a long time"),
    body=_unreachable_body,
    topic="reach",
    button=None,
    log_text=mark("No balance for long"),
    option_label=mark("Unreac&hable for longer than"),
    option_help=mark("Shorter gaps are seen in the tray and the window only."),
)


KINDS: Final[Mapping[AlertKind, AlertKindRecord]] = {
    record.kind: record
    for record in (
        EMPTY,
        DRAIN,
        REJECTED,
        LOW,
        LOW_DAYS,
        UNREACHABLE,
        TOPPED_UP,
    )
}
"""Each kind's record, the gravest first."""
