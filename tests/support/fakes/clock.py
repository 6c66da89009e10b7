"""A clock that a test sets."""

from typing import Generic, TypeVar

MomentT = TypeVar("MomentT")


class SettableClock(Generic[MomentT]):
    """A clock that stands still until a test sets `now`."""

    def __init__(self, now: MomentT) -> None:
        self.now = now

    def __call__(self) -> MomentT:
        """Return the time."""
        return self.now
