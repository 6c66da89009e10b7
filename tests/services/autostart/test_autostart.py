"""Start at login as the program uses it: switched with all else, and repaired."""

import logging

import pytest

from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.errors import ConfigUnwritable, LoginUnchanged
from trayapp.services.autostart.autostart import (
    NoAutostart,
    own_autostart,
    repair,
    switched,
)


class Noted:
    """A system that notes what it is asked for."""

    def __init__(self, *, on: bool = False) -> None:
        self.on = on
        self.calls: list[bool] = []
        self.fault: LoginUnchanged | None = None
        self.was_moved = False

    def look(self) -> LoginEntryState:
        """Say what is."""
        return LoginEntryState.ON if self.on else LoginEntryState.OFF

    def switch(self, *, on: bool) -> None:
        """Note it, or fail."""
        if self.fault:
            raise self.fault
        self.calls.append(on)
        self.on = on

    def repair(self) -> bool:
        """Say what there was to repair, or fail."""
        if self.fault:
            raise self.fault
        return self.was_moved


@pytest.mark.parametrize("on", [True, False])
def test_it_is_switched(on: bool) -> None:  # noqa: FBT001  # pytest passes it by name
    """Before what follows, which may need it."""
    system = Noted(on=not on)
    with switched(system, on):
        assert system.on is on
    assert system.calls == [on]


@pytest.mark.parametrize("on", [None, True])
def test_what_nobody_changed_is_left_alone(on: bool | None) -> None:  # noqa: FBT001  # pytest passes it by name
    """Also where somebody else did what was chosen meanwhile."""
    system = Noted(on=True)
    with switched(system, on):
        pass
    assert system.calls == []


def test_it_is_switched_back_if_what_follows_fails() -> None:
    """All of the dialog is applied, or nothing."""
    system = Noted()
    with pytest.raises(ConfigUnwritable), switched(system, on=True):
        raise ConfigUnwritable
    assert system.calls == [True, False]


def test_what_can_not_be_switched_keeps_all_else_from_being_done() -> None:
    """The dialog says so."""
    system = Noted()
    system.fault = LoginUnchanged(detail="no")
    done: list[str] = []
    with pytest.raises(LoginUnchanged), switched(system, on=True):
        done.append("saved")
    assert done == []


def test_the_demo_switches_nothing() -> None:
    """It can't even be chosen there."""
    demo = NoAutostart()
    demo.switch(on=True)
    assert demo.look() is LoginEntryState.DEMO
    assert demo.repair() is False


def test_a_repair_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """One that fails too: then the settings show that it is off."""
    system = Noted()
    with caplog.at_level(logging.INFO):
        repair(system)
        assert caplog.messages == []
        system.was_moved = True
        repair(system)
        system.fault = LoginUnchanged(detail="the disk is full")
        repair(system)
    assert caplog.messages == [
        "start at login leads to this program again",
        "start at login is not repaired: login-unchanged: the disk is full",
    ]


def test_this_system_has_one(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Looking changes nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    assert own_autostart().look() in LoginEntryState
