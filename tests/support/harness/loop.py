"""Helpers for tests that run an asyncio loop."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

_TURNS: Final = 50
"""More than any chain of callbacks in the program needs."""


async def let_loop_run() -> None:
    """Let the loop run until all tasks wait for something."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


@asynccontextmanager
async def running(coroutine: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Run a coroutine beside the body of the context, and cancel it at its end."""
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
