"""KeePassXC and KWallet as the Secret Service of a private session."""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from desktop.desktop import SECRETS_NAME
from tooling.processes import wait_until

if TYPE_CHECKING:
    from desktop.parts import DesktopParts

PASSWORD: Final = "a password of no worth"  # noqa: S105  # it locks an empty keyring
_START_S: Final = 20.0
_SETTINGS: Final = """\
[General]
ConfigVersion=2
UpdateCheckMessageShown=true
[GUI]
CheckForUpdates=false
[FdoSecrets]
Enabled=true
ShowNotification=false
ConfirmAccessItem={confirms}
ConfirmDeleteItem={confirms}
"""
_DATABASE: Final = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<KeePassFile>
  <Meta>
    <DatabaseName>{name}</DatabaseName>
    <CustomData>
      <Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{{{group}}}</Value></Item>
    </CustomData>
  </Meta>
  <Root><Group><UUID>{encoded}</UUID><Name>Root</Name></Group></Root>
</KeePassFile>
"""
_WALLETS: Final = """\
[Wallet]
Enabled=true
First Use=false
Default Wallet={default}
Use One Wallet=true
Prompt on Open=false
Idle Timeout=0
Leave Open=true
[org.freedesktop.secrets]
apiEnabled=true
"""


class KeyringDaemon(Protocol):
    """A keyring in a private session, with the collections `first` and `second`."""

    program: str
    """The program that has to be installed."""

    def start(self, default: str = "first") -> None:
        """Start it, unlocked, with this default collection."""

    def stop(self) -> None:
        """End it."""

    def lock(self) -> None:
        """Lock all collections."""

    def unlock(self) -> None:
        """Unlock all collections, as a person or the login does."""


class KeePassXC:
    """KeePassXC with two databases; each shows all of its entries."""

    program = "keepassxc"

    def __init__(self, parts: DesktopParts, *, confirms: bool = False) -> None:
        """Let it ask before each access to an entry if it `confirms`."""
        self._parts = parts
        self._default = "first"
        self._folder = parts.folder
        settings = Path(parts.env["XDG_CONFIG_HOME"], "keepassxc/keepassxc.ini")
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS.format(confirms=str(confirms).lower()))
        for name in ("first", "second"):
            self._make_database(name)

    def start(self, default: str = "first") -> None:
        """Start it; the database of the last tab is the default collection."""
        self._default = default
        self._start("--pw-stdin")

    def stop(self) -> None:
        """End it."""
        self._parts.stop_part(self.program)

    def lock(self) -> None:
        """Start it again without the databases' passwords."""
        self.stop()
        self._start()

    def unlock(self) -> None:
        """Start it again with the databases' passwords."""
        self.stop()
        self._start("--pw-stdin")

    def _start(self, *options: str) -> None:
        others = {"first", "second"} - {self._default}
        files = [f"{self._folder}/{name}.kdbx" for name in (*others, self._default)]
        passwords = f"{PASSWORD}\n" * len(files) if options else ""
        self._parts.start_part(self.program, *options, *files, stdin=passwords)
        self._parts.await_part(
            self.program, lambda: default_collection(self._parts) == self._default
        )

    def _make_database(self, name: str) -> None:
        group = uuid.uuid4()
        encoded = base64.b64encode(group.bytes).decode()
        source = self._folder / f"{name}.xml"
        source.write_text(_DATABASE.format(name=name, group=group, encoded=encoded))
        target = str(source.with_suffix(".kdbx"))
        twice = f"{PASSWORD}\n" * 2
        make = ["import", "--set-password", str(source), target]
        self._parts.must("keepassxc-cli", *make, stdin=twice)


class KWallet:
    """KWallet of Plasma 5 with two wallets that the login opens."""

    program = "kwalletd5"

    def __init__(self, parts: DesktopParts) -> None:
        self._parts = parts
        self._folder = Path(parts.env["XDG_DATA_HOME"], "kwalletd")
        self._folder.mkdir(parents=True)
        # What the login passes on is made of the password and a file of 56 bytes.
        salt = os.urandom(56)
        self._hash = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 50_000, 56)
        for name in ("first", "second"):
            (self._folder / f"{name}.salt").write_bytes(salt)
        self._start("first")
        self.unlock()  # the first login makes the wallets
        self.stop()

    def start(self, default: str = "first") -> None:
        """Start it, and have the login open the wallets."""
        self._start(default)
        self.unlock()

    def stop(self) -> None:
        """Close the wallets, which writes them, and end it."""
        self.lock()
        self._parts.stop_part(self.program)

    def lock(self) -> None:
        """Close the wallets."""
        self._call("closeAllWallets")

    def unlock(self) -> None:
        """Open the wallets, as PAM does at the login."""
        numbers = ",".join(map(str, self._hash))
        for name in WALLETS:
            given = f"string:{name}", f"array:byte:{numbers}", "int32:0"
            self._call("pamOpen", *given)
            wait_until(lambda: self._is_open(name), f"the wallet {name}", _START_S)  # noqa: B023  # called at once

    def _start(self, default: str) -> None:
        settings = Path(self._parts.env["XDG_CONFIG_HOME"], "kwalletrc")
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_WALLETS.format(default=default))
        self._parts.start_part(self.program)
        self._parts.await_part(self.program, lambda: self._parts.has_name(SECRETS_NAME))

    def _is_open(self, name: str) -> bool:
        return self._call("isOpen", f"string:{name}").strip() == "boolean true"

    def _call(self, method: str, *arguments: str) -> str:
        names = "org.kde.kwalletd5", "/modules/kwalletd5"
        return self._parts.call(*names, f"org.kde.KWallet.{method}", *arguments)


WALLETS: Final = ("first", "second")


def default_collection(parts: DesktopParts) -> str:
    """Return the name of the default collection; empty if there is none."""
    if not parts.has_name(SECRETS_NAME):
        return ""
    read = "org.freedesktop.Secret.Service.ReadAlias"
    places = SECRETS_NAME, "/org/freedesktop/secrets"
    path = parts.call(*places, read, "string:default").strip()
    return path.rpartition("/")[2]
