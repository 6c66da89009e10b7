"""A gateway that is a function: no socket, no server."""

import json
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

REJECTION = {"status": "error", "error_id": "UNAUTHORIZED", "error_msg": "no"}


class FakeGateway:
    """A gateway with one balance for all keys; `respond` may be replaced."""

    def __init__(self) -> None:
        self.amount = "50.0000"
        self.status = 200
        self.rejected_keys: set[str] = set()
        self.keys: list[str] = []
        """The keys of all requests."""
        self.respond: Callable[[httpx.Request], httpx.Response] = self._respond

    def client(self) -> httpx.AsyncClient:
        """Return a client whose requests come here."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(json.loads(request.content)["api_key"])
        return self.respond(request)

    def _respond(self, _: httpx.Request) -> httpx.Response:
        if self.keys[-1] in self.rejected_keys:
            return json_response(REJECTION, 401)
        return balance_response(self.amount, self.status)


def balance_response(amount: str, status: int = 200) -> httpx.Response:
    """Return the response with a balance."""
    result = {"balance": amount, "currency": "EUR"}
    return json_response({"status": "ok", "result": result}, status)


def json_response(content: object, status: int = 200) -> httpx.Response:
    """Return a response that is not read yet, as from a socket."""
    body = httpx.ByteStream(json.dumps(content).encode())
    return httpx.Response(status, stream=body)
