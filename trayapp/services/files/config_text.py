"""The text of the settings file: accounts and settings as TOML."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import tomli_w

from trayapp.core.account import Account, Service
from trayapp.core.account_draft import ACCOUNT_FIELDS, AccountDraft
from trayapp.core.balance import exact_amount
from trayapp.core.errors import ConfigBroken, ConfigTooNew
from trayapp.core.settings import (
    DEFAULT_ALERT_KINDS,
    SETTINGS,
    AlertKind,
    Setting,
    Settings,
    exactly,
)
from trayapp.core.unfinished import StepKind, UnfinishedStep

_VERSION: Final = 1
_BEGIN: Final = "# The settings of Balance Tray, whole if a line below says so.\n"
_END: Final = "# This is the end."
_OFF: Final = "not_told"
"""The key of the alert kinds that are off. A kind in neither list is newer than the
file and has its default."""
FIRST_KINDS: Final = (
    "low",
    "low-days",
    "empty",
    "rejected",
    "drain",
    "unreachable",
    "topped-up",
)
"""The kinds of files without `not_told`. This list never grows."""
_UNFINISHED: Final = "unfinished"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Config:
    """The content of the settings file."""

    accounts: tuple[Account, ...] = ()
    settings: Settings = field(default_factory=Settings)
    unfinished: tuple[UnfinishedStep, ...] = ()
    """What is still to be done of earlier changes (`services/unfinished_steps.py`)."""


def from_toml(raw: bytes) -> Config:
    """Parse a file's bytes; raises `ConfigBroken` or `ConfigTooNew`."""
    try:
        # Some editors begin a file with a byte order mark ("-sig").
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        # A truncated file may be valid TOML with fewer accounts.
        if text.startswith(_BEGIN) and _END not in text.splitlines():
            raise ConfigBroken(detail="it ends too early")
        return _from_table(tomllib.loads(text))
    except (
        ValueError,
        KeyError,
        TypeError,
        OverflowError,
        RecursionError,
    ) as error:
        # TOML errors, Unicode errors and values out of range are ValueErrors.
        raise ConfigBroken(detail=str(error)) from error


def to_toml(config: Config) -> str:
    """Return the text of the file."""
    text = tomli_w.dumps(
        {
            "version": _VERSION,
            "settings": _settings_table(config.settings),
            "account": [_account_table(account) for account in config.accounts],
            **_unfinished_table(config.unfinished),
        }
    )
    return f"{_BEGIN}{text}{_END}\n"


def _settings_table(settings: Settings) -> dict[str, object]:
    values = {name: getattr(settings, name) for name in SETTINGS}
    off = frozenset(AlertKind) - settings.alert_kinds
    return {
        _OFF: sorted(kind.value for kind in off),
        **{
            SETTINGS[name].key: SETTINGS[name].write(value)
            for name, value in values.items()
            if value is not None
        },
    }


def _account_table(account: Account) -> dict[str, str | int]:
    table: dict[str, str | int] = {"id": account.id, "service": account.service.value}
    is_custom = account.service is Service.CUSTOM
    for name, description in ACCOUNT_FIELDS.items():
        value = getattr(account, name)
        if is_custom if description.is_custom else value not in {None, ""}:
            table[name.value] = _plain(value)
    return table


def _unfinished_table(steps: tuple[UnfinishedStep, ...]) -> dict[str, object]:
    tables = [
        {
            "step": step.kind.value,
            "id": step.account_id,
            "name": step.name,
            **({} if step.due is None else {"due": step.due}),
        }
        for step in steps
    ]
    return {_UNFINISHED: tables} if tables else {}


