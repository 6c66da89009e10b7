"""The words for how an account is: one enum, in the order of concern."""

from enum import StrEnum


class Status(StrEnum):
    """How an account is now, as `check --json` names it.

    ARCHITECTURE.md lists those values under "What stays put".

    `SOON`, `UNKNOWN` and `NOT_SET_UP` are the tray's and the window's own: `check` asks
    first, and looks at the balance alone.
    """

    OK = "ok"
    SOON = "soon"
    LOW = "low"
    EMPTY = "empty"
    UNAUTHORIZED = "unauthorized"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOCKED = "locked"
    NO_KEY = "no-key"
    UNKNOWN = "unknown"
    NOT_SET_UP = "not-set-up"

    @property
    def concern(self) -> int:
        """How much this asks of a person: 0 nothing, higher is worse.

        The account with the highest concern decides the tray icon.
        """
        return _CONCERN[self]


_CONCERN = {
    Status.OK: 0,
    Status.UNKNOWN: 1,
    Status.UNREACHABLE: 2,
    Status.REFUSED: 3,
    Status.LOCKED: 4,
    Status.NO_KEY: 5,
    Status.SOON: 6,
    Status.LOW: 7,
    Status.UNAUTHORIZED: 8,
    Status.EMPTY: 9,
    Status.NOT_SET_UP: 10,
}
