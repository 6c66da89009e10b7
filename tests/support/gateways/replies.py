"""HTTP responses as bytes, for servers that tests control."""

import json
from typing import Final

KEY: Final = "399d2b438a53ebed3db8a7d52107f846"
"""The key that the vendor's published page prints in its samples."""
GOOD: Final = '{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'


def reply(
    body: str | bytes = GOOD,
    status: str = "200 OK",
    kind: str = "application/json",
    **headers: str,
) -> bytes:
    """Write an HTTP response; `Retry_After` stands for the header's name."""
    raw = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(raw)}", "", ""]
    return "\r\n".join(lines).encode() + raw


def head(*headers: str, status: str = "200 OK") -> bytes:
    """Write status line and headers, without a length."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers, "", ""]
    return "\r\n".join(lines).encode()


def refusal(
    error_id: object, status: str = "400 Bad Request", words: object = ""
) -> bytes:
    """Write a refusal as the gateway sends it."""
    said = {"status": "error", "error_id": error_id, "error_msg": words}
    return reply(json.dumps(said), status)


def result(balance: str = '"350.1200"', currency: str = '"EUR"') -> bytes:
    """Write a response with this balance and currency, both as JSON."""
    inner = f'{{"balance": {balance}, "currency": {currency}}}'
    return reply(f'{{"status": "ok", "result": {inner}}}')