def _plain(value: object) -> str | int:
    match value:
        case int():
            return value
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _from_table(table: dict[str, object]) -> Config:
    version = _typed(table.get("version"), int, "version")
    if version > _VERSION:
        raise ConfigTooNew(detail=f"version {version}")
    settings = _typed(table.get("settings", {}), dict, "settings")
    accounts = _typed(table.get("account", []), list, "account")
    read = tuple(_account(_typed(table, dict, "account")) for table in accounts)
    for label, values in (
        ("id", [account.id for account in read]),
        ("name", [account.name.casefold() for account in read]),
    ):
        if len(set(values)) != len(values):
            message = f"two accounts have the same {label}"
            raise ValueError(message)
    steps = _typed(table.get(_UNFINISHED, []), list, _UNFINISHED)
    known = filter(None, map(_step, steps))
    return Config(read, _settings(settings), tuple(known))


def _settings(table: dict[str, object]) -> Settings:
    values = {
        name: _read(setting, table[setting.key])
        for name, setting in SETTINGS.items()
        if setting.key in table
    }
    if "alert_kinds" not in values:
        values["alert_kinds"] = _alert_kinds_of_old(table)
    values["alert_kinds"] |= _newer_kinds(table)
    return Settings(**values)


def _read(setting: Setting, value: object) -> Any:  # noqa: ANN401  # of the setting's own type
    try:
        return setting.read(value)
    except (TypeError, ValueError) as error:
        message = f"{setting.key}: {error}"
        raise ValueError(message) from error


def _newer_kinds(table: dict[str, object]) -> frozenset[AlertKind]:
    """Return the default kinds that the version which wrote the file did not have."""
    on = _typed(table.get(SETTINGS["alert_kinds"].key, []), list, "alert kinds")
    off = _typed(table.get(_OFF, list(FIRST_KINDS)), list, _OFF)
    return frozenset(kind for kind in DEFAULT_ALERT_KINDS if kind not in {*on, *off})


def _alert_kinds_of_old(table: dict[str, object]) -> frozenset[AlertKind]:
    """Read what files had before the first release."""
    kinds = DEFAULT_ALERT_KINDS
    if not _typed(table.get("notify_low", True), bool, "notify_low"):
        kinds -= {AlertKind.LOW, AlertKind.EMPTY}
    if not _typed(table.get("notify_rejected", True), bool, "notify_rejected"):
        kinds -= {AlertKind.REJECTED}
    return kinds


def _step(value: object) -> UnfinishedStep | None:
    """Read a step; None for one of a newer version."""
    table = _typed(value, dict, _UNFINISHED)
    due = table.get("due")
    if due is not None and _typed(due, datetime, "due").tzinfo is None:
        message = "due: without a time zone"
        raise ValueError(message)
    kind = _typed(table.get("step"), str, "step")
    if kind not in set(StepKind):
        return None
    return UnfinishedStep(
        StepKind(kind),
        _typed(table.get("id", ""), str, "id"),
        _typed(table.get("name", ""), str, "name"),
        due,
    )


def _account(table: dict[str, object]) -> Account:
    """Read one account by the rules that the dialog has too."""
    types = {
        name.value: description.toml_type
        for name, description in ACCOUNT_FIELDS.items()
    }
    texts = {
        # Without quotes, a name such as 2026-11-01 is one of TOML's dates.
        name: value.isoformat()
        if type(value) is date and types.get(name) is str
        else str(_typed(value, types.get(name, str), name))
        for name, value in table.items()
    }
    draft = AccountDraft(
        id=texts["id"],
        service=Service(texts["service"]),
        **{name: text for name, text in texts.items() if name in types},
    )
    problems = [f"{name}: {words}" for name, words in draft.problems(()).items()]
    if not problems:
        account = draft.account()
        # The dialog reads more ways to write an amount than this program writes.
        problems = [
            f"{name}: not an exact amount"
            for name, text in texts.items()
            if isinstance(getattr(account, name, None), Decimal)
            and exact_amount(text) is None
        ]
    if not draft.id or problems:
        message = f"account {draft.name!r}: {'; '.join(problems) or 'no id'}"
        raise ValueError(message)
    return account


def _typed(value: object, kind: type[_T], name: str) -> _T:
    """Give a value that is exactly of a type, or say which one is not."""
    try:
        return exactly(value, kind)
    except TypeError as error:
        message = f"{name}: {error}"
        raise ValueError(message) from error
