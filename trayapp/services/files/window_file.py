"""The file that keeps the window's position and size; losing it does no harm."""

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Final

from trayapp.services.files.paths import private_folder

WindowPlace = tuple[int, int, int, int]
"""Left, top, width and height, in logical pixels."""
_MAX_BYTES: Final = 1_000
_MAX_COORDINATE: Final = 100_000
_log = logging.getLogger(__name__)


class WindowFile:
    """Reads and writes one position and size."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> WindowPlace | None:
        """Return the place; None if the file is missing or invalid."""
        try:
            # Opening a pipe or a device could block.
            if not self._path.is_file() or self._path.stat().st_size > _MAX_BYTES:
                return None
            return _valid_place(json.loads(self._path.read_bytes()))
        except (OSError, ValueError, RecursionError):
            return None

    def save(self, place: WindowPlace) -> None:
        """Write a place; a failure is only logged."""
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


def _valid_place(value: object) -> WindowPlace | None:
    """Return a value if it is four integers of a size that screens have."""
    match value:
        case [int(left), int(top), int(width), int(height)]:
            numbers = (left, top, width, height)
            is_sane = all(abs(number) <= _MAX_COORDINATE for number in numbers)
            return numbers if is_sane and min(width, height) > 0 else None
    return None
