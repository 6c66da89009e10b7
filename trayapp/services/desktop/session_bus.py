"""Finds the session bus without its variable; imports nothing slow."""

import contextlib
import os
import stat
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Final

OFF: Final = "disabled:"
"""The address that switches a bus off."""
_VARIABLE: Final = "DBUS_SESSION_BUS_ADDRESS"
_USERS: Final = "/run/user"
"""systemd's runtime folders, each named after a user's number."""
_PATH: Final = "unix:path="
_SPECIAL: Final = frozenset(",;=%\\*")
"""An address writes these characters of a path in another way."""


def own_sockets() -> Iterator[str]:
    """Yield the user's own sockets at the standard places of a session bus.

    Another user could offer a keyring of their own there.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for folder in (runtime, f"{_USERS}/{os.getuid()}"):
        path = Path(folder, "bus")
        with contextlib.suppress(OSError, ValueError):
            about = path.stat()
            is_own = stat.S_ISSOCK(about.st_mode) and about.st_uid == os.getuid()
            if is_own and path.is_absolute():
                yield str(path)


def name_session_bus(environment: MutableMapping[str, str]) -> None:
    """Put the session bus into the environment if its variable names none.

    Qt and the programs that it starts read only the variable. Cron sets none, and that
    of a session that has ended names a socket that is gone.
    """
    address = environment.get(_VARIABLE, "")
    is_gone = address.startswith(_PATH) and ";" not in address
    if is_gone:
        is_gone = not Path(address.removeprefix(_PATH).partition(",")[0]).exists()
    if address and not is_gone:
        return
    for path in own_sockets():
        if path.isascii() and _SPECIAL.isdisjoint(path):
            environment[_VARIABLE] = _PATH + path
            return
