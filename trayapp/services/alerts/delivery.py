"""Words notifications and shows them; what no server accepts is sent again later."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.notification import Notification
from trayapp.core.alerts.wording import notification_about, sample_notification
from trayapp.core.errors import NotificationsUnseen
from trayapp.core.i18n.language import Language
from trayapp.services.alerts.service import AlertService
from trayapp.services.alerts.sink import NotificationSink
from trayapp.services.log.log_faults import log_faults
from trayapp.services.messages.events import DeliveryChanged, Emit

_FIRST_PAUSE_S: Final = 50.0
"""Less than the minute between two checks."""
_LONGEST_PAUSE_S: Final = 3_600.0
_SURE_FOR_S: Final = 570.0
"""For so long a server that was there is taken to be there still. The bus reports when
it goes, and a request each minute would be most of what an idle program does."""
_SLOW_S: Final = 5.0
"""A server that takes longer is reported as showing nothing. The call goes on."""
_log = logging.getLogger(__name__)


class NotificationDelivery:
    """Sends alerts; while no server accepts any, the alert service postpones them.

    A server that responds but accepts nothing is tried less and less often: each
    attempt adds an entry to the person's notification log.
    """

    def __init__(
        self,
        sink: NotificationSink,
        alerts: AlertService,
        emit: Emit,
        language: Language,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the person's language; the alert service has their settings."""
        self._sink, self._alerts, self._emit = sink, alerts, emit
        self._language = language
        self._clock = clock
        self._works = True
        self._server = 0
        """It counts the servers that came and went."""
        self._stopped = threading.Event()
        self._pause_s = _FIRST_PAUSE_S
        self._not_before = self._sure_until = float("-inf")
        self._checking: asyncio.Task[None] | None = None
        sink.server_changed = self._on_server_changed

    async def send(self, alerts: Sequence[Alert]) -> None:
        """Show alerts in one notification, or keep them pending."""
        language = self._language
        if self._alerts.settings.discreet:
            language = replace(language, hides_amounts=True)
        notification = None
        with log_faults("wording a notification"):
            notification = notification_about(alerts, language)
        if notification is not None:
            await self._show(notification)
        else:
            self._postpone(alerts)

    async def send_sample(self) -> None:
        """Show a sample notification, with which a person tries out notifications."""
        await self._show(sample_notification(self._language))

    def check(self) -> None:
        """See soon whether a server accepts notifications; call it each minute."""
        if self._works and self._clock() < self._sure_until:
            return
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check())

    def stop(self) -> None:
        """Show nothing more, although the loop may go on; any thread may call it."""
        self._stopped.set()

    async def close(self) -> None:
        """Check no more, and close the sink."""
        if self._checking is not None:
            self._checking.cancel()
        await self._sink.close()

    async def _show(self, notification: Notification) -> None:
        if self._stopped.is_set():
            return
        server = self._server
        slow = asyncio.get_running_loop().call_later(
            _SLOW_S, partial(self._set, works=False)
        )
        is_shown = False
        try:
            # A fault of the sink is logged, and the alerts are sent again later.
            with log_faults("showing a notification"):
                is_shown = await self._sink.show(notification)
        finally:
            slow.cancel()
        if self._stopped.is_set():
            return  # another backend has the history now
        if is_shown:
            self._alerts.mark_delivered(notification.alerts)
            self._pause_s = _FIRST_PAUSE_S
            self._set(works=True)
            return
        self._postpone(notification.alerts, is_server_there=server == self._server)
        if server != self._server:
            self.check()  # the server that failed is gone, and another may be there

    def _postpone(
        self, alerts: Sequence[Alert], *, is_server_there: bool = True
    ) -> None:
        """Keep alerts pending, and wait before the same server is tried again."""
        if is_server_there:
            self._not_before = self._clock() + self._pause_s
            self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
        self._set(works=False)
        self._alerts.mark_undelivered(alerts)

    async def _check(self) -> None:
        with log_faults("looking for a notification server"):
            if self._clock() >= self._not_before:
                self._set(works=await self._sink.is_available())

    def _on_server_changed(self) -> None:
        """Try another server at once, whatever the one before it did."""
        self._server += 1
        self._pause_s = _FIRST_PAUSE_S
        self._not_before = self._sure_until = float("-inf")
        if self._checking is not None:
            self._checking.cancel()  # it asks the server that is gone
        self._checking = asyncio.create_task(self._check())

    def _set(self, *, works: bool) -> None:
        if works:
            self._sure_until = self._clock() + _SURE_FOR_S
        if works is not self._works:
            self._works = works
            _log.info("notifications are shown: %s", "yes" if works else "no")
            problem = None if works else NotificationsUnseen().as_failure()
            self._emit(DeliveryChanged(problem))
            self._alerts.set_delivery(works=works)
