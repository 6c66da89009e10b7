"""A session in which faults are provoked, and a gateway with one fixed reply."""

from __future__ import annotations

import json
import shutil
import socketserver
import ssl
import sys
import threading
from typing import TYPE_CHECKING, Final

import trustme

from desktop.desktop import NOTIFICATIONS_NAME
from pictures.session import INJECTION, PATIENCE_S, PROGRAM, PictureSession
from tooling.environment import WORK

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from desktop.atspi import Accessible

PICTURES: Final = WORK / "faults"
KEY: Final = "a-key-of-no-worth"
ID: Final = "0a1b2c3d"
GOOD: Final = '{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'


class FixedReplyServer(socketserver.ThreadingTCPServer):
    """A gateway on loopback that gives every question the same answer, or none."""

    daemon_threads = True

    def __init__(self, *, tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _ReplyHandler)
        self.answer: bytes | None = http(GOOD)
        """None holds every question back."""
        self.over = threading.Event()
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://localhost:{self.server_address[1]}"
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if self._context is not None:
            # No program trusts this authority.
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


class _ReplyHandler(socketserver.BaseRequestHandler):
    """One question; of which nothing is read that would change the answer."""

    server: FixedReplyServer

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


class FaultSession(PictureSession):
    """A session that many faults share, one after the other."""

    is_locked: bool = False

    def write_settings(self, text: str) -> None:
        """Write the settings file; there must be none."""
        self.config.parent.mkdir(parents=True, mode=0o700)
        self.config.write_text(text)

    def write_account(self, url: str) -> None:
        """Write settings with one account, whose key is nowhere."""
        self.write_settings(
            f'version = 1\n[[account]]\nid = "{ID}"\nname = "Shop"\nlow_below = "50"\n'
            f'service = "custom"\nbase_url = "{url}"\n'
            'panel = "https://panel.example"\n'
        )

    def add_account(self, url: str) -> None:
        """Add an account with its key, and its balance if the gateway gives it."""
        self.write_account(url)
        attributes = ["service", "balance-tray", "username", ID]
        self.desktop.run(["secret-tool", "store", "--label=x", *attributes], stdin=KEY)
        self.desktop.run([*PROGRAM, "check"])

    def lock_keyring(self) -> None:
        """Lock the keyring, until the session is cleared."""
        self.desktop.lock_keyring()
        self.is_locked = True

    def start_program(
        self, *, injected: str = "", env: Mapping[str, str] | None = None
    ) -> Accessible:
        """Start the program and return it; `injected` is a fault inside it."""
        if injected:
            file = self.desktop.folder / "injection.json"
            file.write_text(json.dumps({"faults": [injected]}))
            self.start(command=[sys.executable, INJECTION, file], env=env)
        else:
            self.start(env=env)
        return self.program

    def open_window(self) -> None:
        """Show the window of the program that runs in the tray."""
        self.wait_for_tray(bool, "a tooltip")
        self.desktop.run(PROGRAM)

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
