"""Where the program keeps its files: the platform's own places, or one folder."""

import getpass
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_NAME = "balance-tray"


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one profile (design.md, "What stays put")."""

    config: Path
    history: Path
    log: Path
    runtime: Path
    """A folder for the lock and the socket; private to the user."""

    @classmethod
    def of_user(cls) -> "Places":
        """Give the person's own profile: XDG on Linux, the platform's elsewhere."""
        folders = platformdirs.PlatformDirs(_NAME, appauthor=False, roaming=False)
        return cls(
            config=folders.user_config_path / "config.toml",
            history=folders.user_data_path / "history.sqlite3",
            log=folders.user_state_path / "log" / "balance-tray.log",
            runtime=_runtime_folder(folders),
        )

    @classmethod
    def of_demo(cls, folder: Path) -> "Places":
        """Give the demo's profile: its files lie in `folder` alone.

        Its lock and socket lie beside the person's own, so that a second demo finds
        the first.
        """
        return cls(
            config=folder / "config.toml",
            history=folder / "history.sqlite3",
            log=folder / "balance-tray.log",
            runtime=cls.of_user().runtime / "demo",
        )

    @property
    def lock(self) -> Path:
        """The file that the one running program holds."""
        return self.runtime / "instance.lock"

    @property
    def socket(self) -> str:
        """Where the running program listens: a socket's path, or a pipe's name."""
        if sys.platform == "win32":
            return rf"\\.\pipe\{_NAME}-{self.runtime.name}-{getpass.getuser()}"
        return str(self.runtime / "instance.socket")


def _runtime_folder(folders: platformdirs.PlatformDirs) -> Path:
    """Give the session's own folder, or one among our files if there is none.

    Not platformdirs' on Unix: it falls back to a guessable name in `/tmp`, which
    somebody else may have made before us.
    """
    if sys.platform in {"win32", "darwin"}:
        return folders.user_runtime_path
    session = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if _is_ours_alone(Path(session)):
        return Path(session) / _NAME
    return folders.user_state_path / "run"


def _is_ours_alone(folder: Path) -> bool:
    try:
        found = folder.stat()
    except OSError:
        return False
    ours = found.st_uid == os.getuid() and not found.st_mode & 0o077
    return ours and folder.is_absolute() and stat.S_ISDIR(found.st_mode)


def private_folder(folder: Path) -> None:
    """Make sure that a folder is there; what is made is for its owner alone."""
    if not folder.parent.exists():
        private_folder(folder.parent)  # mkdir() itself leaves parents to the umask
    folder.mkdir(mode=0o700, exist_ok=True)
