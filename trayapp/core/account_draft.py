"""An account's fields, each described once, and the draft of an account."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from trayapp.core.account import (
    DEFAULT_LOW,
    DEFAULT_WARN_DAYS,
    LONGEST_WARN_DAYS,
    Account,
    Service,
)
from trayapp.core.base_url import base_url_problem
from trayapp.core.i18n.language import ENGLISH, Language, mark
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.i18n.typed_numbers import AmbiguousNumberError, UnreadableNumberError

_LONGEST_NAME: Final = 60
_LONGEST_SUB_ACCOUNT: Final = 100


class DraftField(StrEnum):
    """The fields that can be wrong; a message stands beside each.

    A value is the attribute's name in `Account` and `AccountDraft`, and the key in the
    settings file.
    """

    NAME = "name"
    BASE_URL = "base_url"
    WEBSITE = "panel"
    SUB_ACCOUNT = "sub_account"
    LOW_BELOW = "low_below"
    WARN_DAYS = "warn_days"
    PRICE = "price"
    KEY = "key"
    """It belongs to the keyring, not to the account."""


class FieldError(ValueError):
    """What is wrong with a field: one sentence, marked for translation."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self._sentence, self._values = sentence, values

    def words(self, language: Language) -> str:
        """Translate the sentence, and fill in its values."""
        sentence = language.gettext(self._sentence)
        return sentence.format(**self._values) if self._values else sentence


@dataclass(frozen=True, slots=True)
class CommandOption:
    """The option of `balance-tray account add` for a field."""

    flag: str
    metavar: str
    default: str = ""
    help: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountField:
    """One field of an account, for the dialogs, the settings file and `account add`."""

    field: DraftField
    label: str
    """Marked for translation, with its mnemonic."""
    help: str
    """Marked for translation."""
    read: Callable[[str, Language], Any]
    """Make the account's value of the typed text; raises `FieldError`."""
    is_custom: bool = False
    """Whether only `Service.CUSTOM` has it."""
    toml_type: type[str | int] = str
    """How the settings file holds it: texts are written as in English."""
    option: CommandOption | None = None


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account while it is typed: texts that may be wrong."""

    id: str
    name: str
    service: Service = Service.SMSUP
    base_url: str = ""
    panel: str = ""
    sub_account: str = ""
    low_below: str = ""
    warn_days: str = str(DEFAULT_WARN_DAYS)
    price: str = ""
    """What one message costs; empty if the person does not say."""

    def problems(
        self, other_names: Iterable[str], language: Language = ENGLISH
    ) -> dict[DraftField, str]:
        """Give what is wrong, field by field, in sentences of the language."""
        problems: dict[DraftField, str] = {}
        if problem := _name_problem(self.name, other_names):
            problems[DraftField.NAME] = language.gettext(problem)
        for account_field in self._fields():
            try:
                self._value(account_field, language)
            except FieldError as error:
                problems[account_field.field] = error.words(language)
        return problems

    def account(self, language: Language = ENGLISH) -> Account:
        """Make the account; the name is not checked, so that a key can be tried before.

        Raises `ValueError` if another field has a problem.
        """
        try:
            values = {
                account_field.field.value: self._value(account_field, language)
                for account_field in self._fields()
            }
        except FieldError as error:
            message = "a draft with problems is no account"
            raise ValueError(message) from error
        return Account(id=self.id, service=self.service, **values)

    def understood(
        self, language: Language = ENGLISH
    ) -> Iterator[tuple[AccountField, str]]:
        """Give each amount that is not typed in plain digits, and how it is read."""
        for account_field in self._fields():
            typed = getattr(self, account_field.field)
            if meaning := amount_meaning(account_field, typed, language):
                yield account_field, meaning

    def _fields(self) -> Iterator[AccountField]:
        is_custom = self.service is Service.CUSTOM
        return (
            description
            for description in ACCOUNT_FIELDS.values()
            if is_custom or not description.is_custom
        )

    def _value(self, account_field: AccountField, language: Language) -> Any:  # noqa: ANN401  # of the field's own type
        return account_field.read(getattr(self, account_field.field), language)


def typed_text(value: object, language: Language) -> str:
    """Write a field's value as the person would type it; None is an empty text."""
    match value:
        case None:
            return ""
        case Decimal():
            return language.number(value)
        case _:
            return str(value)


def amount_meaning(field: AccountField, text: str, language: Language) -> str:
    """Write how an amount is read; empty if it is typed so, and for other fields."""
    typed = text.strip()
    if typed.isdigit():
        return ""
    try:
        value = field.read(text, language)
    except FieldError:
        return ""
    if not isinstance(value, Decimal):
        return ""
    meaning = language.understood_number(value)
    return "" if meaning == typed else meaning


