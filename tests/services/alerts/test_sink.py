"""Which sink shows notifications on which system."""

import asyncio
import sys

import pytest

from harness.event_log import EventLog
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.alerts.wording import sample_notification
from trayapp.core.i18n.language import ENGLISH
from trayapp.services.alerts.sink import QtSink, make_sink
from trayapp.services.messages.events import ShowNotification

PICTURE = NotificationImage(1, bytes(4))
MODULE = "trayapp.services.alerts.dbus_notifier"


def test_qt_shows_notifications_on_windows_and_macos(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They have no notification server on D-Bus, even if its library is there."""
    monkeypatch.setattr("trayapp.services.alerts.sink._QT_SHOWS", True)
    assert isinstance(make_sink(lambda _: None, PICTURE), QtSink)


def test_qt_shows_notifications_without_the_library_for_d_bus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is lost."""
    monkeypatch.setitem(sys.modules, MODULE, None)
    assert isinstance(make_sink(lambda _: None, PICTURE), QtSink)


@pytest.mark.skipif(sys.platform != "linux", reason="needs jeepney")
def test_a_linux_desktop_gets_them_over_d_bus() -> None:
    """Qt's own way loses them on X11 without a tray."""
    sink = make_sink(lambda _: None, PICTURE)
    assert type(sink).__module__ == MODULE


def test_qt_is_handed_the_words_that_are_ready() -> None:
    """As an event, which crosses the threads once; it counts as shown."""
    events, notification = EventLog(), sample_notification(ENGLISH)
    sink = QtSink(events.record)
    assert asyncio.run(sink.show(notification))
    assert asyncio.run(sink.is_available())
    assert asyncio.run(sink.describe()) == "by Qt"
    assert events.events == [ShowNotification(notification)]
