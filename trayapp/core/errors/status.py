"""The status of an account, and how urgent each is."""

from enum import StrEnum


class Status(StrEnum):
    """An account's status, as `check --json` names it.

    ARCHITECTURE.md lists those values under "What stays put".

    Only the tray and the window have `SOON`, `UNKNOWN` and `NOT_SET_UP`, as `check`
    sends a request first and uses no forecast.
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
    def severity(self) -> int:
        """How urgent it is for a person: 0 is not, higher is worse.

        The account with the highest severity decides the tray icon.
        """
        return _SEVERITY[self]


_SEVERITY = {
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
