"""Start at login is switched with the other settings, and repaired."""

import logging

import pytest

from fakes.autostart import FakeAutostart
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.errors import ConfigUnwritable, LoginUnchanged
from trayapp.services.autostart.autostart import (
    NoAutostart,
    autostart_switched,
    repair_autostart,
    system_autostart,
)


@pytest.mark.parametrize("on", [True, False])
def test_autostart_is_switched(on: bool) -> None:  # noqa: FBT001  # pytest passes it by name
    """It is switched before the block runs, which may need it."""
    autostart = FakeAutostart(on=not on)
    with autostart_switched(autostart, on):
        assert autostart.on is on
    assert autostart.calls == [on]


@pytest.mark.parametrize("on", [None, True])
def test_an_unchanged_choice_switches_nothing(on: bool | None) -> None:  # noqa: FBT001  # pytest passes it by name
    """The desktop's settings may have made the same choice."""
    autostart = FakeAutostart(on=True)
    with autostart_switched(autostart, on):
        pass
    assert autostart.calls == []


def test_autostart_is_switched_back_if_the_block_fails() -> None:
    """The dialog's changes are applied all together, or not at all."""
    autostart = FakeAutostart()
    with pytest.raises(ConfigUnwritable), autostart_switched(autostart, on=True):
        raise ConfigUnwritable
    assert autostart.calls == [True, False]


def test_if_autostart_cannot_be_switched_the_block_does_not_run() -> None:
    """The dialog shows the error."""
    autostart = FakeAutostart()
    autostart.error = LoginUnchanged(detail="no")
    saved: list[str] = []
    with pytest.raises(LoginUnchanged), autostart_switched(autostart, on=True):
        saved.append("saved")
    assert saved == []


def test_the_demo_switches_nothing() -> None:
    """Its settings offer no choice."""
    demo = NoAutostart()
    demo.switch(on=True)
    assert demo.state() is LoginEntryState.DEMO
    assert demo.repair() is False


def test_a_repair_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A failed one is, too; the settings then show that it is off."""
    autostart = FakeAutostart()
    with caplog.at_level(logging.INFO):
        repair_autostart(autostart)
        assert caplog.messages == []
        autostart.was_moved = True
        repair_autostart(autostart)
        autostart.error = LoginUnchanged(detail="the disk is full")
        repair_autostart(autostart)
    assert caplog.messages == [
        "start at login leads to this program again",
        "start at login is not repaired: login-unchanged: the disk is full",
    ]


def test_this_system_has_a_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """Reading it changes nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    assert system_autostart().state() in LoginEntryState
