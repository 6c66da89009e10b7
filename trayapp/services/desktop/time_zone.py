"""Follows the system's time zone while the program runs."""

import os
import sys
import time
from pathlib import Path
from typing import Final

_LOCALTIME: Final = Path("/etc/localtime")
"""What the C library reads without the variable TZ."""


class TimeZoneMonitor:
    """Notices that another zone was chosen, or that its rules were updated.

    The C library keeps the zone that it read first, so a program in the tray would show
    the old one until it ends. On Windows the library offers no way to read it again.
    """

    def __init__(self, localtime: Path = _LOCALTIME) -> None:
        self._localtime = localtime
        self._seen = self._state()

    def update(self) -> bool:
        """Use the zone of the system from now on; return whether that is another one.

        Without a change it costs one system call.
        """
        state = self._state()
        if state == self._seen or os.environ.get("TZ"):
            return False
        self._seen = state
        if sys.platform != "win32":
            time.tzset()
        return True

    def _state(self) -> tuple[object, ...] | None:
        """Return what changes with the zone; None where there is no such file."""
        try:
            about = self._localtime.stat()
        except OSError:
            return None
        return about.st_dev, about.st_ino, about.st_mtime_ns, about.st_size
