"""Looks up the addresses of a name, where a resolver that stalls holds up nobody."""

import asyncio
import socket
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import zip_longest
from typing import Final

_JOINED_S: Final = 60.0
"""A lookup that is older has hung, and the next question starts another one."""
_MOST: Final = 4
"""How many lookups of one name there are at the most, hung ones and all."""


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A lookup that is under way, or was."""

    since: float
    addresses: Future[list[str]]


class Resolver:
    """The lookups of one loop.

    `getaddrinfo` can block for minutes and can't be cancelled. In the loop's own
    executor a few such calls would take all the threads, and the interpreter would
    wait for them at its end. So each name is looked up on a daemon thread, by one at
    a time for all who ask.
    """

    def __init__(self) -> None:
        self._lookups: dict[str, list[_Lookup]] = {}

    async def find(self, host: str) -> list[str]:
        """Give a host's addresses in the order to try them, the families in turn.

        So does a broken IPv6 cost one attempt and not as many as there are addresses.
        Raises `OSError`, or `UnicodeError` for what can't be a name.
        """
        with suppress(ValueError):
            return [str(ip_address(host))]
        return await asyncio.wrap_future(self._lookup(host))

    def _lookup(self, host: str) -> Future[list[str]]:
        """Join the lookup that is under way, or start one."""
        now = time.monotonic()
        running = [
            one for one in self._lookups.get(host, []) if not one.addresses.done()
        ]
        hung = bool(running) and now - running[-1].since > _JOINED_S
        if not running or (hung and len(running) < _MOST):
            running.append(_Lookup(now, _start(host)))
        self._lookups[host] = running
        return running[-1].addresses


def _start(host: str) -> Future[list[str]]:
    addresses: Future[list[str]] = Future()
    # From here on it can't be cancelled: one who gives up takes it from no other.
    addresses.set_running_or_notify_cancel()
    threading.Thread(
        target=_look_up, args=(host, addresses), name="lookup", daemon=True
    ).start()
    return addresses


def _look_up(host: str, addresses: Future[list[str]]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        addresses.set_result(_in_turn([(one[0], str(one[4][0])) for one in found]))
    except Exception as error:  # noqa: BLE001  # told to those who wait for it
        addresses.set_exception(error)


def _in_turn(found: list[tuple[socket.AddressFamily, str]]) -> list[str]:
    """Order addresses so that the families take turns, the system's choice first."""
    first = [address for family, address in found if family == found[0][0]]
    others = [address for family, address in found if family != found[0][0]]
    pairs = zip_longest(first, others)
    return [address for pair in pairs for address in pair if address is not None]
