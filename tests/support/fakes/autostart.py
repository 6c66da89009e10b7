"""A login entry in memory."""

from trayapp.core.autostart.login import LoginEntryState


class FakeAutostart:
    """A login entry that records how it is switched, and can fail."""

    def __init__(self, *, on: bool = False) -> None:
        self.on = on
        self.calls: list[bool] = []
        self.repairs = 0
        self.error: Exception | None = None
        """Raised by `switch` and `repair`."""
        self.was_moved = False

    def state(self) -> LoginEntryState:
        """Return whether it is on."""
        return LoginEntryState.ON if self.on else LoginEntryState.OFF

    def switch(self, *, on: bool) -> None:
        """Record the call and switch, or fail."""
        if self.error is not None:
            raise self.error
        self.calls.append(on)
        self.on = on

    def repair(self) -> bool:
        """Count the call; return whether there was something to repair, or fail."""
        self.repairs += 1
        if self.error is not None:
            raise self.error
        return self.was_moved
