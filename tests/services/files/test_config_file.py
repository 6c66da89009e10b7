"""The settings file: validated, and replaced atomically."""

import os
import stat
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trayapp.core.account import Account, Service
from trayapp.core.errors import (
    ConfigBroken,
    ConfigTooNew,
    ConfigUnreadable,
    ConfigUnwritable,
)
from trayapp.core.settings import (
    DEFAULT_ALERT_KINDS,
    AlertKind,
    IconStyle,
    QuietHours,
    Settings,
)
from trayapp.core.unfinished import StepKind, UnfinishedStep
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.config_text import FIRST_KINDS

CONFIG = Config(
    (
        Account(
            "a1",
            "Main",
            low_below=Decimal("12.50"),
            warn_days=0,
            price=Decimal("0.0450"),
        ),
        Account(
            "b2",
            'Quotes " and ünïcode',
            Service.CUSTOM,
            "https://sms.example:8443/api",
            "shop",
            Decimal(0),
            "https://pay.example",
        ),
    ),
    Settings(
        timedelta(minutes=30),
        frozenset({AlertKind.DRAIN, AlertKind.LOW}),
        timedelta(hours=36),
        QuietHours(time(22), time(7, 30)),
        timedelta(hours=12),
        IconStyle.NUMBER,
        "es",
        discreet=True,
    ),
)


ACCOUNT = """version = 1
[[account]]
id = 'a'
name = 'x'
service = 'smsup'
low_below = '1'
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a path in a folder that does not exist yet."""
    return tmp_path / "balance-tray" / "config.toml"


def test_saved_settings_can_be_loaded(path: Path) -> None:
    """The accounts keep their order, and all settings their values."""
    ConfigFile(path).save(CONFIG)
    loaded = ConfigFile(path).load()
    assert (loaded.config, loaded.problem) == (CONFIG, None)


def test_missing_settings_have_their_defaults(path: Path) -> None:
    """A person may write a short file by hand."""
    path.parent.mkdir()
    path.write_text(ACCOUNT)
    account = Account("a", "x", low_below=Decimal(1))
    assert ConfigFile(path).load().config == Config((account,), Settings())


@pytest.mark.case("also 3", "what a person types is read as they write it")
def test_a_date_without_quotes_is_read_as_it_is_written(path: Path) -> None:
    """A person names an account by its first day; TOML takes that for a date."""
    path.parent.mkdir(mode=0o700)
    path.write_text(ACCOUNT.replace("'x'", "2026-11-01") + "sub_account = 2026-12-24\n")
    path.chmod(0o600)
    account = Account("a", "2026-11-01", sub_account="2026-12-24", low_below=Decimal(1))
    assert ConfigFile(path).load().config == Config((account,), Settings())


def test_reading_the_language_repairs_nothing(path: Path) -> None:
    """Only `load` keeps a broken file aside and reports it."""
    file = ConfigFile(path)
    assert file.language() == ""
    file.save(Config(settings=Settings(language="ca")))
    assert file.language() == "ca"
    for broken in ("version = 1\n[settings]\nlanguage = 3\n", "version = 99\n", "no"):
        path.write_text(broken)
        assert file.language() == ""
        assert path.read_text() == broken
        assert list(path.parent.iterdir()) == [path]


def test_a_file_from_before_the_first_release_is_read(path: Path) -> None:
    """It has two switches instead of seven alert kinds."""
    path.parent.mkdir()
    path.write_text(
        "version = 1\n[settings]\nnotify_low = false\nnotify_rejected = false\n"
    )
    silent = {AlertKind.LOW, AlertKind.EMPTY, AlertKind.REJECTED}
    assert (
        ConfigFile(path).load().config.settings.alert_kinds
        == DEFAULT_ALERT_KINDS - silent
    )


def test_an_alert_kind_that_is_newer_than_the_file_has_its_default(path: Path) -> None:
    """A person who updates the program gets its new warnings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version = 1\n[settings]\ntold = ['low']\nnot_told = ['empty']\n")
    loaded = ConfigFile(path).load()
    kinds = loaded.config.settings.alert_kinds
    assert kinds == DEFAULT_ALERT_KINDS - {AlertKind.EMPTY}
    ConfigFile(path).save(loaded.config)
    assert ConfigFile(path).load().config == loaded.config


def test_a_kind_that_was_off_stays_off_in_a_file_of_the_first_version(
    path: Path,
) -> None:
    """Such a file lists only the kinds that are on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version = 1\n[settings]\ntold = ['low']\n")
    kinds = ConfigFile(path).load().config.settings.alert_kinds
    assert {kind for kind in kinds if kind.value in FIRST_KINDS} == {AlertKind.LOW}


def test_hours_may_be_integers(path: Path) -> None:
    """A person writes 3, not 3.0."""
    path.parent.mkdir()
    path.write_text("version = 1\n[settings]\nreminder_hours = 3\n")
    assert ConfigFile(path).load().config.settings.reminder == timedelta(hours=3)


def test_a_missing_file_is_no_problem(path: Path) -> None:
    """The first start has the defaults and writes nothing."""
    loaded = ConfigFile(path).load()
    assert (loaded.config, loaded.problem) == (Config(), None)
    assert not path.parent.exists()


