"""Where the window stood, in a small file of its own: losing it costs nothing."""

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Final

from trayapp.services.files.paths import private_folder

Place = tuple[int, int, int, int]
"""From the left, from the top, width and height."""
_LARGEST: Final = 1_000
_FARTHEST: Final = 100_000
_log = logging.getLogger(__name__)


class WindowFile:
    """Remembers one place."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Place | None:
        """Give the place, or None: whatever is in the file, that is no error."""
        try:
            # A pipe or a device in its place is not waited for.
            if not self._path.is_file() or self._path.stat().st_size > _LARGEST:
                return None
            return _place(json.loads(self._path.read_bytes()))
        except (OSError, ValueError, RecursionError):
            return None

    def save(self, place: Place) -> None:
        """Keep a place; if that can't be, the next window stands somewhere else."""
        try:
            private_folder(self._path.parent)
            handle, name = tempfile.mkstemp(prefix=".window-", dir=self._path.parent)
            try:
                with os.fdopen(handle, "w", encoding="ascii") as file:
                    json.dump(place, file)
                Path(name).replace(self._path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            _log.info("the window's place was not kept: %s", error.strerror)


def _place(found: object) -> Place | None:
    """Take four whole numbers of a size that screens have."""
    match found:
        case [int(left), int(top), int(width), int(height)]:
            numbers = (left, top, width, height)
            is_sane = all(abs(one) <= _FARTHEST for one in numbers)
            return numbers if is_sane and min(width, height) > 0 else None
    return None
