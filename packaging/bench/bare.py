"""httpx and nothing else: the least that a request costs.

python packaging/bench/bare.py post URL COUNT KEY           CPU of one request
python packaging/bench/bare.py ask URL COUNT KEY AT_ONCE    seconds for all
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Final

import httpx

_PATH: Final = "/api/3.0/account/get-balance"


async def _post(url: str, count: int, key: str) -> dict[str, float]:
    """Send one request after the other, each over a connection of its own."""
    headers = {"Connection": "close"}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
        await _request(client, url, key)  # the first one imports what it needs
        before = time.process_time()
        for _ in range(count):
            await _request(client, url, key)
        return {"cpu_ms": (time.process_time() - before) * 1_000 / count}


async def _ask(url: str, count: int, key: str, at_once: int) -> dict[str, float]:
    """Send many requests at once, over connections that are kept."""
    places = asyncio.Semaphore(at_once)
    async with httpx.AsyncClient(trust_env=False) as client:

        async def one() -> None:
            async with places:
                await _request(client, url, key)

        await one()
        start = time.monotonic()
        await asyncio.gather(*(one() for _ in range(count)))
        return {"seconds": time.monotonic() - start}


async def _request(client: httpx.AsyncClient, url: str, key: str) -> None:
    response = await client.post(url + _PATH, json={"api_key": key})
    response.raise_for_status()
    response.json()


def main() -> None:
    """Do as the command line says, and print the result as JSON."""
    what, url, count, key, *at_once = sys.argv[1:]
    if what == "post":
        result = asyncio.run(_post(url, int(count), key))
    else:
        result = asyncio.run(_ask(url, int(count), key, int(at_once[0])))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
