"""The HTTP server of the demo gateway: one request and one response a connection."""

import logging
import socket
import socketserver
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

HOST: Final = "127.0.0.1"
_BODY_LIMIT: Final = 64 * 1024

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """A complete request, of limited size."""

    method: str
    path: str
    """Without the query."""
    content_type: str
    """In lower case, without parameters."""
    body: bytes = field(repr=False)
    gone: Callable[[], bool] = field(repr=False)
    """Whether the client has hung up."""


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a request."""

    status: HTTPStatus
    body: str
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def status_page(
    status: HTTPStatus, headers: Mapping[str, str] | None = None
) -> Response:
    """Make the HTML page that web servers send for a status."""
    words = f"{status.value} {status.phrase}"
    page = f"<!doctype html><html><title>{words}</title><h1>{words}</h1></html>\n"
    return Response(status, page, headers=headers or {})


class Server(ThreadingHTTPServer):
    """Listens on the loopback; each request has a thread.

    The constructor opens the port. `respond` may block; it gives None to hang up
    without a response.
    """

    allow_reuse_address = sys.platform != "win32"  # where two could then share a port
    request_queue_size = 64

    def __init__(
        self, port: int, respond: Callable[[Request], Response | None]
    ) -> None:
        self.respond = respond
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the lookup of the host's name, which may be slow."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = HOST
        self.server_port = self.socket.getsockname()[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that hang up; log anything else as a bug."""
        del request
        if not isinstance(sys.exception(), OSError):
            _log.exception("the demo gateway failed to answer %s", client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10  # otherwise a silent client would keep its thread
    server: Server

    def _serve(self) -> None:
        self.close_connection = True
        reply = self._reply()
        if reply is None:
            return
        body = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Respond, as to any other method."""
        self._serve()

    def do_POST(self) -> None:
        """Respond, as to any other method."""
        self._serve()

    def _reply(self) -> Response | None:
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            return status_page(HTTPStatus.BAD_REQUEST)
        # By its length first: int() refuses thousands of digits.
        if len(length) > len(str(_BODY_LIMIT)) or int(length) > _BODY_LIMIT:
            return status_page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        request = Request(
            method=self.command,
            path=self.path.partition("?")[0],
            content_type=self.headers.get_content_type(),
            body=self.rfile.read(int(length)),
            gone=self._client_is_gone,
        )
        return self.server.respond(request)

    def _client_is_gone(self) -> bool:
        self.connection.settimeout(0)
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self.connection.settimeout(self.timeout)

    def version_string(self) -> str:
        """Name this server, not its Python version."""
        return "BalanceTrayDemo"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as its base names it
        """Log the request line. It has no key, as the key is in the body."""
        _log.debug(format, *args)
