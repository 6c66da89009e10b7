"""Looks up the addresses of a host on daemon threads, since a lookup may hang."""

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

from trayapp.core.base_url import is_loopback

_HUNG_AFTER_S: Final = 60.0
"""Seconds until a lookup counts as hung; the next request then starts another one."""
_MAX_LOOKUPS: Final = 4
"""The most lookups of one name at a time, those that hang included."""


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A lookup that runs or has ended."""

    started_at: float
    """On the monotonic clock, in seconds."""
    addresses: Future[list[str]]


class Resolver:
    """The lookups of one event loop; callers that need the same name share one.

    `getaddrinfo` can block for minutes and can't be cancelled. In the loop's own
    executor, a few such calls would occupy all threads, and the interpreter would wait
    for them when it exits. So each lookup has a daemon thread of its own.
    """

    def __init__(self) -> None:
        self._lookups: dict[str, list[_Lookup]] = {}

    async def resolve(self, host: str) -> list[str]:
        """Return a host's addresses in the order to try them, the families in turn.

        Thus a broken IPv6 costs one attempt, however many addresses the host has. A
        loopback host has loopback addresses only, because a key goes there without TLS.
        Raises `OSError`, or `UnicodeError` for an invalid name.
        """
        with suppress(ValueError):
            return [str(ip_address(host))]
        addresses = await asyncio.wrap_future(self._lookup(host))
        if is_loopback(host):
            addresses = [address for address in addresses if is_loopback(address)]
            if not addresses:
                message = f"{host} is not this computer"
                raise OSError(message)
        return addresses

    def _lookup(self, host: str) -> Future[list[str]]:
        """Return the lookup that runs for a host, or start one."""
        now = time.monotonic()
        running = [
            lookup
            for lookup in self._lookups.get(host, [])
            if not lookup.addresses.done()
        ]
        has_hung = bool(running) and now - running[-1].started_at > _HUNG_AFTER_S
        if not running or (has_hung and len(running) < _MAX_LOOKUPS):
            running.append(_Lookup(now, _start(host)))
        self._lookups[host] = running
        return running[-1].addresses


def _start(host: str) -> Future[list[str]]:
    addresses: Future[list[str]] = Future()
    # As it is marked as running, one caller's cancellation does not end it for others.
    addresses.set_running_or_notify_cancel()
    threading.Thread(
        target=_look_up, args=(host, addresses), name="lookup", daemon=True
    ).start()
    return addresses


def _look_up(host: str, addresses: Future[list[str]]) -> None:
    try:
        results = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        records: list[tuple[socket.AddressFamily, str]] = [
            (family, str(address[0])) for family, _, _, _, address in results
        ]
        addresses.set_result(_interleave_families(records))
    except Exception as error:  # noqa: BLE001  # raised to the callers that wait
        addresses.set_exception(error)


def _interleave_families(records: list[tuple[socket.AddressFamily, str]]) -> list[str]:
    """Order addresses so that the families take turns, the system's choice first."""
    families = [family for family, _ in records]
    first = [address for family, address in records if family == families[0]]
    others = [address for family, address in records if family != families[0]]
    turns = zip_longest(first, others)
    return [address for turn in turns for address in turn if address is not None]
