"""Dated copies of damaged files, of which only a few are kept."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_LEAST: Final = 2
_MOST: Final = 5
_MOST_BYTES: Final = 64 * 1024 * 1024
"""The first and the last copy stay, whatever their size."""
_ROLLBACK: Final = "-journal"


def stamp() -> str:
    """Return the current time for a copy's name; names sort by it."""
    return datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")


def give_second_name(path: Path, copy: Path) -> None:
    """Keep a file under a second name, until it is replaced; raises `OSError`.

    At each moment there is a file of the first name, unless the file system has no hard
    links. Then the file is renamed.
    """
    try:
        copy.hardlink_to(path)
    except OSError:
        path.rename(copy)


def remove_excess_copies(folder: Path, pattern: str) -> None:
    """Remove the copies between the first and the last if there are too many.

    The first has what was there before the trouble began, and the last has what came
    since. A rollback journal goes with its copy. A failure leaves more copies.
    """
    with contextlib.suppress(OSError):
        names = folder.glob(pattern)
        copies = sorted(name for name in names if not name.name.endswith(_ROLLBACK))
        sizes = [copy.lstat().st_size for copy in copies]
        while len(copies) > _LEAST and (
            len(copies) > _MOST or sum(sizes) > _MOST_BYTES
        ):
            copy = copies.pop(1)
            sizes.pop(1)
            copy.unlink(missing_ok=True)
            copy.with_name(f"{copy.name}{_ROLLBACK}").unlink(missing_ok=True)
