"""The paths of the program's files: in the platform's folders, or in one folder."""

import contextlib
import errno
import getpass
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from platformdirs import PlatformDirs

_NAME: Final = "balance-tray"
_NO_HOME: Final = Path("/nonexistent")
"""Debian's home folder for users without one; it never exists."""
NOBODY: Final = 65_534
"""The user whom Linux shows for an owner that it can't name (kernel.overflowuid)."""
_NETWORKS: Final = ("nfs", "cifs", "smb", "9p", "ceph", "fuse.")
_LOCK_TRIES: Final = 100
_LOCK_PAUSE_S: Final = 0.01


class OwnerUnknownError(PermissionError):
    """A file belongs to "nobody", and the system does not say that this is us."""


@dataclass(frozen=True, slots=True)
class _XdgFolder:
    """One of the person's folders, by the XDG base directory specification."""

    variable: str
    usual: str
    """Within the home, without the variable."""
    platformdirs: str
    """The attribute of `PlatformDirs` that names it on the other systems."""


_CONFIG: Final = _XdgFolder("XDG_CONFIG_HOME", ".config", "user_config_path")
_DATA: Final = _XdgFolder("XDG_DATA_HOME", ".local/share", "user_data_path")
_STATE: Final = _XdgFolder("XDG_STATE_HOME", ".local/state", "user_state_path")


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
        return cls(
            config=_own_folder(_CONFIG) / "config.toml",
            history=_own_folder(_DATA) / "history.sqlite3",
            log=_own_folder(_STATE) / "log" / "balance-tray.log",
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
    another user may have made first. It also believes a relative path.
    """
    if sys.platform in {"win32", "darwin"}:
        return _folders().user_runtime_path
    session = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if not session.is_absolute():
        session = Path(f"/run/user/{os.getuid()}")
    if _is_ours_alone(session):
        return session / _NAME
    return _own_folder(_STATE) / "run"


def _own_folder(kind: _XdgFolder) -> Path:
    """Return an absolute folder of ours, whatever the working directory is.

    A relative path in a variable is ignored, as the XDG base directory specification
    says. Services and containers may run as a user without a home; the folder does not
    exist then.
    """
    if sys.platform in {"win32", "darwin"}:
        return Path(getattr(_folders(), kind.platformdirs))
    named = Path(os.environ.get(kind.variable, ""))
    if named.is_absolute():
        return named / _NAME
    try:
        home = Path.home()
    except RuntimeError:
        home = _NO_HOME
    return (home if home.is_absolute() else _NO_HOME) / kind.usual / _NAME


def _is_ours_alone(folder: Path) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return False
    is_private = status.st_uid == os.getuid() and not status.st_mode & 0o077
    return is_private and folder.is_absolute() and stat.S_ISDIR(status.st_mode)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents with mode 0700, if they are missing.

    A folder of another user raises `PermissionError`, because its owner could put
    there anything. If our own folder is world-writable, that permission is removed.
    """
    if not folder.parent.exists():
        # mkdir(parents=True) would leave the parents' modes to the umask.
        make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.stat()
    refuse_foreign(status, folder)
    if sys.platform != "win32" and status.st_mode & stat.S_IWOTH:
        folder.chmod(stat.S_IMODE(status.st_mode) & ~stat.S_IWOTH)


def private_folder(folder: Path) -> None:
    """Make a folder that only this program uses, or close an existing one to others.

    Raises `OSError` as `make_folder` does.
    """
    make_folder(folder)
    make_private(folder)


def make_private(*paths: Path) -> None:
    """Take the permissions of group and others away from our own files and folders.

    A restore or a copy may have loosened them. A missing file, one of another user and
    a read-only disk are no error.
    """
    if sys.platform == "win32":  # it has access lists instead, which a profile inherits
        return
    for path in paths:
        with contextlib.suppress(OSError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                path.chmod(mode & ~0o077)


def refuse_foreign(status: os.stat_result, path: Path) -> None:
    """Raise `PermissionError` for a file of another user, unless that is root.

    On a network folder whose server does not know this user, our own files belong to
    "nobody" as well. Such a file is ours if the server lets us set its mode.
    """
    if sys.platform == "win32" or status.st_uid in {0, os.geteuid()}:
        return
    message = "it belongs to another user"
    if status.st_uid == NOBODY:
        if _may_set_mode(status, path):
            return
        message = "it belongs to nobody, as on a network folder"
        raise OwnerUnknownError(errno.EPERM, message, str(path))
    raise PermissionError(errno.EPERM, message, str(path))


def refuse_foreign_links(*paths: Path) -> None:
    """Raise `PermissionError` for a symbolic link that another user made.

    Somebody may have put it into our folder while others could write there. It could
    lead to another file of ours, which would be overwritten.
    """
    for path in paths:
        if path.is_symlink():
            refuse_foreign(path.lstat(), path)


def _may_set_mode(status: os.stat_result, path: Path) -> bool:
    """Return whether the file system takes this user for a file's owner.

    Root may set every mode on a local disk, so root's permission proves nothing there.
    """
    if os.geteuid() == 0 and not _is_on_network(status):
        return False
    try:
        path.chmod(stat.S_IMODE(status.st_mode))
    except OSError:
        return False
    return True


def _device_of(status: os.stat_result) -> str:
    return f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}"


def _is_on_network(status: os.stat_result) -> bool:
    """Return whether a file lies on a network file system, as Linux lists its mounts.

    proc(5), "mountinfo": the third field is the device, the first one after " - " is
    the kind of the file system.
    """
    device = _device_of(status)
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    for mount in mounts.splitlines():
        place, _, kind = mount.partition(" - ")
        if place.split()[2:3] == [device]:
            return kind.startswith(_NETWORKS)
    return False


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
