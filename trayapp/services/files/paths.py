"""Where the program keeps its files: the platform's own places, or one folder."""

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
"""Where Debian puts the homes of users that have none: nothing is found there."""
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
        """Give the person's own profile: XDG on Linux, the platform's elsewhere."""
        folders = _folders()
        return cls(
            config=_at_home(lambda: folders.user_config_path) / "config.toml",
            history=_at_home(lambda: folders.user_data_path) / "history.sqlite3",
            log=_at_home(lambda: folders.user_state_path) / "log" / "balance-tray.log",
            runtime=cls.runtime_of_user(),
        )

    @staticmethod
    def runtime_of_user(*, demo: bool = False) -> Path:
        """Give `runtime` alone, the person's or the demo's: a start needs it first."""
        folder = _runtime_folder()
        return folder / "demo" if demo else folder

    @staticmethod
    def lock_in(runtime: Path) -> Path:
        """Give the file that the one running program of `runtime` holds."""
        return runtime / "instance.lock"

    @classmethod
    def of_demo(cls, folder: Path) -> "Paths":
        """Give the demo's profile: its files lie in `folder` alone.

        Its lock and socket lie beside the person's own, so that a second demo finds
        the first.
        """
        return cls(
            config=folder / "config.toml",
            history=folder / "history.sqlite3",
            log=folder / "balance-tray.log",
            runtime=cls.runtime_of_user(demo=True),
        )

    @property
    def window(self) -> Path:
        """Where it is kept where the window stood."""
        return self.history.with_name("window.json")

    @property
    def lock(self) -> Path:
        """The file that the one running program holds."""
        return self.lock_in(self.runtime)

    @property
    def socket(self) -> str:
        """Where the running program listens: a socket's path, or a pipe's name."""
        if sys.platform == "win32":
            return rf"\\.\pipe\{_NAME}-{self.runtime.name}-{getpass.getuser()}"
        return str(self.runtime / "instance.socket")


def _folders() -> "PlatformDirs":
    import platformdirs  # noqa: PLC0415  # the start, which needs `runtime`, has no time

    return platformdirs.PlatformDirs(_NAME, appauthor=False, roaming=False)


def _runtime_folder() -> Path:
    """Give the session's own folder, or one among our files if there is none.

    Not platformdirs' on Unix: it falls back to a guessable name in `/tmp`, which
    somebody else may have made before us.
    """
    if sys.platform in {"win32", "darwin"}:
        return _folders().user_runtime_path
    session = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if _is_ours_alone(Path(session)):
        return Path(session) / _NAME
    return _at_home(lambda: _folders().user_state_path) / "run"


def _at_home(find: Callable[[], Path]) -> Path:
    """Give a folder that does not depend on where the program was started.

    For a user without a home, as a service or a container may have, platformdirs fails,
    or, in its older versions, gives one that starts with "~".
    """
    try:
        folder = find()
    except RuntimeError:
        folder = Path(_NAME)
    return folder if folder.is_absolute() else _NO_HOME / _NAME


def _is_ours_alone(folder: Path) -> bool:
    try:
        found = folder.stat()
    except OSError:
        return False
    ours = found.st_uid == os.getuid() and not found.st_mode & 0o077
    return ours and folder.is_absolute() and stat.S_ISDIR(found.st_mode)


def private_folder(folder: Path) -> None:
    """Make sure that a folder is there; what is made is for its owner alone.

    One of another user is refused with a `PermissionError`: who owns a folder puts
    there what they like, such as another gateway's address. Of our own, a permission
    for everybody to write is taken away.
    """
    if not folder.parent.exists():
        private_folder(folder.parent)  # mkdir() itself leaves parents to the umask
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.stat()
    refuse_foreign(found, folder)
    if sys.platform != "win32" and found.st_mode & stat.S_IWOTH:
        folder.chmod(stat.S_IMODE(found.st_mode) & ~stat.S_IWOTH)


def refuse_foreign(found: os.stat_result, path: Path) -> None:
    """Raise a `PermissionError` for what another user owns, unless that is root."""
    if sys.platform != "win32" and found.st_uid not in {0, os.geteuid()}:
        words = "it belongs to another user"
        raise PermissionError(errno.EPERM, words, str(path))


@contextmanager
def folder_held(folder: Path) -> Iterator[None]:
    """Keep our other programs from changing the files of a folder meanwhile.

    For the milliseconds between reading a file and replacing it. Goes on without after
    a second: somebody who was stopped half-way must not stop all others. Where folders
    can't be locked, nothing is.
    """
    with contextlib.ExitStack() as held:
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                held.callback(os.close, handle)
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
