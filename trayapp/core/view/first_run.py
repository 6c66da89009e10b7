"""The first account in three steps: the question and the suggestions of each."""

from decimal import ROUND_FLOOR, Decimal
from enum import IntEnum
from typing import Final

from trayapp.core.account import DEFAULT_LOW, Service
from trayapp.core.account_draft import DraftField
from trayapp.core.balance import Balance
from trayapp.core.base_url import BaseUrl, base_url_problem
from trayapp.core.i18n.language import Language, mark
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.view.names import service_name

_SHARE: Final = Decimal("0.1")
_LEAST: Final = Decimal(1)
_LONGEST_NAME: Final = 60


class Step(IntEnum):
    """The steps, in their order."""

    SERVICE = 1
    KEY = 2
    LIMIT = 3


FIELDS: Final = {
    Step.SERVICE: (DraftField.BASE_URL, DraftField.WEBSITE),
    Step.KEY: (DraftField.KEY, DraftField.NAME),
    Step.LIMIT: (DraftField.LOW_BELOW, DraftField.WARN_DAYS),
}
"""The fields of each step."""

_QUESTIONS: Final = {
    Step.SERVICE: mark("Where is your SMS account?"),
    Step.KEY: mark("What is its API key?"),
    Step.LIMIT: mark("When do you want to be warned?"),
}
_HELP: Final = {
    Step.SERVICE: mark(
        "Balance Tray keeps an eye on its credit and warns you in time to top up."
    ),
    Step.KEY: mark(
        "With it the gateway tells the balance; it is kept in this computer's keyring "
        "and nowhere else."
    ),
    Step.LIMIT: mark("Early enough for a payment to arrive before it is used up."),
}


def place_words(step: Step, language: Language) -> str:
    """Name the step's number and the number of steps."""
    shape = language.gettext("Step {number} of {count}")
    return shape.format(number=int(step), count=len(Step))


def question(step: Step, language: Language) -> str:
    """Give the question of a step."""
    return language.gettext(_QUESTIONS[step])


def help_words(step: Step, language: Language) -> str:
    """Give the sentence of help below the question."""
    return language.gettext(_HELP[step])


def suggested_name(service: Service, base_url: str, language: Language) -> str:
    """Suggest the service's name, or the host for another service; may be empty."""
    if service is not Service.CUSTOM:
        return service_name(service, language)
    if base_url_problem(base_url) is not None:
        return ""
    url = BaseUrl.parse(base_url.strip())
    return one_line(url.host if url is not None else "", _LONGEST_NAME)


def suggested_low(balance: Balance | None) -> Decimal:
    """Suggest a limit: a tenth of the balance, rounded down, at least 1.

    A round number has one leading digit, or a digit and a 5: 35, 100, 4.5. Without a
    balance above 0 it is the usual limit.
    """
    if balance is None or balance.amount <= 0:
        return DEFAULT_LOW
    tenth = balance.amount * _SHARE
    if tenth <= _LEAST:
        return _LEAST
    half = Decimal(5).scaleb(tenth.adjusted() - 1)
    return (tenth / half).to_integral_value(ROUND_FLOOR) * half


def limit_words(
    low_below: Decimal | None, balance: Balance | None, language: Language
) -> str:
    """Say what a limit means for the current balance; empty without a limit."""
    translate = language.gettext
    if low_below is None:
        return ""
    if balance is None:
        if not low_below:
            return translate("Warns only when it is used up.")
        shape = translate("Warns below {limit}; the balance isn't known yet.")
        return shape.format(limit=language.understood_number(low_below))
    if not low_below:
        # Translators: {balance} is an amount with its unit.
        shape = translate("Warns only when it is used up, now {balance}.")
    elif balance.amount < low_below:
        # Translators: both are amounts with their units: "below €35.00, now €12.30".
        shape = translate("Warns at once: below {limit}, now {balance}.")
    else:
        # Translators: both are amounts with their units: "below €35.00, now €350.12".
        shape = translate("Warns below {limit}, now {balance}.")
    return shape.format(
        limit=language.money(low_below, balance.unit),
        balance=language.money(balance.amount, balance.unit),
    )
