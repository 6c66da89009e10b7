"""What tests of the gateway's client share: no desktop that sets a proxy."""

import pytest


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Belong to a desktop without a bus and without proxy settings."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "none")
