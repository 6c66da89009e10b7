"""Any settings file is read, or kept aside unchanged."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import hypothesis
import pytest
import tomli_w
from hypothesis import assume, given
from hypothesis import strategies as st

from fuzzing.targets import SettingsFileTarget
from trayapp.core.account import Account, Service
from trayapp.core.account_draft import AccountDraft
from trayapp.core.settings import AlertKind, QuietHours, Settings
from trayapp.services.files.config_file import Config

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=70)
URLS = st.sampled_from(
    ["https://sms.example", "https://sms.example:8443/api/", "http://127.0.0.1:1"]
) | st.text(st.characters(codec="ascii"), max_size=30).map("https://{}".format)
AMOUNTS = st.decimals(0, 10**14, places=4) | st.decimals(0, 10**7, places=8)
ACCOUNTS = st.builds(
    AccountDraft,
    id=st.text("0123456789abcdef", min_size=1, max_size=32),
    name=NAMES,
    service=st.sampled_from(Service),
    base_url=URLS,
    panel=st.just("") | URLS,
    sub_account=st.just("") | NAMES,
    low_below=AMOUNTS.map(lambda amount: format(amount, "f")),
    warn_days=st.integers(0, 60).map(str),
    price=st.just("") | AMOUNTS.map(lambda amount: format(amount, "f")),
)
HOURS = st.timedeltas(timedelta(hours=1), timedelta(days=7))
SETTINGS = st.builds(
    Settings,
    # The dialog, like the file, knows whole minutes.
    interval=st.integers(5, 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    alert_kinds=st.frozensets(st.sampled_from(AlertKind)),
    unreachable_after=HOURS,
    quiet=st.none() | st.builds(QuietHours, st.times(), st.times()),
    reminder=st.none() | HOURS,
)
NAMES_IN_IT = st.sampled_from(
    [
        "version",
        "settings",
        "account",
        "id",
        "name",
        "service",
        "base_url",
        "panel",
        "sub_account",
        "low_below",
        "price",
        "warn_days",
        "told",
        "quiet",
        "start",
        "end",
        "reminder_hours",
        "interval_minutes",
        "notify_low",
        "unreachable_after_hours",
        "notify_rejected",
    ]
)
VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.text(st.characters(codec="utf-8"), max_size=20),
        st.times(),
        st.dates(),
        st.datetimes(),
        st.sampled_from(["smsup", "custom", "low", "10", "https://sms.example"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(NAMES_IN_IT, inner, max_size=5)
    ),
    max_leaves=8,
)
TABLES = st.dictionaries(NAMES_IN_IT, VALUES, max_size=8).map(
    lambda table: {"version": 1, **table}
)


@pytest.fixture(scope="module")
def settings_file() -> Iterator[SettingsFileTarget]:
    """Give a settings file in a temporary folder."""
    with contextlib.closing(SettingsFileTarget()) as target:
        yield target


@hypothesis.settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_give_settings(
    settings_file: SettingsFileTarget, data: bytes
) -> None:
    """None of the bytes are lost."""
    settings_file(data)


@hypothesis.settings(max_examples=300)
@given(TABLES)
def test_any_toml_gives_settings(
    settings_file: SettingsFileTarget, table: dict[str, object]
) -> None:
    """With any values for our names."""
    settings_file(tomli_w.dumps(table).encode())


@hypothesis.settings(max_examples=300)
@given(TABLES, st.data())
def test_changed_or_cut_toml_gives_settings(
    settings_file: SettingsFileTarget, table: dict[str, object], data: st.DataObject
) -> None:
    """One byte differs, or the end is missing."""
    raw = bytearray(tomli_w.dumps(table).encode())
    where = data.draw(st.integers(0, len(raw) - 1))
    raw[where : where + 1] = data.draw(st.binary(max_size=2))
    settings_file(bytes(raw[: data.draw(st.integers(where, len(raw)))]))


@hypothesis.settings(max_examples=300)
@given(st.lists(ACCOUNTS, max_size=3), SETTINGS)
def test_all_settings_are_saved_and_loaded(
    settings_file: SettingsFileTarget, drafts: list[AccountDraft], settings: Settings
) -> None:
    """Every account that the dialog accepts, with any settings."""
    accounts: list[Account] = []
    for draft in drafts:
        typed = replace(draft, name=draft.name.strip())
        if not typed.problems([one.name for one in accounts]):
            accounts.append(typed.account())
    assume(len({one.id for one in accounts}) == len(accounts))
    assert all(isinstance(one.low_below, Decimal) for one in accounts)
    settings_file.assert_saved(Config(tuple(accounts), settings))
