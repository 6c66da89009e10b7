"""The settings file: replaced atomically, never half read, never waited for."""

import contextlib
import errno
import os
import stat
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trayapp.core.errors import (
    ConfigBroken,
    ConfigStuck,
    ConfigTooNew,
    ConfigUnreadable,
    ConfigUnwritable,
    Failure,
    StorageProblem,
)
from trayapp.services.files.atomic_write import said, write_atomically
from trayapp.services.files.config_text import Config, from_toml, to_toml
from trayapp.services.files.paths import folder_held, refuse_foreign

__all__ = ["Config", "ConfigFile", "LoadedConfig"]
_LARGEST: Final = 1_048_576
"""Bytes: thousands of accounts fit, and what is larger was never ours."""
_UNFINISHED: Final = ".config-"
_UNFINISHED_FOR_S: Final = 60.0
"""A file that is being written is younger than this; an older one was left behind."""


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """What came of reading the file: always something to start with."""

    config: Config
    problem: Failure | None = None
    """Why it is not what the file says; `detail` names the file kept aside."""


class ConfigFile:
    """The settings file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def held(self) -> AbstractContextManager[None]:
        """Let nobody else of us change the file between a `load` and a `save`."""
        return folder_held(self._path.parent)

    def load(self) -> LoadedConfig:
        """Read the file; a missing one is an empty one.

        A broken file is renamed to a dated name beside it, and the program starts
        with defaults. One from a newer version, or one that may not be read, stays
        as it is, and `save` refuses to replace it. What killed programs left
        unfinished is cleared away.
        """
        self._clear_away()
        try:
            return LoadedConfig(self._read())
        except FileNotFoundError:
            return LoadedConfig(Config())
        except (ConfigTooNew, ConfigUnreadable) as error:
            return LoadedConfig(Config(), error.as_failure())
        except ConfigBroken as error:
            try:
                aside = self._keep_aside(error)
            except ConfigStuck as stuck:
                return LoadedConfig(Config(), stuck.as_failure())
            detail = f"{error.detail}; kept as {aside}"
            return LoadedConfig(Config(), ConfigBroken(detail=detail).as_failure())

    def language(self) -> str:
        """Give the language that the file asks for; "" if it says none or is broken.

        Nothing is repaired or moved: `load` does that, and tells of it.
        """
        try:
            return self._read().settings.language
        except (FileNotFoundError, StorageProblem):
            return ""

    def save(self, config: Config) -> None:
        """Replace the file: whatever happens, the old or the new one is there.

        Raises `ConfigUnwritable`, `ConfigTooNew`, `ConfigUnreadable` or `ConfigStuck`;
        then the old one still stands.
        """
        try:
            self._read()
        except FileNotFoundError:
            pass
        except ConfigBroken as error:  # since it was loaded
            self._keep_aside(error)
        try:
            # A link, as people who keep such files in one place have, stays one.
            target = Path(os.path.realpath(self._path))
            write_atomically(target, to_toml(config).encode(), prefix=_UNFINISHED)
        except OSError as error:
            raise ConfigUnwritable(detail=said(error)) from error

    def _read(self) -> Config:
        try:
            raw = _bytes(self._path)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise ConfigUnreadable(detail=said(error)) from error
        if len(raw) > _LARGEST:
            raise ConfigBroken(detail=f"it is larger than {_LARGEST:,} bytes")
        return from_toml(raw)

    def _keep_aside(self, broken: ConfigBroken) -> str:
        """Move the broken file out of the way; `ConfigStuck` if even that fails."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")
        aside = self._path.with_name(f"{self._path.stem}.broken-{stamp}.toml")
        try:
            self._path.rename(aside)
        except OSError as error:
            detail = f"{broken.detail}; {said(error)}"
            raise ConfigStuck(detail=detail) from error
        return aside.name

    def _clear_away(self) -> None:
        """Remove what programs that were killed while they saved left behind."""
        folder = Path(os.path.realpath(self._path)).parent
        with contextlib.suppress(OSError):
            for left in folder.glob(f"{_UNFINISHED}*"):
                # Also one from the future: the clock may have been set back since.
                if abs(time.time() - left.stat().st_mtime) > _UNFINISHED_FOR_S:
                    left.unlink(missing_ok=True)


def _bytes(path: Path) -> bytes:
    """Read a file, and no more than is needed to see that it is too large.

    A pipe that nobody writes to is not waited for, nor is a device read without end.
    """

    def without_waiting(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

    with open(path, "rb", opener=without_waiting) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            words = "it is no file"
            raise OSError(errno.EINVAL, words, str(path))
        refuse_foreign(found, path)
        return file.read(_LARGEST + 1)