def test_only_the_owner_may_read_file_and_folder(path: Path) -> None:
    """The modes are 0600 and 0700 with any umask."""
    before = os.umask(0)
    try:
        ConfigFile(path).save(CONFIG)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "",
        "version = 'one'",
        "version = true",
        "version = 1\naccount = 5",
        "version = 1\n[settings]\ninterval_minutes = 4",
        "version = 1\n[settings]\ninterval_minutes = 99999999999999999999",
        "version = 1\n[settings]\nnotify_low = 1",
        "version = 1\n[settings]\ntold = ['gossip']",
        "version = 1\n[settings]\ntold = 'low'",
        "version = 1\n[settings]\nunreachable_after_hours = 0.5",
        "version = 1\n[settings]\nunreachable_after_hours = nan",
        "version = 1\n[settings]\nunreachable_after_hours = inf",
        "version = 1\n[settings]\nreminder_hours = '3'",
        "version = 1\n[settings]\nquiet = { start = 22:00:00 }",
        "version = 1\n[settings]\nquiet = { start = 22, end = 7 }",
        ACCOUNT + "warn_days = 61",
        ACCOUNT + "warn_days = '5'",
        ACCOUNT + "price = '0'",
        ACCOUNT + "price = '0,05'",
        ACCOUNT + "price = 0.05",
        "version = 1\n[[account]]\nname = 'x'",
        "version = 1\n[[account]]\nid='a'\nname='x'\nservice='smsup'\nlow_below='1e3'",
        "version = 1\n[[account]]\nid='a'\nname='x'\nservice='smsup'\nlow_below='-1'",
        "version = 1\n[[account]]\nid='a'\nname='x'\nservice='smsup'\nlow_below='1,5'",
        "version = 1\n[[account]]\nid=''\nname='x'\nservice='smsup'\nlow_below='1'",
        "version = 1\n[[account]]\nid='a'\nname='x'\nservice='new'\nlow_below='1'",
        "version = 1\n[[account]]\nid='a'\nname='x'\nservice='custom'\nlow_below='1'",
    ],
)
def test_a_broken_file_is_left_alone_and_the_program_starts(
    path: Path, text: str
) -> None:
    """It keeps its content, and the problem names it."""
    path.parent.mkdir()
    path.write_text(text)
    loaded = ConfigFile(path).load()
    assert loaded.config == Config()
    assert loaded.problem is not None
    assert loaded.problem.kind is ConfigBroken
    assert list(path.parent.iterdir()) == [path]
    assert str(path)[:40] in loaded.problem.detail
    assert path.read_text() == text


def test_two_accounts_of_one_name_are_a_broken_file(path: Path) -> None:
    """The command line finds an account by its name."""
    first, second = CONFIG.accounts
    ConfigFile(path).save(Config((first, replace(second, name="MAIN"))))
    problem = ConfigFile(path).load().problem
    assert problem is not None
    assert problem.kind is ConfigBroken


def test_undecodable_bytes_are_a_broken_file(path: Path) -> None:
    """The program starts with the defaults."""
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    problem = ConfigFile(path).load().problem
    assert problem is not None
    assert problem.kind is ConfigBroken


def test_a_file_from_a_newer_version_stays_as_it_is(path: Path) -> None:
    """It is neither renamed nor replaced."""
    path.parent.mkdir()
    path.write_text("version = 2\nfuture = true\n")
    file = ConfigFile(path)
    problem = file.load().problem
    assert problem is not None
    assert problem.kind is ConfigTooNew
    with pytest.raises(ConfigTooNew):
        file.save(CONFIG)
    assert path.read_text() == "version = 2\nfuture = true\n"
    assert list(path.parent.iterdir()) == [path]


def test_an_unreadable_file_stays_as_it_is(path: Path) -> None:
    """A folder in its place stands for a file that even root can't read."""
    path.mkdir(parents=True)
    problem = ConfigFile(path).load().problem
    assert problem is not None
    assert problem.kind is ConfigUnreadable
    with pytest.raises(ConfigUnreadable):
        ConfigFile(path).save(CONFIG)


def test_a_failed_save_leaves_only_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing to a full disk fails before the file is replaced."""
    file = ConfigFile(path)
    file.save(CONFIG)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigUnwritable, match="No space left"):
        file.save(Config())
    assert file.load().config == CONFIG
    assert list(path.parent.iterdir()) == [path]


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    """Some people keep such files in one place and link to them."""
    real = tmp_path / "dotfiles" / "config.toml"
    real.parent.mkdir()
    path.parent.mkdir()
    path.symlink_to(real)
    ConfigFile(path).save(CONFIG)
    assert path.is_symlink()
    assert ConfigFile(real).load().config == CONFIG


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_loading_never_raises(path: Path, content: bytes) -> None:
    """For any bytes there are settings to start with."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    assert isinstance(ConfigFile(path).load().config, Config)


def test_unfinished_steps_are_kept(tmp_path: Path, now: datetime) -> None:
    """They hold an id, a name and a time, and no key."""
    steps = (
        UnfinishedStep(StepKind.REMOVE_KEY, "x", "Shöp", now),
        UnfinishedStep(StepKind.LOGIN_OFF),
    )
    file = ConfigFile(tmp_path / "config.toml")
    file.save(Config(unfinished=steps))
    assert file.read() == Config(unfinished=steps)


@pytest.mark.parametrize(
    "step", ["step = 1", 'step = "login-on"\ndue = 2026-11-23', 'id = "x"']
)
def test_a_step_that_makes_no_sense_breaks_the_file(tmp_path: Path, step: str) -> None:
    """Ignoring it would lose it with the next save."""
    path = tmp_path / "config.toml"
    path.write_text(f"version = 1\n[[unfinished]]\n{step}\n")
    with pytest.raises(ConfigBroken):
        ConfigFile(path).read()


def test_a_step_of_a_newer_version_is_left_out(tmp_path: Path) -> None:
    """The accounts are worth more."""
    path = tmp_path / "config.toml"
    path.write_text('version = 1\n[[unfinished]]\nstep = "newer"\nid = "x"\n')
    assert ConfigFile(path).read() == Config()
