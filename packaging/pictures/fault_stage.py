"""What faults are played on: a desktop, a gateway that answers anything, ourselves."""

from __future__ import annotations

import shutil
import socketserver
import ssl
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import trustme

from desktop.atspi import Screen
from desktop.desktop import NOTIFICATIONS_NAME, Desktop
from desktop.tray_probe import NoTrayIconError, Tray
from tooling.environment import WORK
from tooling.processes import wait_until
from tooling.steps import say

if TYPE_CHECKING:
    import socket
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from desktop.atspi import Thing
    from desktop.desktop import Keyring, Panel

PICTURES: Final = WORK / "faults"
PROGRAM: Final = [sys.executable, "-m", "trayapp"]
KEY: Final = "a-key-of-no-worth"
ID: Final = "0a1b2c3d"
GOOD: Final = '{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'
PATIENCE_S: Final = 45.0
"""More than the deadlines of the gateway's client and of the keyring."""


class AnyServer(socketserver.ThreadingTCPServer):
    """A gateway on loopback that gives every question the same answer, or none."""

    daemon_threads = True

    def __init__(self, *, tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.answer: bytes | None = http(GOOD)
        """None holds every question back."""
        self.over = threading.Event()
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://localhost:{self.server_address[1]}"
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if self._context is not None:
            # Of an authority that nobody knows.
            trustme.CA().issue_cert("localhost").configure_cert(self._context)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self.over.set()
        self.shutdown()
        self.server_close()

    def greet(self, caller: socket.socket) -> socket.socket:
        """Greet by TLS first, if that is spoken here."""
        if self._context is None:
            return caller
        return self._context.wrap_socket(caller, server_side=True)

    def handle_error(self, *_: object) -> None:
        """Say nothing: who finds the certificate wanting hangs up."""


class _Line(socketserver.BaseRequestHandler):
    """One question; of which nothing is read that would change the answer."""

    server: AnyServer

    def handle(self) -> None:
        """Take the question, and answer it."""
        caller = self.server.greet(self.request)
        caller.recv(65_536)
        if self.server.answer is None:
            self.server.over.wait(2 * PATIENCE_S)
        else:
            caller.sendall(self.server.answer)


def http(
    body: str, status: str = "200 OK", kind: str = "application/json", *headers: str
) -> bytes:
    """Write a reply."""
    raw = body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(raw)}", "", ""]).encode() + raw


def refusal(error_id: str, status: str, words: str) -> bytes:
    """Write an error as the gateway does."""
    body = f'{{"status": "error", "error_id": "{error_id}", "error_msg": "{words}"}}'
    return http(body, status)


@dataclass
class Stage:
    """A desktop of our own with our program on it."""

    desktop: Desktop
    screen: Screen
    programs: list[subprocess.Popen[str]] = field(default_factory=list)
    is_locked: bool = False

    @property
    def config(self) -> Path:
        """Where the settings are."""
        return self.desktop.home / ".config/balance-tray/config.toml"

    @property
    def history(self) -> Path:
        """Where the history is."""
        return self.desktop.home / ".local/share/balance-tray/history.sqlite3"

    def write_settings(self, text: str) -> None:
        """Have a settings file with this text."""
        self.config.parent.mkdir(parents=True, mode=0o700)
        self.config.write_text(text)

    def write_account(self, url: str) -> None:
        """Have an account in the settings, whose key is nowhere."""
        self.write_settings(
            f'version = 1\n[[account]]\nid = "{ID}"\nname = "Shop"\nlow_below = "50"\n'
            f'service = "custom"\nbase_url = "{url}"\n'
        )

    def have_account(self, url: str) -> None:
        """Have an account with its key, and its balance if it can be asked for."""
        self.write_account(url)
        attributes = ["service", "balance-tray", "username", ID]
        self.desktop.run(["secret-tool", "store", "--label=x", *attributes], stdin=KEY)
        self.desktop.run([*PROGRAM, "check"])

    def lock_keyring(self) -> None:
        """Lock the keyring, until the stage is cleared."""
        self.desktop.lock_keyring()
        self.is_locked = True

    def start(
        self,
        command: Sequence[str] = PROGRAM,
        env: Mapping[str, str] | None = None,
    ) -> Thing:
        """Start the program, and give it."""
        self.programs.append(self.desktop.spawn(command, log="program", env=env))
        return self.screen.program("alance", within_s=PATIENCE_S)

    def open(self) -> None:
        """Have the window of the program that runs in the tray on the screen."""
        bus = self.desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        with Tray(bus) as tray:
            wait_until(lambda: _is_there(tray), "the tray icon", PATIENCE_S)
        self.desktop.run(PROGRAM)

    def take(self, name: str) -> None:
        """Save the screen, once it stands still."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        target = PICTURES / f"{name}.png"
        before = b""

        def is_still() -> bool:
            nonlocal before
            self.desktop.screenshot(target)
            now = target.read_bytes()
            still, before = now == before, now
            return still

        wait_until(is_still, "a still screen", PATIENCE_S)
        say(f"{target}")

    def clear(self) -> None:
        """End the program and remove all that it keeps."""
        while self.programs:
            self.desktop.stop(self.programs.pop())
        if self.is_locked:
            self.desktop.unlock_keyring()
            self.is_locked = False
        if self.desktop.has_name(NOTIFICATIONS_NAME):
            self.desktop.stop_notifications()  # and what it shows
            self.desktop.start_notifications()
        for folder in (self.config.parent, self.history.parent):
            if folder.is_symlink():
                folder.unlink()
            shutil.rmtree(folder, ignore_errors=True)
        self.desktop.run(
            ["secret-tool", "clear", "service", "balance-tray", "username", ID]
        )


def _is_there(tray: Tray) -> bool:
    try:
        return bool(tray.tooltip())
    except NoTrayIconError:
        return False


@contextmanager
def stage(panel: Panel = "xfce", keyring: Keyring = "unlocked") -> Iterator[Stage]:
    """Build a stage, and take it down."""
    with (
        Desktop(panel, keyring=keyring) as desktop,
        Screen(desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as screen,
    ):
        yield Stage(desktop, screen)
