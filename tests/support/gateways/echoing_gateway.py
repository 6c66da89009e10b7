"""A gateway that repeats the key in its responses, each in another place."""

import base64
import contextlib
import html
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Final, Self
from urllib.parse import quote

_RESET: Final = struct.pack("ii", 1, 0)


def echo(key: str) -> str:
    """Write a key in many encodings."""
    raw = key.encode()
    return " ".join(
        (
            key,
            quote(key, safe=""),
            quote(quote(key, safe=""), safe=""),
            base64.b64encode(raw).decode(),
            base64.b64encode(b"user:" + raw).decode(),
            base64.urlsafe_b64encode(b"a user:" + raw).decode(),
            json.dumps({"api_key": key}),
            html.escape(key),
            raw.hex(),
            "\u200b".join(key),
        )
    )


def _reply(status: str, body: object, *headers: str) -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    kind = [] if any("content-" in one.lower() for one in headers) else [_JSON]
    raw = text.encode()
    lines = (f"HTTP/1.1 {status}", *kind, *headers, f"Content-Length: {len(raw)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def _error(status: str, error_id: str, words: str) -> bytes:
    return _reply(status, {"status": "error", "error_id": error_id, "error_msg": words})


def _result(balance: str, currency: str, **more: str) -> bytes:
    result = {"balance": balance, "currency": currency, **more}
    return _reply("200 OK", {"status": "ok", "result": result, **more})


_JSON: Final = "Content-Type: application/json"
RESPONSES: Final[dict[str, Callable[[str], bytes]]] = {
    "low": lambda key: _result("3.1200", "EUR", note=echo(key)),
    "unauthorized": lambda key: _error("401 No", "UNAUTHORIZED", echo(key)),
    "refused": lambda key: _error("400 No", key, echo(key)),
    "refused-base64": lambda key: _error("400 No", echo(key).split()[4], "no"),
    "bad-request": lambda key: _error("400 No", "JSON_PARSE_ERROR", echo(key)),
    "balance": lambda key: _result(key, "EUR"),
    "currency": lambda key: _result("3.1200", key),
    "status": lambda key: _reply("200 OK", {"status": key}),
    "list": lambda key: _reply("200 OK", [key]),
    "type": lambda key: _reply("200 OK", "hello", f"Content-Type: text/{key}"),
    "encoding": lambda key: _reply("200 OK", "hello", f"Content-Encoding: {key}"),
    "page": lambda key: _reply("200 OK", f"<p>{echo(key)}", "Content-Type: text/html"),
    "portal": lambda key: _reply("511 No", echo(key), f"WWW-Authenticate: {key}"),
    "login": lambda key: _reply("407 No", echo(key), f"Proxy-Authenticate: {key}"),
    "down": lambda key: _reply("503 No", echo(key), f"Retry-After: {key}"),
    "often": lambda key: _reply("429 No", echo(key), f"Set-Cookie: key={key}"),
    "moved": lambda key: _reply("307 No", "", f"Location: /leaked?{quote(key)}"),
    "noise": lambda key: f"{key}\r\n\r\n".encode(),
    "version": lambda key: f"HTTP/{key} 200 OK\r\n\r\n".encode(),
    "number": lambda key: f"HTTP/1.1 {key} OK\r\n\r\n".encode(),
    "header": lambda key: f"HTTP/1.1 200 OK\r\n{key} \r\n\r\n".encode(),
    "length": lambda key: f"HTTP/1.1 200 OK\r\nContent-Length: {key}\r\n\r\n".encode(),
    "chunks": lambda key: (
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{key}\r\n"
    ).encode(),
    "cut": lambda key: (
        f"HTTP/1.1 200 OK\r\n{_JSON}\r\nContent-Length: 9999\r\n\r\n{echo(key)}"
    ).encode(),
}
"""The responses, by the first part of the request's path."""
SILENT: Final = "silent"
RESETS: Final = "resets"


class EchoingGateway(socketserver.ThreadingTCPServer):
    """The gateway on a port of the loopback; `tls` has an untrusted certificate."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.paths: list[str] = []
        """The paths of the requests."""
        self.tls = tls
        self.ended = threading.Event()
        super().__init__(("127.0.0.1", 0), _EchoHandler)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()

    def finish_request(self, request: object, client_address: object) -> None:
        """Respond; ignore a client that hangs up or rejects the certificate."""
        with contextlib.suppress(OSError):
            super().finish_request(request, client_address)  # type: ignore[arg-type]  # typeshed's own types


class _EchoHandler(socketserver.StreamRequestHandler):
    server: EchoingGateway

    def setup(self) -> None:
        """Start TLS if it is set."""
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        """Read one request and respond to it."""
        path = self.rfile.readline().split()[1].decode()
        self.server.paths.append(path)
        length = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self.rfile.read(length)
        mode = path.split("/")[1]
        if mode == SILENT:
            self.server.ended.wait()
        elif mode == RESETS:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        elif mode in RESPONSES:
            self.wfile.write(RESPONSES[mode](json.loads(body)["api_key"]))
