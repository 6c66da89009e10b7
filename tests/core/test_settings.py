"""What a person can choose."""

from dataclasses import fields
from datetime import timedelta

import pytest

from trayapp.core.settings import SETTINGS, AlertKind, Settings


def test_every_setting_is_described() -> None:
    """`Settings` and `SETTINGS` have the same names; each key is used once."""
    assert set(SETTINGS) == {one.name for one in fields(Settings)}
    assert len({one.key for one in SETTINGS.values()}) == len(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_default_is_read_as_it_is_written(name: str) -> None:
    """The settings file gives back what was put into it."""
    setting, value = SETTINGS[name], getattr(Settings(), name)
    assert value is None or setting.read(setting.write(value)) == value


def test_the_default_is_a_question_every_quarter_of_an_hour() -> None:
    """Slow enough for any gateway, soon enough to act."""
    assert Settings().interval == timedelta(minutes=15)


@pytest.mark.parametrize("minutes", [4.99, 0, -5, 24 * 60 + 1])
def test_an_interval_out_of_bounds_is_refused(minutes: float) -> None:
    """Neither flooding the gateway nor never asking can be set."""
    with pytest.raises(ValueError, match="5 minutes to 24 hours"):
        Settings(interval=timedelta(minutes=minutes))


@pytest.mark.parametrize("wait", [timedelta(minutes=59), timedelta(days=7, seconds=1)])
def test_a_wait_out_of_bounds_is_refused(wait: timedelta) -> None:
    """Neither a flood of reminders nor one that never comes can be set."""
    with pytest.raises(ValueError, match="1 hour to 7 days"):
        Settings(unreachable_after=wait)
    with pytest.raises(ValueError, match="1 hour to 7 days"):
        Settings(reminder=wait)


def test_all_that_asks_a_person_to_act_is_told_by_default() -> None:
    """A top-up is what they did themselves; nothing is quiet, nothing repeated."""
    settings = Settings()
    assert settings.alert_kinds == frozenset(AlertKind) - {AlertKind.TOPPED_UP}
    assert (settings.quiet, settings.reminder) == (None, None)
