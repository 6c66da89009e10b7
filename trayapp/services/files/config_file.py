"""The settings file: replaced atomically, and read without waiting."""

import contextlib
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from trayapp.core.errors import (
    ConfigBroken,
    ConfigOfNobody,
    ConfigStuck,
    ConfigUnreadable,
    ConfigUntrusted,
    ConfigUnwritable,
    Failure,
    StorageProblem,
)
from trayapp.services.files.atomic_write import describe_error, write_atomically
from trayapp.services.files.config_text import Config, from_toml, to_toml
from trayapp.services.files.kept_copies import (
    give_second_name,
    remove_excess_copies,
    stamp,
)
from trayapp.services.files.paths import (
    OwnerUnknownError,
    folder_lock,
    make_private,
    private_folder,
)
from trayapp.services.files.regular_file import open_regular
from trayapp.services.files.trust import (
    LoosePermissionError,
    refuse_shared_file,
    refuse_shared_folders,
)

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
    """Why `config` is not the file's content."""


class ConfigFile:
    """The settings file."""

    kept_aside = ""
    """The name under which `save` kept a broken file; empty if it never did."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def locked(self) -> AbstractContextManager[None]:
        """Keep our other processes from changing the file between `load` and `save`."""
        return folder_lock(self._path.parent)

    def load(self) -> LoadedConfig:
        """Read the file; a missing one has no accounts and default settings.

        Nothing is moved or written, as a reader may run at any time. If the file can't
        be read, the program starts with defaults.
        """
        try:
            return LoadedConfig(self.read())
        except StorageProblem as problem:
            return LoadedConfig(Config(), problem.as_failure())

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

    def remove_empty(self) -> None:
        """Remove a file without any content, as after a first change that failed."""
        with self.locked(), contextlib.suppress(OSError, StorageProblem):
            if self.read() == Config():
                self._path.unlink()

    def language(self) -> str:
        """Return the language that the file names; "" if it names none or is broken.

        It repairs and moves nothing; `load` does that, and reports it.
        """
        try:
            return self._read().settings.language
        except (FileNotFoundError, StorageProblem):
            return ""

    def save(self, config: Config) -> None:
        """Replace the file atomically; keep a broken one under a dated name beside it.

        `kept_aside` then has that name. Temporary files of killed programs are removed.
        Raises a `StorageProblem`, such as `ConfigUnwritable` or `ConfigStuck`; the old
        file then stays as it is.
        """
        # A symbolic link stays one: some people keep such files in one place.
        target = Path(os.path.realpath(self._path))
        try:
            self._read()
        except FileNotFoundError:
            self._make_folder()
        except ConfigBroken as error:
            self._keep_aside(target, error)
        self._remove_leftovers(target.parent)
        try:
            write_atomically(target, to_toml(config).encode(), prefix=_TEMPORARY)
        except OSError as error:
            raise ConfigUnwritable(detail=describe_error(error)) from error

    def _read(self) -> Config:
        try:
            raw = _read_bytes(self._path)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _as_problem(error) from error
        if len(raw) > _MAX_BYTES:
            raise ConfigBroken(detail=f"it is larger than {_MAX_BYTES:,} bytes")
        try:
            return from_toml(raw)
        except ConfigBroken as error:
            raise ConfigBroken(detail=f"{error.detail}: {self._path}") from error

    def _make_folder(self) -> None:
        """Make the missing folder, and check that no other user may write to it."""
        try:
            private_folder(self._path.parent)
            refuse_shared_folders(self._path)
        except (LoosePermissionError, OwnerUnknownError) as error:
            raise _as_problem(error) from error
        except OSError as error:
            raise ConfigUnwritable(detail=describe_error(error)) from error

    def _keep_aside(self, target: Path, broken: ConfigBroken) -> None:
        """Keep the broken file under a second name; `ConfigStuck` if that fails."""
        name = f"{target.stem}.broken-"
        aside = target.with_name(f"{name}{stamp()}{target.suffix}")
        try:
            give_second_name(target, aside)
        except OSError as error:
            detail = f"{broken.detail}; {describe_error(error)}"
            raise ConfigStuck(detail=detail) from error
        self.kept_aside = aside.name
        remove_excess_copies(target.parent, f"{name}*")
        make_private(*target.parent.glob(f"{name}*"))

    @staticmethod
    def _remove_leftovers(folder: Path) -> None:
        """Remove the temporary files of programs that were killed during `save`."""
        with contextlib.suppress(OSError):
            for file in folder.glob(f"{_TEMPORARY}*"):
                # A time in the future counts, too: the clock may have been set back.
                if abs(time.time() - file.stat().st_mtime) > _TEMPORARY_MAX_AGE_S:
                    file.unlink(missing_ok=True)


def _as_problem(error: OSError) -> StorageProblem:
    """Translate an error of the file system, from reading the file."""
    if isinstance(error, LoosePermissionError):
        return ConfigUntrusted(detail=error.remedy)
    if isinstance(error, OwnerUnknownError):
        return ConfigOfNobody(detail=describe_error(error))
    return ConfigUnreadable(detail=describe_error(error))


def _read_bytes(path: Path) -> bytes:
    """Read a file, up to one byte more than is allowed.

    A pipe or a device in its place is refused, and opening it does not block. A file
    that another user could have written is refused. One that others may only read, as
    after a restore, becomes private again.
    """
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
        refuse_shared_file(status, path)
        refuse_shared_folders(path)
        make_private(path, path.parent)
        return file.read(_MAX_BYTES + 1)
