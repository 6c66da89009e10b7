"""Native notifications, with a fake server on a private bus."""

import asyncio
import gc
import shutil
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.event_log import EventLog
from trayapp.core.alerts.notification import (
    Notification,
    NotificationButton,
    NotificationImage,
    Urgency,
)
from trayapp.services.messages.events import ButtonPressed

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney import (
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection as Connection
from jeepney.io.blocking import Proxy, open_dbus_connection

from buses.notification_server import (
    ADDRESS,
    NAME,
    NotificationServer,
    ReceivedNotification,
)
from buses.private_bus import Bus, whole_bus
from trayapp.services.alerts import dbus_notifier as module
from trayapp.services.alerts.dbus_notifier import DBusNotifier, Router

TIMEOUT_S = 10.0
LOW = Notification(
    topic="a/balance",
    account_id="a",
    title="Main: low balance",
    body="€9 left, less than €10 & <b>sinking</b>.",
    urgency=Urgency.NORMAL,
    buttons=(
        (NotificationButton.DEFAULT, "Open"),
        (NotificationButton.TOP_UP, "Top up"),
        (NotificationButton.OPEN, "Open"),
    ),
)
PICTURE = NotificationImage(2, bytes(range(16)))
OTHER = replace(LOW, topic="b/key", account_id="b", urgency=Urgency.CRITICAL)


class NotifierHarness:
    """A notifier, and the buttons that were pressed."""

    def __init__(self) -> None:
        self.events = EventLog()
        self.notifier = DBusNotifier(
            self.events.record, app_name="Balance Tray", picture=PICTURE
        )

    async def show(self, notification: Notification) -> bool:
        """Show a notification."""
        return await self.notifier.show(notification)

    async def pressed(self) -> tuple[str, NotificationButton]:
        """Wait for the next pressed button."""
        pressed = await self.events.next(ButtonPressed)
        return pressed.account_id, pressed.button


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    """Run a session bus that starts no services by itself."""
    with whole_bus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield bus


def play(story: Callable[[NotifierHarness], Coroutine[None, None, None]]) -> None:
    """Run a story with a notifier."""

    async def run() -> None:
        harness = NotifierHarness()
        try:
            await story(harness)
        finally:
            await harness.notifier.close()

    asyncio.run(run())


def shown_by(
    server: NotificationServer, *notifications: Notification
) -> list[ReceivedNotification]:
    """Show notifications in turn, and return what the server received."""

    async def story(harness: NotifierHarness) -> None:
        for notification in notifications:
            assert await harness.show(notification)

    play(story)
    return server.shown


@pytest.mark.usefixtures("bus")
def test_a_notification_has_all_parameters() -> None:
    """They are the program, texts, picture, buttons, hints and the timeout."""
    with NotificationServer() as server:
        (shown,) = shown_by(server, LOW)
    assert (shown.app, shown.icon) == ("Balance Tray", "")
    kind, (width, height, row, alpha, bits, channels, pixels) = shown.hints[
        "image-data"
    ]
    assert (kind, width, height, row) == ("(iiibiiay)", 2, 2, 8)
    assert (alpha, bits, channels, bytes(pixels)) == (True, 8, 4, PICTURE.rgba)
    assert shown.title == "Main: low balance"
    assert shown.actions == ("default", "Open", "top-up", "Top up", "open", "Open")
    assert shown.hints["desktop-entry"] == ("s", "balance-tray")
    assert shown.expires == -1


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize("urgency", Urgency)
def test_the_urgency_is_a_byte(urgency: Urgency) -> None:
    """Servers ignore a value of another type."""
    with NotificationServer() as server:
        (shown,) = shown_by(server, replace(LOW, urgency=urgency))
    assert shown.hints["urgency"] == ("y", int(urgency))


@pytest.mark.usefixtures("bus")
def test_the_body_is_escaped_if_the_server_supports_markup() -> None:
    """A gateway's or a person's text must not become markup."""
    with NotificationServer("body", "body-markup") as server:
        (shown,) = shown_by(server, LOW)
    assert shown.body == "€9 left, less than €10 &amp; &lt;b&gt;sinking&lt;/b&gt;."


@pytest.mark.usefixtures("bus")
def test_the_body_is_plain_if_the_server_has_no_markup() -> None:
    """Otherwise a person sees `&amp;`."""
    with NotificationServer("body") as server:
        (shown,) = shown_by(server, LOW)
    assert shown.body == LOW.body


@pytest.mark.usefixtures("bus")
def test_a_title_is_never_escaped() -> None:
    """By the specification it has no markup."""
    with NotificationServer("body-markup") as server:
        (shown,) = shown_by(server, replace(LOW, title="Müller & Söhne <1>"))
    assert shown.title == "Müller & Söhne <1>"


@pytest.mark.usefixtures("bus")
def test_each_account_has_a_line_of_its_own() -> None:
    """One notification may be about several accounts."""
    with NotificationServer("body") as server:
        (shown,) = shown_by(server, replace(LOW, body="A: low\n\u200b\nB: empty"))
    assert shown.body == "A: low\nB: empty"


@pytest.mark.usefixtures("bus")
def test_texts_are_one_line_and_bounded() -> None:
    """A foreign name must not fill the screen."""
    long = "a\nb" + "ö\u202e" * 1_000
    with NotificationServer() as server:
        (shown,) = shown_by(server, replace(LOW, title=long, body=long))
    assert (len(shown.title), len(shown.body)) == (120, 400)
    assert "\n" not in shown.title
    assert "\u202e" not in shown.title + shown.body


@pytest.mark.usefixtures("bus")
def test_a_newer_notification_replaces_the_older_one_on_its_topic() -> None:
    """Another topic has a notification of its own."""
    with NotificationServer() as server:
        shown = shown_by(server, LOW, OTHER, LOW, OTHER)
    assert [received.replaces for received in shown] == [0, 0, 1, 2]


@pytest.mark.usefixtures("bus")
def test_a_dismissed_notification_is_not_replaced() -> None:
    """Its id may belong to another program now."""

    async def story(harness: NotifierHarness) -> None:
        await harness.show(LOW)
        await harness.show(OTHER)
        server.dismiss(1)
        server.press(2, "default")
        await harness.pressed()
        await harness.show(LOW)

    with NotificationServer() as server:
        play(story)
        assert server.shown[-1].replaces == 0


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize("button", NotificationButton)
def test_a_pressed_button_is_reported_with_its_account(
    button: NotificationButton,
) -> None:
    """A click on the notification itself is one of the buttons."""

    async def story(harness: NotifierHarness) -> None:
        await harness.show(LOW)
        await harness.show(OTHER)
        server.press(2, button.value)
        assert await harness.pressed() == ("b", button)

    with NotificationServer() as server:
        play(story)


@pytest.mark.usefixtures("bus")
def test_signals_about_other_programs_are_ignored() -> None:
    """The server broadcasts all signals, and any program can broadcast forged ones."""

    async def story(harness: NotifierHarness) -> None:
        await harness.show(LOW)
        server.press(99, "top-up")
        server.press(1, "an action of another program")
        forged = new_signal(ADDRESS, "ActionInvoked", "us", (1, "enter-key"))
        with open_dbus_connection("SESSION") as stranger:
            stranger.send(forged)
            assert Proxy(message_bus, stranger).NameHasOwner(NAME)  # it has arrived
        server.press(1, "top-up")
        assert await harness.pressed() == ("a", NotificationButton.TOP_UP)
        assert not harness.events.waiting(ButtonPressed)

    with NotificationServer() as server:
        play(story)


@pytest.mark.usefixtures("bus")
def test_after_a_restart_of_the_server_the_old_ids_are_dropped() -> None:
    """It counts from one again, and the old ids may be other programs'."""

    async def story(harness: NotifierHarness) -> None:
        with NotificationServer() as first:
            await harness.show(LOW)
            await harness.show(LOW)
            assert [received.replaces for received in first.shown] == [0, 1]
        with NotificationServer() as second:
            await harness.show(LOW)
            assert [received.replaces for received in second.shown] == [0]
            second.press(1, "open")
            assert await harness.pressed() == ("a", NotificationButton.OPEN)

    play(story)


@pytest.mark.usefixtures("bus")
def test_without_a_server_nothing_is_shown_and_nothing_raised() -> None:
    """A server that starts later is found."""

    async def story(harness: NotifierHarness) -> None:
        assert not await harness.show(LOW)
        with NotificationServer() as server:
            assert await harness.show(LOW)
            assert len(server.shown) == 1

    play(story)


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "unix:path=/nowhere/at/all",
        "unix:abstract=/nowhere/at/all",
        "autolaunch:",
        "tcp:host=127.0.0.1,port=1",
        "garbage",
    ],
)
def test_without_a_bus_nothing_is_shown_and_nothing_raised(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    """A bare X session, a container or SSH may have no bus."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    async def story(harness: NotifierHarness) -> None:
        assert not await harness.show(LOW)

    play(story)


def test_a_bus_that_ends_is_no_error(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    """It ends with the session; and no forgotten task logs an error later."""

    async def story(harness: NotifierHarness) -> None:
        with NotificationServer():
            assert await harness.show(LOW)
        bus.daemon.kill()
        bus.daemon.wait()
        assert not await harness.show(LOW)
        assert not await harness.show(LOW)

    play(story)
    gc.collect()
    assert {record.name for record in caplog.records} == {module.__name__}


@pytest.mark.usefixtures("bus")
def test_a_call_to_a_hanging_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the server responds again, it shows notifications."""

    async def story(harness: NotifierHarness) -> None:
        server.hangs = True
        with monkeypatch.context() as patch:
            patch.setattr(module, "_REPLY_S", 0.05)
            assert not await harness.show(LOW)
        server.hangs = False
        assert await harness.show(LOW)

    with NotificationServer() as server:
        play(story)


@pytest.mark.usefixtures("bus")
def test_a_server_that_refuses_is_no_fault() -> None:
    """Some servers limit the notifications of one program."""

    async def story(harness: NotifierHarness) -> None:
        server.refuses = True
        assert not await harness.show(LOW)
        server.refuses = False
        assert await harness.show(LOW)

    with NotificationServer() as server:
        play(story)


def test_only_the_first_of_two_replies_counts() -> None:
    """Mako sends an error after a reply; the next call gets its own reply."""

    async def call_server(
        name: str, router: Router, server: Connection
    ) -> tuple[str, ...]:
        call_task = asyncio.create_task(
            router.send_and_get_reply(new_method_call(ADDRESS, name))
        )
        call = await server.receive()
        reply = new_method_return(call, "s", (name,))
        unknown = new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")
        # In one write, so that both arrive before the first is handled.
        server.writer.write(reply.serialise(1) + unknown.serialise(2))
        return (await call_task).body

    async def story() -> None:
        ends = [
            Connection(*await asyncio.open_unix_connection(sock=end))
            for end in socket.socketpair()
        ]
        async with Router(ends[0]) as router:
            assert await call_server("first", router, ends[1]) == ("first",)
            assert await call_server("second", router, ends[1]) == ("second",)
        for end in ends:
            await end.close()

    asyncio.run(story())


@pytest.mark.usefixtures("bus")
def test_xfce_draws_a_button_for_the_notification_itself() -> None:
    """Our own button would be a second one with the same label."""
    with NotificationServer(name="Xfce Notify Daemon") as server:
        (shown,) = shown_by(server, LOW)
    assert shown.actions == ("default", "Open", "top-up", "Top up")


@pytest.mark.usefixtures("bus")
def test_two_notifications_at_once_share_one_connection() -> None:
    """The second waits until the first has connected."""

    async def story(harness: NotifierHarness) -> None:
        assert all(await asyncio.gather(harness.show(LOW), harness.show(OTHER)))

    with NotificationServer() as server:
        play(story)
        assert len({received.sender for received in server.shown}) == 1
        assert len(server.shown) == 2


@pytest.mark.usefixtures("bus")
def test_after_close_a_notification_reconnects() -> None:
    """Closing twice is no error."""

    async def story(harness: NotifierHarness) -> None:
        assert await harness.show(LOW)
        await harness.notifier.close()
        await harness.notifier.close()
        assert await harness.show(LOW)

    with NotificationServer() as server:
        play(story)
        assert [received.replaces for received in server.shown] == [0, 0]


async def server_change(harness: NotifierHarness) -> None:
    """Wait until another server appears, or the last one ends."""
    changed = asyncio.Event()
    harness.notifier.server_changed = changed.set
    async with asyncio.timeout(TIMEOUT_S):
        await changed.wait()


@pytest.mark.usefixtures("bus")
def test_the_first_server_on_a_bus_is_reported() -> None:
    """A notification that could not be shown can then be shown at once."""

    async def story(harness: NotifierHarness) -> None:
        assert not await harness.notifier.is_available()
        assert not await harness.show(LOW)
        coming = asyncio.create_task(server_change(harness))
        await asyncio.sleep(0)
        with NotificationServer() as server:
            await coming
            assert await harness.notifier.is_available()
            assert await harness.show(LOW)
            assert len(server.shown) == 1
            going = asyncio.create_task(server_change(harness))
            await asyncio.sleep(0)
        await going
        assert not await harness.notifier.is_available()

    play(story)


@pytest.mark.usefixtures("bus")
def test_a_hanging_server_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is available when it responds again."""
    monkeypatch.setattr(module, "_REPLY_S", 0.5)

    async def story(harness: NotifierHarness) -> None:
        with NotificationServer() as server:
            server.hangs = True
            assert not await harness.notifier.is_available()
            server.hangs = False
            assert await harness.notifier.is_available()

    play(story)


@pytest.mark.usefixtures("bus")
def test_the_end_of_a_hanging_server_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection to the bus stays open."""
    monkeypatch.setattr(module, "_REPLY_S", 0.5)

    async def story(harness: NotifierHarness) -> None:
        with NotificationServer() as hung:
            hung.hangs = True
            assert not await harness.notifier.is_available()
            assert not await harness.show(LOW)
            going = asyncio.create_task(server_change(harness))
            await asyncio.sleep(0)
        await going

    play(story)


def test_without_a_bus_no_server_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    """The session may have none, or its address may be invalid."""

    async def story(harness: NotifierHarness) -> None:
        assert not await harness.notifier.is_available()

    for address in ("unix:path=/nowhere/bus", "nonsense", ""):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        play(story)


def test_an_availability_check_starts_no_server(bus: Bus, tmp_path: Path) -> None:
    """At login it may be another desktop's. Showing a notification starts it."""
    started = tmp_path / "started"
    (bus.services / f"{NAME}.service").write_text(
        f"[D-BUS Service]\nName={NAME}\nExec=/bin/sh -c 'touch {started}; exit 1'\n"
    )
    with open_dbus_connection("SESSION") as client:
        Proxy(message_bus, client, timeout=TIMEOUT_S).ReloadConfig()

    async def story(harness: NotifierHarness) -> None:
        assert await harness.notifier.is_available()
        assert not started.exists()
        assert not await harness.show(LOW)
        assert started.exists()

    play(story)


@pytest.mark.usefixtures("bus")
def test_the_description_names_the_server_and_its_capabilities() -> None:
    """It has the name, vendor, version and specification."""
    descriptions: list[str] = []

    async def story(harness: NotifierHarness) -> None:
        descriptions.append(await harness.notifier.describe())

    with NotificationServer("body", "actions", name="Test\u202e") as server:
        play(story)
    assert server.shown == []
    assert descriptions == ["Test, Tests, 1, 1.2; body, actions"]


@pytest.mark.usefixtures("bus")
def test_the_description_without_a_server_names_the_error() -> None:
    """A maintainer needs it."""
    descriptions: list[str] = []

    async def story(harness: NotifierHarness) -> None:
        descriptions.append(await harness.notifier.describe())

    play(story)
    assert descriptions == ["no server (DBusErrorResponse)"]
