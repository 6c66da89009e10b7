"""Notices another network by this computer's address, where no service reports it."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from trayapp.services.log.log_faults import log_faults

if TYPE_CHECKING:
    from trayapp.services.polling.resume_monitor import ResumeMonitor

_LOOK_EVERY_S: Final = 60.0
_SOMEWHERE: Final = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737). Nothing is sent to it: the system only
chooses the local address of the route."""


def local_address() -> str:
    """Give the address of this computer towards the internet; empty without one."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe,
    ):
        probe.connect(_SOMEWHERE)
        return str(probe.getsockname()[0])
    return ""


class AddressMonitor:
    """Compares the local address once a minute, in place of a `ResumeMonitor`."""

    def __init__(
        self,
        on_online: Callable[[], None],
        address: Callable[[], str] = local_address,
    ) -> None:
        """Call `on_online` when `address` gives another address than before."""
        self._on_online, self._address = on_online, address

    async def run(self) -> None:
        """Look until cancelled."""
        before: str | None = None
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            with log_faults("looking at the local address"):
                now = self._address()
                is_other = before is not None and now != before
                before = now
                if now and is_other:
                    self._on_online()


def make_network_monitor(
    on_resume: Callable[[], None], on_online: Callable[[], None]
) -> "ResumeMonitor | AddressMonitor":
    """Make what notices a resume or another network; without D-Bus by the address."""
    try:
        from trayapp.services.polling.resume_monitor import ResumeMonitor  # noqa: PLC0415  # may be missing
    except ImportError:
        return AddressMonitor(on_online)
    return ResumeMonitor(on_resume=on_resume, on_online=on_online)
