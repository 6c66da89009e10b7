"""The program as it is, but for what a pose takes away: keys, answers, a full disk.

    python3 packaging/pictures/posed.py POSE.json [ARGUMENT …]

A picture needs failures one after the other that no machine has at once. The pose says
which error the gateway ends in for which account (`fails`, by id), which keys there are
(`keys`, by id), and whether files can be written (`full`); it is read at each question.
"""

from __future__ import annotations

import errno
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

from trayapp.core.errors import BY_ID, HistoryFull
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring import system_vault as os_vault
from trayapp.services.keyring.keychain import MemoryVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.core.account import Account
    from trayapp.core.balance import Balance
    from trayapp.core.secret import Secret


class Pose:
    """What fails, as the file says that is asked each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, part: str) -> Any:  # noqa: ANN401  # JSON
        """Give a part of the pose."""
        return json.loads(self._path.read_text())[part]

    def fail(self, account_id: str) -> None:
        """Raise what an account's question is to end in, if anything."""
        if name := self.read("fails").get(account_id):
            raise BY_ID[name](detail="as posed")

    @property
    def is_full(self) -> bool:
        """Whether nothing can be written."""
        return bool(self.read("full"))


def strike(pose: Pose) -> None:
    """Let the program fail as the pose says."""
    asked, kept = GatewayClient.balance, HistoryStore.keep
    made: Callable[..., Any] = tempfile.mkstemp

    async def balance(self: GatewayClient, account: Account, key: Secret) -> Balance:
        pose.fail(account.id)
        return await asked(self, account, key)

    def keep(self: HistoryStore, *args: Any, **options: Any) -> None:  # noqa: ANN401  # passed on
        if pose.is_full:
            raise HistoryFull(detail="as posed")
        kept(self, *args, **options)

    def mkstemp(*args: Any, **options: Any) -> Any:  # noqa: ANN401  # passed on
        if pose.is_full:
            raise OSError(errno.ENOSPC, "as posed")
        return made(*args, **options)

    GatewayClient.balance = balance  # type: ignore[method-assign]  # that is the pose
    HistoryStore.keep = keep  # type: ignore[method-assign]  # that is the pose
    tempfile.mkstemp = mkstemp
    os_vault.system_vault = lambda: MemoryVault(pose.read("keys"))


def main() -> Never:
    """Start the program in its pose."""
    strike(Pose(Path(sys.argv[1])))
    sys.argv[:] = ["balance-tray", *sys.argv[2:]]
    from trayapp.__main__ import main as start  # noqa: PLC0415  # posed by now

    start()


if __name__ == "__main__":
    main()
