"""The program as it is, except for what fails inside it as a file says.

    python3 packaging/pictures/injection.py FILE.json [ARGUMENT …]

A picture needs failures that a machine can't be brought to, one after the other. All
parts of the file may be missing; the program reads it at each use:

- `errors`: the id of the error that the request of an account ends in, by account;
- `keys`: the keys by account, in place of the system's keyring;
- `faults`: ids out of `FAULTS`, which happen wherever they can.
"""

from __future__ import annotations

import errno
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Never

from trayapp.core.errors import BY_ID, ConfigOfNobody, HistoryFull
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring import system_vault
from trayapp.services.keyring.keychain import MemoryVault

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from trayapp.core.account import Account
    from trayapp.core.balance import Balance
    from trayapp.core.secret import Secret
    from trayapp.services.history.changes import HistoryChange

KEYRING_FAULTS: Final = (
    "keyring-failed",
    "key-not-kept",
    "key-remains",
    "session-bus-absent",
)
FAULTS: Final = (
    "internal-fault",
    *KEYRING_FAULTS,
    "history-full",
    "config-stuck",
    "config-unwritable",
    "config-of-nobody",
)
"""The errors that can be injected into the whole program, by their ids."""


class Injection:
    """What fails, as the file says at the moment."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def error_of(self, account_id: str) -> str:
        """Return the id of the error of an account's request; empty for none."""
        return str(self._read("errors", {}).get(account_id, ""))

    @property
    def keys(self) -> dict[str, str] | None:
        """The keys by account; None for those of the system's keyring."""
        keys: dict[str, str] | None = self._read("keys", None)
        return keys

    def has(self, fault: str) -> bool:
        """Whether this one of `FAULTS` happens."""
        return fault in self._read("faults", ())

    def _read(self, part: str, default: object) -> Any:  # noqa: ANN401  # JSON
        return json.loads(self._path.read_text()).get(part, default)


def inject(injection: Injection) -> None:
    """Replace functions of the program and of Python by those that can fail."""
    _inject_errors(injection)
    _inject_disk_faults(injection)
    _inject_names(injection)
    if (keys := injection.keys) is not None:
        system_vault.system_vault = lambda: MemoryVault(injection.keys or keys)


def _inject_errors(injection: Injection) -> None:
    request = GatewayClient.balance

    async def failing_request(
        self: GatewayClient, account: Account, key: Secret
    ) -> Balance:
        if error_id := injection.error_of(account.id):
            raise BY_ID[error_id](detail="injected")
        if injection.has("internal-fault"):
            raise KeyError(account.id)
        for fault in filter(injection.has, KEYRING_FAULTS):
            raise BY_ID[fault](detail="org.freedesktop.Secret.Error.IsBroken")
        return await request(self, account, key)

    GatewayClient.balance = failing_request  # type: ignore[method-assign]  # to inject


def _inject_disk_faults(injection: Injection) -> None:
    write, read = HistoryStore.write, ConfigFile.read
    mkstemp: Callable[..., Any] = tempfile.mkstemp

    def failing_write(self: HistoryStore, *changes: HistoryChange) -> None:
        if injection.has("history-full"):
            raise HistoryFull(detail="database or disk is full")
        write(self, *changes)

    def failing_mkstemp(*args: Any, **options: Any) -> Any:  # noqa: ANN401  # passed on
        if injection.has("config-unwritable"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return mkstemp(*args, **options)

    def failing_read(self: ConfigFile) -> Config:
        if injection.has("config-of-nobody"):
            raise ConfigOfNobody(detail="it belongs to nobody, as on a network folder")
        return read(self)

    ConfigFile.read = failing_read  # type: ignore[method-assign]  # to inject
    HistoryStore.write = failing_write  # type: ignore[method-assign]  # to inject
    tempfile.mkstemp = failing_mkstemp


def _inject_names(injection: Injection) -> None:
    """Let no file get another name."""
    rename, hardlink = Path.rename, Path.hardlink_to

    def failing_rename(self: Path, target: str | PathLike[str]) -> Path:
        if injection.has("config-stuck"):
            raise OSError(errno.EROFS, "Read-only file system")
        return rename(self, target)

    def failing_hardlink(self: Path, target: str | PathLike[str]) -> None:
        if injection.has("config-stuck"):
            raise OSError(errno.EROFS, "Read-only file system")
        hardlink(self, target)

    Path.rename = failing_rename  # type: ignore[assignment,method-assign]  # to inject
    Path.hardlink_to = failing_hardlink  # type: ignore[assignment,method-assign]  # to inject


def main() -> Never:
    """Start the program with what fails in it."""
    inject(Injection(Path(sys.argv[1])))
    sys.argv[:] = ["balance-tray", *sys.argv[2:]]
    from trayapp.__main__ import main as start  # noqa: PLC0415  # injected by now

    start()


if __name__ == "__main__":
    main()
