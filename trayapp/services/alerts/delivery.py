"""Brings notices to the desktop; what it does not take is told as soon as it does."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from trayapp.core.alerts.notification import Notification
from trayapp.core.errors import NotificationsUnseen
from trayapp.services.alerts.service import AlertService
from trayapp.services.log.log_faults import log_faults
from trayapp.services.messages.events import DeliveryChanged, Emit

if TYPE_CHECKING:
    from trayapp.services.alerts.dbus_notifier import DBusNotifier

_FIRST_PAUSE_S: Final = 50.0
"""Less than the minute between two looks."""
_LONGEST_PAUSE_S: Final = 3_600.0
_SURE_FOR_S: Final = 570.0
"""How long a server that was there is taken to be there still: the bus tells when it
goes, and a question each minute would be most of what an idle program does."""
_log = logging.getLogger(__name__)


class NotificationDelivery:
    """Knows whether notifications reach anybody, and has the alarm wait until they do.

    Who takes none although it answers is tried again ever more rarely: each time is
    an entry in a person's "Why?" list.
    """

    def __init__(
        self,
        notifier: "DBusNotifier | None",
        alerts: AlertService,
        emit: Emit,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a notifier; without one (Qt shows them), this does nothing."""
        self._notifier, self._alerts, self._emit = notifier, alerts, emit
        self._clock = clock
        self._reaches = True
        self._pause_s = _FIRST_PAUSE_S
        self._not_before = self._sure_until = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        if notifier is not None:
            notifier.server_changed = self._on_server_changed

    async def tell(self, notice: Notification) -> None:
        """Show a notification, or keep what it tells for later."""
        if self._notifier is None:
            return
        if await self._notifier.show(notice):
            self._pause_s = _FIRST_PAUSE_S
            self._set(reaches=True)
            return
        self._not_before = self._clock() + self._pause_s
        self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
        self._set(reaches=False)
        self._alerts.untaken(notice.alerts)

    def look(self) -> None:
        """See soon whether the desktop takes notifications; call it each minute."""
        if self._reaches and self._clock() < self._sure_until:
            return
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Look no more, and leave the bus."""
        if self._looking is not None:
            self._looking.cancel()
        if self._notifier is not None:
            await self._notifier.close()

    async def _look(self) -> None:
        with log_faults("looking for a notification server"):
            if self._notifier is not None and self._clock() >= self._not_before:
                self._set(reaches=await self._notifier.is_available())

    def _on_server_changed(self) -> None:
        """Try another server at once, whatever the one before it did."""
        self._pause_s = _FIRST_PAUSE_S
        self._not_before = self._sure_until = float("-inf")
        if self._looking is not None:
            self._looking.cancel()  # it asks the one that is gone
        self._looking = asyncio.create_task(self._look())

    def _set(self, *, reaches: bool) -> None:
        if reaches:
            self._sure_until = self._clock() + _SURE_FOR_S
        if reaches is not self._reaches:
            self._reaches = reaches
            _log.info("notifications are shown: %s", "yes" if reaches else "no")
            problem = None if reaches else NotificationsUnseen().as_failure()
            self._emit(DeliveryChanged(problem))
            self._alerts.reach(on=reaches)
