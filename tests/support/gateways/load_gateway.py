"""A gateway for many accounts, in a process, that responds or hangs by the key.

Run as a script, it prints its URL and serves until it is ended.
"""

import asyncio
import json
from typing import Final

HANGING: Final = "hanging-made-up-key-"
GOOD: Final = "answering-made-up-key-"
_FAR_AWAY_S: Final = 0.02
"""What an answer takes from where gateways are."""
_HEADER_END: Final = b"\r\n\r\n"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Respond to one request; never to one with a hanging key."""
    try:
        head = await reader.readuntil(_HEADER_END)
        (length,) = (
            int(line.partition(b":")[2])
            for line in head.splitlines()
            if line.lower().startswith(b"content-length:")
        )
        key = json.loads(await reader.readexactly(length))["api_key"]
        if key.startswith(HANGING):
            await reader.read()  # until the client hangs up
        else:
            await asyncio.sleep(_FAR_AWAY_S)
            writer.write(_reply())
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass  # the client lost patience
    finally:
        writer.close()


def _reply() -> bytes:
    result = {"balance": "350.1200", "currency": "EUR"}
    body = json.dumps({"status": "ok", "result": result}).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=256)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201  # whoever started it reads it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
