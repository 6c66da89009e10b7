"""The paths of the program's files: in the platform's folders, or in one folder."""

import contextlib
import errno
import getpass
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from platformdirs import PlatformDirs

_NAME: Final = "balance-tray"
_NO_HOME: Final = Path("/nonexistent")
"""Debian's home folder for users without one; it never exists."""
_LOCK_TRIES: Final = 100
_LOCK_PAUSE_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one profile (ARCHITECTURE.md, "What stays put")."""

    config: Path
    history: Path
    log: Path
    runtime: Path
    """A folder for the lock and the socket; private to the user."""

    @classmethod
    def of_user(cls) -> "Paths":
        """Return the person's profile, in the XDG folders or the platform's."""
        folders = _folders()
        return cls(
            config=_at_home(lambda: folders.user_config_path) / "config.toml",
            history=_at_home(lambda: folders.user_data_path) / "history.sqlite3",
            log=_at_home(lambda: folders.user_state_path) / "log" / "balance-tray.log",
            runtime=cls.runtime_of_user(),
        )

    @staticmethod
    def runtime_of_user(*, demo: bool = False) -> Path:
        """Return only `runtime`, the person's or the demo's, which the start needs."""
        folder = _runtime_folder()
        return folder / "demo" if demo else folder

    @staticmethod
    def lock_in(runtime: Path) -> Path:
        """Return the file that the running program of `runtime` locks."""
        return runtime / "instance.lock"

    @classmethod
    def of_demo(cls, folder: Path) -> "Paths":
        """Return the demo's profile, whose files are in `folder`.

        Its lock and socket are in a folder of their own beside the person's, so that a
        second demo finds the first.
        """
        return cls(
            config=folder / "config.toml",
            history=folder / "history.sqlite3",
            log=folder / "balance-tray.log",
            runtime=cls.runtime_of_user(demo=True),
        )

    @property
    def window(self) -> Path:
        """The file that holds the window's position and size."""
        return self.history.with_name("window.json")

    @property
    def lock(self) -> Path:
        """The file that the running program locks."""
        return self.lock_in(self.runtime)

    @property
    def socket(self) -> str:
        """The path of the running program's socket; on Windows, its pipe's name."""
        if sys.platform == "win32":
            return rf"\\.\pipe\{_NAME}-{self.runtime.name}-{getpass.getuser()}"
        return str(self.runtime / "instance.socket")


def _folders() -> "PlatformDirs":
    import platformdirs  # noqa: PLC0415  # too slow for the start, which needs `runtime`

    return platformdirs.PlatformDirs(_NAME, appauthor=False, roaming=False)


def _runtime_folder() -> Path:
    """Return the session's own folder, or one beside our state files.

    On Unix platformdirs is no use: it falls back to a guessable name in `/tmp`, which
    another user may have made first.
    """
    if sys.platform in {"win32", "darwin"}:
        return _folders().user_runtime_path
    session = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if _is_ours_alone(Path(session)):
        return Path(session) / _NAME
    return _at_home(lambda: _folders().user_state_path) / "run"


def _at_home(find: Callable[[], Path]) -> Path:
    """Return an absolute folder, whatever the working directory is.

    Services and containers may run as a user without a home. platformdirs then fails,
    or, in older versions, returns a path that starts with "~".
    """
    try:
        folder = find()
    except RuntimeError:
        folder = Path(_NAME)
    return folder if folder.is_absolute() else _NO_HOME / _NAME


def _is_ours_alone(folder: Path) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return False
    is_private = status.st_uid == os.getuid() and not status.st_mode & 0o077
    return is_private and folder.is_absolute() and stat.S_ISDIR(status.st_mode)


def private_folder(folder: Path) -> None:
    """Make a folder and its parents with mode 0700, if they are missing.

    A folder of another user raises `PermissionError`, because its owner could put
    there anything, such as another gateway's address. If our own folder is
    world-writable, that permission is removed.
    """
    if not folder.parent.exists():
        # mkdir(parents=True) would leave the parents' modes to the umask.
        private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.stat()
    refuse_foreign(status, folder)
    if sys.platform != "win32" and status.st_mode & stat.S_IWOTH:
        folder.chmod(stat.S_IMODE(status.st_mode) & ~stat.S_IWOTH)


def refuse_foreign(status: os.stat_result, path: Path) -> None:
    """Raise `PermissionError` for a file of another user, unless that is root."""
    if sys.platform != "win32" and status.st_uid not in {0, os.geteuid()}:
        message = "it belongs to another user"
        raise PermissionError(errno.EPERM, message, str(path))


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Lock a folder, so that our other processes do not change its files.

    Hold it only for the milliseconds between reading a file and replacing it. After a
    second it goes on without the lock, because a stopped process must not stop all
    others. Where folders can't be locked, it locks nothing.
    """
    with contextlib.ExitStack() as at_exit:
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                at_exit.callback(os.close, handle)
                _lock(handle)
        yield


def _lock(handle: int) -> None:
    import fcntl  # noqa: PLC0415  # there is none on Windows

    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE_S)
        else:
            return
