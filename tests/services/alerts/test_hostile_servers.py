"""Notification servers that are malformed, slow or dying, and forged signals."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from harness.backend import BackendHarness
from harness.event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.alerts.memory import EpisodeStatus
from trayapp.core.alerts.notification import (
    Notification,
    NotificationButton,
    NotificationImage,
    Urgency,
)
from trayapp.core.settings import AlertKind
from trayapp.services.history.store import HistoryStore
from trayapp.services.messages.events import ButtonPressed, DeliveryChanged
from trayapp.services.messages.requests import SendSample

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney import DBusAddress, HeaderFields, Message, new_method_call, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from buses.notification_server import ADDRESS, NAME, NotificationServer
from buses.private_bus import private_bus
from trayapp.services.alerts import dbus_notifier as module
from trayapp.services.alerts.dbus_notifier import DBusNotifier

A = Account("a", "A")
LOW = Notification(
    topic="a/balance",
    account_id="a",
    title="A: low balance",
    body="€9 left.",
    urgency=Urgency.NORMAL,
    buttons=((NotificationButton.DEFAULT, "Open"), (NotificationButton.SNOOZE, "Zzz")),
)
TIMEOUT_S = 10.0
Replies = dict[str, tuple[str | None, tuple[Any, ...]]]

MALFORMED = pytest.mark.case(
    "attack 7", "a notification server's malformed reply swallows an alert"
)
SLOW = pytest.mark.case("attack 8", "a call that was sent counts as not delivered")
FORGED = pytest.mark.case("attack 10", "a signal on a bus is believed unchecked")


@pytest.fixture(autouse=True)
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run a session bus that starts no services by itself."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def low(harness: BackendHarness) -> BackendHarness:
    """Return a profile whose only account has a low balance."""
    harness.gateway.amount = "9.0000"
    harness.store(A)
    return harness


def notifier(events: EventLog) -> DBusNotifier:
    """Make a notifier that reports to `events`."""
    picture = NotificationImage(1, bytes(4))
    return DBusNotifier(events.record, app_name="Balance Tray", picture=picture)


def status(harness: BackendHarness) -> EpisodeStatus:
    """Return what the database holds about the low balance."""
    with HistoryStore(harness.paths.history) as history:
        return history.load().memory("a").episodes[AlertKind.LOW]


def awaits_reply(harness: BackendHarness) -> bool:
    """Return whether the end would wait for a reply now."""
    return harness.backend.awaits_reply


async def delivery_change(harness: BackendHarness) -> bool:
    """Wait until notifications begin or cease to be shown; return whether they are."""
    return (await harness.events.next(DeliveryChanged)).problem is None


async def shown(server: NotificationServer, count: int) -> None:
    """Wait until a server shows so many notifications."""
    await asyncio.to_thread(server.wait_for, count)


# --- malformed replies --------------------------------------------------------------


@MALFORMED
@pytest.mark.parametrize(
    "replies",
    [
        {"GetCapabilities": ("i", (5,))},
        {"GetCapabilities": (None, ())},
        {"GetCapabilities": ("s", ("body",))},
        {"GetCapabilities": ("asas", (["body"], []))},
        {"GetCapabilities": ("v", (("as", ["body"]),))},
        {"GetCapabilities": ("ai", ([1],))},
        {"GetServerInformation": ("i", (5,))},
        {"GetServerInformation": (None, ())},
        {"GetServerInformation": ("isss", (5, "", "", ""))},
        {"Notify": ("s", ("1",))},
        {"Notify": (None, ())},
        {"Notify": ("i", (1,))},
        {"Notify": ("uu", (1, 1))},
        {"Notify": ("au", ([1],))},
        {"Notify": ("b", (True,))},
    ],
    ids=str,
)
def test_a_malformed_reply_leaves_the_alert_pending_until_a_server_shows_it(
    low: BackendHarness, replies: Replies
) -> None:
    """The program goes on, and the next server shows the alert."""

    async def story() -> None:
        async with low.started():
            with NotificationServer() as server:
                server.replies = replies
                assert not await delivery_change(low)
                assert status(low) is EpisodeStatus.PENDING
            with NotificationServer() as server:
                await shown(server, 1)
                assert await delivery_change(low)
            assert [one.title for one in server.shown] == ["A: low balance"]
        assert status(low) is EpisodeStatus.SENT

    asyncio.run(story())


@MALFORMED
@pytest.mark.parametrize(
    "method", ["GetCapabilities", "GetServerInformation", "Notify"]
)
def test_a_server_that_dies_in_a_call_leaves_the_alert_pending(
    low: BackendHarness, method: str
) -> None:
    """The next server shows it."""

    async def story() -> None:
        async with low.started():
            with NotificationServer() as server:
                server.dies_on = method
                assert not await delivery_change(low)
            with NotificationServer() as server:
                await shown(server, 1)
                assert await delivery_change(low)

    asyncio.run(story())
    assert status(low) is EpisodeStatus.SENT


@MALFORMED
def test_a_malformed_server_can_be_described_and_is_not_available() -> None:
    """The diagnostics name the error."""

    async def story() -> None:
        sink = notifier(EventLog())
        with NotificationServer() as server:
            server.replies = {"GetCapabilities": ("i", (5,))}
            assert await sink.describe() == "no server (MalformedReplyError)"
            assert not await sink.is_available()
            assert not await sink.show(LOW)
            server.replies = {}
            assert await sink.is_available()
            assert await sink.show(LOW)
        await sink.close()

    asyncio.run(story())


@MALFORMED
@pytest.mark.parametrize(
    ("signature", "body"),
    [
        (None, ()),
        ("u", (1,)),
        ("uu", (1, 1)),
        ("uas", (1, ["snooze"])),
        ("usi", (1, "snooze", 1)),
    ],
)
def test_a_malformed_signal_of_the_server_is_ignored(
    signature: str | None, body: tuple[object, ...]
) -> None:
    """The next one is handled."""

    async def story() -> None:
        events = EventLog()
        sink = notifier(events)
        with NotificationServer() as server:
            assert await sink.show(LOW)
            server.signal("ActionInvoked", signature, body)
            if signature != "uu":
                server.signal("NotificationClosed", signature, body)
            server.press(1, "default")
            pressed = await events.next(ButtonPressed)
            assert pressed.button is NotificationButton.DEFAULT
        await sink.close()

    asyncio.run(story())


# --- slow servers -------------------------------------------------------------------


@SLOW
def test_a_slow_server_shows_an_alert_once(
    low: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its late reply is waited for; meanwhile the window says that it shows nothing."""
    monkeypatch.setattr("trayapp.services.alerts.delivery._SLOW_S", 0.05)

    async def story() -> None:
        with NotificationServer() as server:
            server.holds = {"Notify"}
            async with low.started():
                await shown(server, 1)
                assert not await delivery_change(low)
                low.backend.tick()
                low.backend.request_now()
                await low.outcomes(2)
                assert status(low) is EpisodeStatus.PENDING
                server.release()
                assert await delivery_change(low)
                assert status(low) is EpisodeStatus.SENT
            assert len(server.shown) == 1

    asyncio.run(story())


