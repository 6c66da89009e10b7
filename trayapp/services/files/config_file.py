"""The settings file: replaced atomically, and read without waiting."""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from trayapp.core.errors import (
    ConfigBroken,
    ConfigStuck,
    ConfigTooNew,
    ConfigUnreadable,
    ConfigUnwritable,
    Failure,
    StorageProblem,
)
from trayapp.services.files.atomic_write import describe_error, write_atomically
from trayapp.services.files.config_text import Config, from_toml, to_toml
from trayapp.services.files.paths import folder_lock, refuse_foreign

__all__ = ["Config", "ConfigFile", "FileVersion", "LoadedConfig"]
_MAX_BYTES: Final = 1_048_576
"""Thousands of accounts fit; this program never writes a larger file."""
_TEMPORARY: Final = ".config-"
_TEMPORARY_MAX_AGE_S: Final = 60.0
"""A program that still writes its temporary file has started less than this ago."""

FileVersion: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """The settings to start with, whether or not the file could be read."""

    config: Config
    problem: Failure | None = None
    """Why `config` is not the file's content; `detail` names the file kept aside."""


class ConfigFile:
    """The settings file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def locked(self) -> AbstractContextManager[None]:
        """Keep our other processes from changing the file between `load` and `save`."""
        return folder_lock(self._path.parent)

    def load(self) -> LoadedConfig:
        """Read the file; a missing one has no accounts and default settings.

        A broken file is renamed to a dated name beside it, and the program starts
        with defaults. A file from a newer version, or one that may not be read, stays
        as it is, and `save` refuses to replace it. Temporary files of killed programs
        are removed.
        """
        self._remove_leftovers()
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

    def version(self) -> FileVersion | None:
        """Return what changes with each write of any program; None without a file."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)

    def read(self) -> Config:
        """Return the file's content; a missing one has no accounts.

        Raises `StorageProblem` if it can't be read, and changes nothing.
        """
        try:
            return self._read()
        except FileNotFoundError:
            return Config()

    def update(self, change: Callable[[Config], Config]) -> Config:
        """Change the file's content while no other process of ours changes it.

        Returns the new content. Raises `StorageProblem` if the file can't be read or
        written; it then stays as it is.
        """
        with self.locked():
            before = self.read()
            after = change(before)
            if after != before:
                self.save(after)
        return after

    def language(self) -> str:
        """Return the language that the file names; "" if it names none or is broken.

        It repairs and moves nothing; `load` does that, and reports it.
        """
        try:
            return self._read().settings.language
        except (FileNotFoundError, StorageProblem):
            return ""

    def save(self, config: Config) -> None:
        """Replace the file atomically.

        Raises `ConfigUnwritable`, `ConfigTooNew`, `ConfigUnreadable` or `ConfigStuck`;
        the old file then stays as it is.
        """
        try:
            self._read()
        except FileNotFoundError:
            pass
        except ConfigBroken as error:  # it was changed since `load`
            self._keep_aside(error)
        try:
            # A symbolic link stays one: some people keep such files in one place.
            target = Path(os.path.realpath(self._path))
            write_atomically(target, to_toml(config).encode(), prefix=_TEMPORARY)
        except OSError as error:
            raise ConfigUnwritable(detail=describe_error(error)) from error

    def _read(self) -> Config:
        try:
            raw = _read_bytes(self._path)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise ConfigUnreadable(detail=describe_error(error)) from error
        if len(raw) > _MAX_BYTES:
            raise ConfigBroken(detail=f"it is larger than {_MAX_BYTES:,} bytes")
        return from_toml(raw)

    def _keep_aside(self, broken: ConfigBroken) -> str:
        """Rename the broken file; `ConfigStuck` if that fails."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")
        aside = self._path.with_name(f"{self._path.stem}.broken-{stamp}.toml")
        try:
            self._path.rename(aside)
        except OSError as error:
            detail = f"{broken.detail}; {describe_error(error)}"
            raise ConfigStuck(detail=detail) from error
        return aside.name

    def _remove_leftovers(self) -> None:
        """Remove the temporary files of programs that were killed during `save`."""
        folder = Path(os.path.realpath(self._path)).parent
        with contextlib.suppress(OSError):
            for file in folder.glob(f"{_TEMPORARY}*"):
                # A time in the future counts, too: the clock may have been set back.
                if abs(time.time() - file.stat().st_mtime) > _TEMPORARY_MAX_AGE_S:
                    file.unlink(missing_ok=True)


def _read_bytes(path: Path) -> bytes:
    """Read a file, up to one byte more than is allowed.

    A pipe or a device in its place is refused, and opening it does not block.
    """

    def open_without_blocking(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

    with open(path, "rb", opener=open_without_blocking) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            message = "it is no file"
            raise OSError(errno.EINVAL, message, str(path))
        refuse_foreign(status, path)
        return file.read(_MAX_BYTES + 1)