def _name_problem(name: str, other_names: Iterable[str]) -> str | None:
    plain = one_line(name, _LONGEST_NAME)
    if not plain:
        return mark("Give the account a name.")
    if plain != name.strip():
        return mark("Use at most 60 plain characters.")
    if plain.casefold() in {other.casefold() for other in other_names}:
        return mark("Another account has this name.")
    return None


def _read_text(text: str, _: Language) -> str:
    return text.strip()


def _read_base_url(text: str, _: Language) -> str:
    if problem := base_url_problem(text):
        raise FieldError(problem)
    return text.strip().rstrip("/")


def _read_website(text: str, _: Language) -> str:
    if text.strip() and base_url_problem(text):
        raise FieldError(mark("Enter a web address with https://."))
    return text.strip()


def _read_sub_account(text: str, _: Language) -> str:
    sub_account = text.strip()
    if one_line(sub_account, _LONGEST_SUB_ACCOUNT) != sub_account:
        raise FieldError(mark("Use the sub-account's user name as it is."))
    return sub_account


def _read_low_below(text: str, language: Language) -> Decimal:
    return _read_amount(
        text, language, mark("Enter an amount such as 25; 0 for no warning.")
    )


def _read_amount(text: str, language: Language, otherwise: str) -> Decimal:
    """Parse an amount; `otherwise` is the sentence for text that is none."""
    try:
        return language.read_number(text)
    except AmbiguousNumberError as error:
        raise FieldError(
            mark("{typed} can be {whole} or {fraction}: type one of these."),
            typed=one_line(text, _LONGEST_NAME),
            whole=language.plain_number(error.whole),
            fraction=language.plain_number(error.fraction),
        ) from None
    except UnreadableNumberError:
        raise FieldError(otherwise) from None


def _read_warn_days(text: str, _: Language) -> int:
    digits = text.strip()
    is_number = re.fullmatch(r"[0-9]{1,2}", digits, re.ASCII)
    if not is_number or int(digits) > LONGEST_WARN_DAYS:
        raise FieldError(mark("Enter a number of days up to 60; 0 for no warning."))
    return int(digits)


def _read_price(text: str, language: Language) -> Decimal | None:
    if not text.strip():
        return None
    advice = mark("Enter what one message costs, such as 0.05, or nothing.")
    price = _read_amount(text, language, advice)
    if not price:
        raise FieldError(advice)
    return price


_FIELDS: Final = (
    AccountField(
        field=DraftField.NAME,
        label=mark("&Name:"),
        help=mark("What it is called in this program."),
        read=_read_text,
    ),
    AccountField(
        field=DraftField.BASE_URL,
        label=mark("&Address:"),
        help=mark("Where its API answers: all that comes before /api/3.0."),
        read=_read_base_url,
        is_custom=True,
        option=CommandOption(
            "--base-url", "URL", help="its own address; means --service custom"
        ),
    ),
    AccountField(
        field=DraftField.WEBSITE,
        label=mark("Top-up pa&ge:"),
        help=mark("Optional: the web page on which you top up."),
        read=_read_website,
        is_custom=True,
    ),
    AccountField(
        field=DraftField.SUB_ACCOUNT,
        label=mark("S&ub-account:"),
        help=mark("Optional: its user name; the key is the main account's."),
        read=_read_sub_account,
        option=CommandOption("--sub-account", "USER"),
    ),
    AccountField(
        field=DraftField.LOW_BELOW,
        label=mark("&Warn below:"),
        help=mark("In euros, credits or its other unit; 0 only when empty."),
        read=_read_low_below,
        option=CommandOption(
            "--low",
            "AMOUNT",
            default=str(DEFAULT_LOW),
            help="warn below this amount (default 10; 0 only when it is empty)",
        ),
    ),
    AccountField(
        field=DraftField.WARN_DAYS,
        label=mark("Warn &days ahead:"),
        help=mark("How many days before it may run out; 0 for never."),
        read=_read_warn_days,
        toml_type=int,
    ),
    AccountField(
        field=DraftField.PRICE,
        label=mark("Pr&ice per message:"),
        help=mark("Optional: to show how many messages are left."),
        read=_read_price,
    ),
)

ACCOUNT_FIELDS: Final[Mapping[DraftField, AccountField]] = {
    account_field.field: account_field for account_field in _FIELDS
}
"""All fields, in the order of the dialog. A new one is also an attribute of `Account`
and of `AccountDraft`, and a member of `DraftField`."""


def with_own_names(
    accounts: Iterable[Account], others: Iterable[Account]
) -> tuple[Account, ...]:
    """Join accounts; one of `others` whose name is taken gets a number."""
    together = list(accounts)
    for account in others:
        names = {named.name.casefold() for named in together}
        name, number = account.name, 1
        while name.casefold() in names:
            number += 1
            name = f"{account.name[: _LONGEST_NAME - 5]} ({number})"
        together.append(replace(account, name=name))
    return tuple(together)
