"""Whether other users could have written a file, as ssh checks its own files."""

import errno
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from trayapp.services.files.paths import NOBODY, refuse_foreign

_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_MOST_LINKS: Final = 40
"""Linux follows no more symbolic links in one path (path_resolution(7))."""


class LoosePermissionError(PermissionError):
    """Group or others may write to a file, or to a folder on the way to it."""

    @property
    def remedy(self) -> str:
        """The command that takes this permission away."""
        return f"chmod go-w {shlex.quote(str(self.filename))}"


def refuse_shared_file(status: os.stat_result, path: Path) -> None:
    """Raise `PermissionError` if another user owns a file or may write to it."""
    refuse_foreign(status, path)
    if sys.platform != "win32" and status.st_mode & _OTHERS_WRITE:
        raise _loose(path)


def refuse_shared_folders(path: Path) -> None:
    """Raise `PermissionError` if another user could replace a file, or its folder.

    All folders in which the path is looked up count, those of symbolic links as well.
    In a folder with the sticky bit, such as `/tmp`, an entry's owner alone replaces it.
    Folders of "nobody" above the file's own are accepted: a container shows its host's
    folders so. A missing folder ends the way: who makes it owns it.
    """
    if sys.platform == "win32":
        return
    own = path.parent
    for entry in _entries_on_the_way(path.absolute()):
        try:
            status = entry.lstat()
        except FileNotFoundError:
            return
        if status.st_uid != NOBODY or entry == own:
            refuse_foreign(status, entry)
        is_folder = stat.S_ISDIR(status.st_mode)
        is_sticky = status.st_mode & stat.S_ISVTX and entry != own
        if is_folder and status.st_mode & _OTHERS_WRITE and not is_sticky:
            raise _loose(entry)


def _loose(path: Path) -> LoosePermissionError:
    message = "others may write to it"
    return LoosePermissionError(errno.EPERM, message, str(path))


def _entries_on_the_way(path: Path) -> Iterator[Path]:
    """Yield the folders and links of an absolute path, without the file itself."""
    left = list(path.parts[:0:-1])  # the last one first
    current, links = Path(path.anchor), 0
    yield current
    while left:
        name = left.pop()
        entry = current.parent if name == ".." else current / name
        if entry.is_symlink():
            links += 1
            if links > _MOST_LINKS:
                return  # opening it fails, too
            yield entry
            target = entry.readlink()
            if target.is_absolute():
                current = Path(target.anchor)
            left += [part for part in target.parts[::-1] if part != target.anchor]
        elif left:
            yield entry
            current = entry
