"""Fixtures for tests of the program's upper half."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from harness.wired_program import WiredProgram, wired_program
from trayapp.services.log.recent import RecentErrors


@pytest.fixture
def drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the presenter draw without its usual delay."""
    monkeypatch.setattr("trayapp.app.screen.presenter._BURST_MS", 0)
    monkeypatch.setattr(
        "trayapp.app.screen.presenter._TURN_MS", 60_000
    )  # this machine may be busy


@pytest.fixture
def recent() -> RecentErrors | None:
    """Return the memory of the log that the program gets."""
    return None


@pytest.fixture
def program(
    qtbot: QtBot, drawn_at_once: None, recent: RecentErrors | None
) -> Iterator[WiredProgram]:
    """Wire everything, and take it down after the test."""
    del drawn_at_once
    with wired_program(qtbot, recent) as program:
        yield program
