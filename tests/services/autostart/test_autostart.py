"""Start at login is switched with the other settings, and repaired."""

import logging

import pytest

from fakes.autostart import FakeAutostart
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.errors import LoginUnchanged
from trayapp.services.autostart.autostart import (
    NoAutostart,
    repair_autostart,
    system_autostart,
)


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
