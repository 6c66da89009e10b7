"""What the tests of the commands share."""

from types import SimpleNamespace

import pytest

from fakes.terminal import TerminalStream
from trayapp.cli import waiting


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> TerminalStream:
    """Put a terminal in place of standard error, and shorten the silence."""
    shown = TerminalStream()
    monkeypatch.setattr(waiting, "sys", SimpleNamespace(stderr=shown))
    monkeypatch.setattr(waiting, "_SILENT_S", 0.0)
    monkeypatch.setattr(waiting, "_LOOK_S", 0.01)
    return shown
