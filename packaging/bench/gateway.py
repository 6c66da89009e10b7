"""A gateway in a process of its own that takes 10 ms for each response.

It prints its address and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import json
from typing import Final

_DELAY_S: Final = 0.010
_HEADER_END: Final = b"\r\n\r\n"
_BODY: Final = json.dumps(
    {"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}
).encode()
_REPLY: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Respond to every request of a connection until the client closes it."""
    try:
        while True:
            head = await reader.readuntil(_HEADER_END)
            (length,) = (
                int(line.partition(b":")[2])
                for line in head.splitlines()
                if line.lower().startswith(b"content-length:")
            )
            await reader.readexactly(length)
            await asyncio.sleep(_DELAY_S)
            writer.write(_REPLY)
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass  # the client has hung up
    finally:
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=256)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