@SLOW
def test_a_server_that_is_slow_with_each_reply_is_available(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The diagnostics, for which a person waits, have less time."""
    monkeypatch.setattr(module, "_DESCRIBE_S", 0.05)

    async def story() -> None:
        sink = notifier(EventLog())
        with NotificationServer() as server:
            server.holds = {"GetCapabilities"}
            available = asyncio.create_task(sink.is_available())
            assert await sink.describe() == "no server (TimeoutError)"
            assert not available.done()
            server.release()
            assert await available
        await sink.close()

    asyncio.run(story())


@SLOW
def test_a_server_that_never_replies_leaves_the_alert_pending(
    low: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was shown is unknown then, and twice is better than never."""
    monkeypatch.setattr(module, "_NOTIFY_S", 0.2)

    async def story() -> None:
        with NotificationServer() as server:
            server.holds = {"Notify"}
            async with low.started():
                assert not await delivery_change(low)
                assert status(low) is EpisodeStatus.PENDING
                assert len(server.shown) == 1

    asyncio.run(story())


@SLOW
def test_the_end_waits_for_the_late_reply(low: BackendHarness) -> None:
    """The next start then does not send the alert again."""

    async def story() -> None:
        with NotificationServer() as server:
            server.holds = {"Notify"}
            async with low.started():
                await shown(server, 1)
                assert awaits_reply(low)
                asyncio.get_running_loop().call_later(0.3, server.release)
            assert not awaits_reply(low)
            assert status(low) is EpisodeStatus.SENT

    asyncio.run(story())


@SLOW
def test_the_end_does_not_wait_for_ever(
    low: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alert stays pending, and the next start sends it."""
    monkeypatch.setattr(module, "_LAST_REPLY_S", 0.1)

    async def story() -> None:
        with NotificationServer() as server:
            server.holds = {"Notify"}
            async with low.started():
                await shown(server, 1)
            assert status(low) is EpisodeStatus.PENDING
            server.release()
            async with low.started():
                await shown(server, 2)
                await low.outcomes(1)
        assert status(low) is EpisodeStatus.SENT

    asyncio.run(story())


@SLOW
@pytest.mark.parametrize("method", ["GetCapabilities", "Sample"])
def test_the_end_waits_for_no_other_reply(low: BackendHarness, method: str) -> None:
    """Nothing was sent that a person could see twice, or it was a sample."""

    async def story() -> None:
        with NotificationServer() as server:
            server.holds = {"Notify" if method == "Sample" else method}
            if method == "Sample":
                low.gateway.amount = "90.0000"
            async with low.started():
                await low.outcomes(1)
                sample = asyncio.create_task(low.backend.handle(SendSample()))
                await asyncio.sleep(0.3)
                if method == "Sample":
                    await shown(server, 1)
                sample.cancel()
                async with asyncio.timeout(1):
                    await asyncio.gather(sample, return_exceptions=True)
                    await low.stop()

    asyncio.run(story())


# --- forged signals -----------------------------------------------------------------


def forgeries(us: str, owner: str) -> Iterator[Message]:
    """Give signals that a stranger may send, broadcast and to us alone."""
    pressed, closed = ("us", (1, "snooze")), ("uu", (1, 2))
    driver = DBusAddress("/org/freedesktop/DBus", interface="org.freedesktop.DBus")
    changed = ("sss", (NAME, owner, "{stranger}"))
    signals: list[tuple[DBusAddress, str, tuple[str, tuple[object, ...]]]] = [
        (ADDRESS, "ActionInvoked", pressed),
        (ADDRESS, "NotificationClosed", closed),
        # As a signal of the notification server, and as one of the bus.
        (ADDRESS, "NameOwnerChanged", changed),
        (driver, "NameOwnerChanged", changed),
        (driver, "ActionInvoked", pressed),
        (DBusAddress("/elsewhere", interface=NAME), "ActionInvoked", pressed),
        (
            DBusAddress(ADDRESS.object_path, interface="other.Name"),
            "ActionInvoked",
            pressed,
        ),
    ]
    for address, member, body in signals:
        yield new_signal(address, member, *body)
        direct = new_signal(address, member, *body)
        direct.header.fields[HeaderFields.destination] = us
        yield direct


@FORGED
def test_forged_signals_press_no_button_and_close_nothing() -> None:
    """Neither in the server's name nor in that of the bus."""

    async def story() -> None:
        events = EventLog()
        sink = notifier(events)
        changes: list[None] = []
        with (
            NotificationServer() as server,
            open_dbus_connection("SESSION") as stranger,
        ):
            bus = Proxy(message_bus, stranger)
            assert await sink.show(LOW)
            us, (owner,) = server.shown[0].sender, bus.GetNameOwner(NAME)
            sink.server_changed = lambda: changes.append(None)
            for forged in forgeries(us, owner):
                signature = forged.header.fields.get(HeaderFields.signature)
                if signature == "sss":
                    forged.body = (NAME, owner, stranger.unique_name)
                stranger.send(forged)
            press = new_signal(ADDRESS, "ActionInvoked", "us", (1, "snooze"))
            stranger.send(press)
            assert bus.NameHasOwner(NAME)  # the bus has passed all of them on
            server.press(1, "default")
            pressed = await events.next(ButtonPressed)
            assert pressed.button is NotificationButton.DEFAULT
            assert not events.waiting(ButtonPressed)
            assert changes == []
            # The id is still known: nothing was closed.
            assert await sink.show(LOW)
            assert server.shown[-1].replaces == 1
        await sink.close()

    asyncio.run(story())


@FORGED
def test_a_forged_reply_delivers_nothing() -> None:
    """A signal or a call may carry the number of a call that awaits its reply."""

    async def story() -> None:
        sink = notifier(EventLog())
        with (
            NotificationServer() as server,
            open_dbus_connection("SESSION") as stranger,
        ):
            assert await sink.show(LOW)
            server.holds = {"Notify"}
            showing = asyncio.create_task(sink.show(LOW))
            await shown(server, 2)
            us = server.shown[0].sender
            for serial in range(1, 60):
                forged = new_signal(ADDRESS, "ActionInvoked", "u", (9,))
                call = new_method_call(
                    DBusAddress("/", bus_name=us, interface="a.b"), "C", "u", (9,)
                )
                for message in (forged, call):
                    message.header.fields[HeaderFields.destination] = us
                    message.header.fields[HeaderFields.reply_serial] = serial
                    stranger.send(message)
            assert Proxy(message_bus, stranger).NameHasOwner(NAME)
            done, _ = await asyncio.wait({showing}, timeout=0.2)
            assert not done
            server.release()
            assert await showing
        await sink.close()

    asyncio.run(story())
