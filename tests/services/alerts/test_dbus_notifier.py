"""Native notifications, to a server of the test's own on a bus of its own."""

import asyncio
import gc
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest

from event_log import EventLog
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
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection as Connection
from jeepney.io.blocking import Proxy, open_dbus_connection

from private_bus import Bus, whole_bus
from trayapp.services.alerts import dbus_notifier as module
from trayapp.services.alerts.dbus_notifier import DBusNotifier, Router

NAME = "org.freedesktop.Notifications"
ADDRESS = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)
PATIENCE_S = 10.0
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


@dataclass(frozen=True, slots=True)
class Shown:
    """One notification, as the server was asked to show it."""

    app: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: tuple[str, ...]
    hints: dict[str, tuple[str, Any]]
    expires: int
    sender: str


class Server:
    """A notification server: counts from one, and says what the test wants."""

    def __init__(self, *capabilities: str, name: str = "Test") -> None:
        self.shown: list[Shown] = []
        self.mute = False
        self.refuses = False
        self._capabilities, self._name = list(capabilities), name
        self._stopping = threading.Event()
        self._connection = open_dbus_connection("SESSION")
        self._bus = Proxy(message_bus, self._connection, timeout=PATIENCE_S)
        self._bus.RequestName(NAME)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._connection.close()

    def press(self, number: int, action: str) -> None:
        """Say that a person answered a notification."""
        self._tell("ActionInvoked", "us", (number, action))

    def take_away(self, number: int) -> None:
        """Say that a notification is gone."""
        self._tell("NotificationClosed", "uu", (number, 2))

    def _tell(self, signal: str, signature: str, body: tuple[object, ...]) -> None:
        self._connection.send(new_signal(ADDRESS, signal, signature, body))

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                message = self._connection.receive(timeout=0.02)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call and not self.mute:
                self._connection.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        fields = call.header.fields
        if self.refuses:
            return new_error(call, "org.freedesktop.DBus.Error.LimitsExceeded")
        match fields[HeaderFields.member]:
            case "GetCapabilities":
                return new_method_return(call, "as", (self._capabilities,))
            case "GetServerInformation":
                return new_method_return(
                    call, "ssss", (self._name, "Tests", "1", "1.2")
                )
            case _:
                app, replaces, icon, title, body, actions, hints, expires = call.body
                sender = str(fields[HeaderFields.sender])
                said = (app, replaces, icon, title, body, tuple(actions))
                self.shown.append(Shown(*said, hints, expires, sender))
                return new_method_return(call, "u", (replaces or len(self.shown),))


class Scene:
    """A notifier, and what was pressed."""

    def __init__(self) -> None:
        self.events = EventLog()
        self.notifier = DBusNotifier(
            self.events.record, app_name="Balance Tray", picture=PICTURE
        )

    async def tell(self, notice: Notification) -> bool:
        """Show a notification."""
        return await self.notifier.tell(notice)

    async def pressed(self) -> tuple[str, NotificationButton]:
        """Wait for the next button that is pressed."""
        pressed = await self.events.next(ButtonPressed)
        return pressed.account_id, pressed.button


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    """Run a session bus that starts nothing by itself."""
    with whole_bus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield bus


def play(story: Callable[[Scene], Coroutine[None, None, None]]) -> None:
    """Run a story with a notifier."""

    async def run() -> None:
        scene = Scene()
        try:
            await story(scene)
        finally:
            await scene.notifier.close()

    asyncio.run(run())


def told(server: Server, *notices: Notification) -> list[Shown]:
    """Tell the server these, one after the other, and give what it was asked to do."""

    async def story(scene: Scene) -> None:
        for notice in notices:
            assert await scene.tell(notice)

    play(story)
    return server.shown


@pytest.mark.usefixtures("bus")
def test_a_notification_says_all_that_the_desktop_needs() -> None:
    """Who, what, how urgent, with which buttons, and for how long."""
    with Server() as server:
        (shown,) = told(server, LOW)
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
    """Servers ignore one of any other type."""
    with Server() as server:
        (shown,) = told(server, replace(LOW, urgency=urgency))
    assert shown.hints["urgency"] == ("y", int(urgency))


@pytest.mark.usefixtures("bus")
def test_the_body_is_escaped_where_the_server_takes_markup() -> None:
    """What a gateway or a person wrote is never taken for markup."""
    with Server("body", "body-markup") as server:
        (shown,) = told(server, LOW)
    assert shown.body == "€9 left, less than €10 &amp; &lt;b&gt;sinking&lt;/b&gt;."


@pytest.mark.usefixtures("bus")
def test_the_body_is_plain_where_the_server_shows_it_as_it_is() -> None:
    """No one reads `&amp;`."""
    with Server("body") as server:
        (shown,) = told(server, LOW)
    assert shown.body == LOW.body


@pytest.mark.usefixtures("bus")
def test_a_title_is_never_escaped() -> None:
    """By the specification it holds no markup."""
    with Server("body-markup") as server:
        (shown,) = told(server, replace(LOW, title="Müller & Söhne <1>"))
    assert shown.title == "Müller & Söhne <1>"


@pytest.mark.usefixtures("bus")
def test_each_account_has_a_line_of_its_own() -> None:
    """In a notification about several."""
    with Server("body") as server:
        (shown,) = told(server, replace(LOW, body="A: low\n\u200b\nB: empty"))
    assert shown.body == "A: low\nB: empty"


@pytest.mark.usefixtures("bus")
def test_texts_are_one_line_and_bounded() -> None:
    """A name from outside does not fill the screen."""
    long = "a\nb" + "ö\u202e" * 1_000
    with Server() as server:
        (shown,) = told(server, replace(LOW, title=long, body=long))
    assert (len(shown.title), len(shown.body)) == (120, 400)
    assert "\n" not in shown.title
    assert "\u202e" not in shown.title + shown.body


@pytest.mark.usefixtures("bus")
def test_a_newer_notice_replaces_the_older_one_on_its_topic() -> None:
    """Another topic has its own place on the screen."""
    with Server() as server:
        shown = told(server, LOW, OTHER, LOW, OTHER)
    assert [one.replaces for one in shown] == [0, 0, 1, 2]


@pytest.mark.usefixtures("bus")
def test_a_notification_that_was_taken_away_is_not_replaced() -> None:
    """Its number may belong to somebody else by now."""

    async def story(scene: Scene) -> None:
        await scene.tell(LOW)
        await scene.tell(OTHER)
        server.take_away(1)
        server.press(2, "default")
        await scene.pressed()
        await scene.tell(LOW)

    with Server() as server:
        play(story)
        assert server.shown[-1].replaces == 0


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize("button", NotificationButton)
def test_a_button_is_heard_with_its_account(button: NotificationButton) -> None:
    """Clicking the notification itself is one of them."""

    async def story(scene: Scene) -> None:
        await scene.tell(LOW)
        await scene.tell(OTHER)
        server.press(2, button.value)
        assert await scene.pressed() == ("b", button)

    with Server() as server:
        play(story)


@pytest.mark.usefixtures("bus")
def test_what_others_were_answered_is_not_heard() -> None:
    """The server tells everybody of everything; so may anybody else, to everybody."""

    async def story(scene: Scene) -> None:
        await scene.tell(LOW)
        server.press(99, "top-up")
        server.press(1, "an action of another program")
        forged = new_signal(ADDRESS, "ActionInvoked", "us", (1, "enter-key"))
        with open_dbus_connection("SESSION") as stranger:
            stranger.send(forged)
            assert Proxy(message_bus, stranger).NameHasOwner(NAME)  # so it has arrived
        server.press(1, "top-up")
        assert await scene.pressed() == ("a", NotificationButton.TOP_UP)
        assert not scene.events.waiting(ButtonPressed)

    with Server() as server:
        play(story)


@pytest.mark.usefixtures("bus")
def test_a_server_that_starts_anew_is_told_of_nothing_old() -> None:
    """It counts from one again: the old numbers are other programs' now."""

    async def story(scene: Scene) -> None:
        with Server() as first:
            await scene.tell(LOW)
            await scene.tell(LOW)
            assert [one.replaces for one in first.shown] == [0, 1]
        with Server() as second:
            await scene.tell(LOW)
            assert [one.replaces for one in second.shown] == [0]
            second.press(1, "open")
            assert await scene.pressed() == ("a", NotificationButton.OPEN)

    play(story)


@pytest.mark.usefixtures("bus")
def test_without_a_server_nothing_is_shown_and_nothing_raised() -> None:
    """And one that comes later is found."""

    async def story(scene: Scene) -> None:
        assert not await scene.tell(LOW)
        with Server() as server:
            assert await scene.tell(LOW)
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
    """As in a bare X session, in a container or over SSH."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    async def story(scene: Scene) -> None:
        assert not await scene.tell(LOW)

    play(story)


def test_a_bus_that_ends_is_no_reason_to_end(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    """As at the end of a session; nor does a forgotten task complain of it later."""

    async def story(scene: Scene) -> None:
        with Server():
            assert await scene.tell(LOW)
        bus.daemon.kill()
        bus.daemon.wait()
        assert not await scene.tell(LOW)
        assert not await scene.tell(LOW)

    play(story)
    gc.collect()
    assert {one.name for one in caplog.records} == {module.__name__}


@pytest.mark.usefixtures("bus")
def test_a_server_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is back, it is told again."""

    async def story(scene: Scene) -> None:
        server.mute = True
        with monkeypatch.context() as patch:
            patch.setattr(module, "_ANSWER_S", 0.05)
            assert not await scene.tell(LOW)
        server.mute = False
        assert await scene.tell(LOW)

    with Server() as server:
        play(story)


@pytest.mark.usefixtures("bus")
def test_a_server_that_refuses_is_no_fault() -> None:
    """Some limit how many one program may show."""

    async def story(scene: Scene) -> None:
        server.refuses = True
        assert not await scene.tell(LOW)
        server.refuses = False
        assert await scene.tell(LOW)

    with Server() as server:
        play(story)


def test_a_server_that_answers_twice_is_believed_once() -> None:
    """Mako follows an answer with an error; what is asked next is answered as well."""

    async def ask(name: str, router: Router, server: Connection) -> tuple[str, ...]:
        asked = asyncio.create_task(
            router.send_and_get_reply(new_method_call(ADDRESS, name))
        )
        call = await server.receive()
        answer = new_method_return(call, "s", (name,))
        unknown = new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")
        # In one piece, so that both are there before the first is taken.
        server.writer.write(answer.serialise(1) + unknown.serialise(2))
        return (await asked).body

    async def story() -> None:
        ends = [
            Connection(*await asyncio.open_unix_connection(sock=end))
            for end in socket.socketpair()
        ]
        async with Router(ends[0]) as router:
            assert await ask("first", router, ends[1]) == ("first",)
            assert await ask("second", router, ends[1]) == ("second",)
        for end in ends:
            await end.close()

    asyncio.run(story())


@pytest.mark.usefixtures("bus")
def test_xfce_draws_a_button_for_the_notification_itself() -> None:
    """There ours beside it would be a second one of the same name."""
    with Server(name="Xfce Notify Daemon") as server:
        (shown,) = told(server, LOW)
    assert shown.actions == ("default", "Open", "top-up", "Top up")


@pytest.mark.usefixtures("bus")
def test_two_alarms_at_once_share_one_connection() -> None:
    """The second does not open another beside the first."""

    async def story(scene: Scene) -> None:
        assert all(await asyncio.gather(scene.tell(LOW), scene.tell(OTHER)))

    with Server() as server:
        play(story)
        assert len({one.sender for one in server.shown}) == 1
        assert len(server.shown) == 2


@pytest.mark.usefixtures("bus")
def test_after_leaving_the_bus_it_can_be_told_again() -> None:
    """Closing is no end."""

    async def story(scene: Scene) -> None:
        assert await scene.tell(LOW)
        await scene.notifier.close()
        await scene.notifier.close()
        assert await scene.tell(LOW)

    with Server() as server:
        play(story)
        assert [one.replaces for one in server.shown] == [0, 0]


async def changed(scene: Scene) -> None:
    """Wait until the server is another, or gone."""
    heard = asyncio.Event()
    scene.notifier.server_changed = heard.set
    async with asyncio.timeout(PATIENCE_S):
        await heard.wait()


@pytest.mark.usefixtures("bus")
def test_a_bus_without_a_server_is_kept_and_the_first_one_is_heard() -> None:
    """What it was told in vain can then be told at once."""

    async def story(scene: Scene) -> None:
        assert not await scene.notifier.is_served()
        assert not await scene.tell(LOW)
        coming = asyncio.create_task(changed(scene))
        await asyncio.sleep(0)
        with Server() as server:
            await coming
            assert await scene.notifier.is_served()
            assert await scene.tell(LOW)
            assert len(server.shown) == 1
            going = asyncio.create_task(changed(scene))
            await asyncio.sleep(0)
        await going
        assert not await scene.notifier.is_served()

    play(story)


@pytest.mark.usefixtures("bus")
def test_a_server_that_hangs_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it answers again."""
    monkeypatch.setattr(module, "_ANSWER_S", 0.5)

    async def story(scene: Scene) -> None:
        with Server() as server:
            server.mute = True
            assert not await scene.notifier.is_served()
            server.mute = False
            assert await scene.notifier.is_served()

    play(story)


@pytest.mark.usefixtures("bus")
def test_the_successor_of_a_server_that_hangs_is_heard_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bus is not left for a server's sake."""
    monkeypatch.setattr(module, "_ANSWER_S", 0.5)

    async def story(scene: Scene) -> None:
        with Server() as hung:
            hung.mute = True
            assert not await scene.notifier.is_served()
            assert not await scene.tell(LOW)
            going = asyncio.create_task(changed(scene))
            await asyncio.sleep(0)
        await going

    play(story)


def test_without_a_bus_nobody_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a session that has none, or whose address leads nowhere."""

    async def story(scene: Scene) -> None:
        assert not await scene.notifier.is_served()

    for address in ("unix:path=/nowhere/bus", "nonsense", ""):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        play(story)


def test_a_server_that_the_bus_can_start_is_not_started_to_look(
    bus: Bus, tmp_path: Path
) -> None:
    """At login that may be another desktop's; for an alert it is."""
    started = tmp_path / "started"
    (bus.services / f"{NAME}.service").write_text(
        f"[D-BUS Service]\nName={NAME}\nExec=/bin/sh -c 'touch {started}; exit 1'\n"
    )
    with open_dbus_connection("SESSION") as person:
        Proxy(message_bus, person, timeout=PATIENCE_S).ReloadConfig()

    async def story(scene: Scene) -> None:
        assert await scene.notifier.is_served()
        assert not started.exists()
        assert not await scene.tell(LOW)
        assert started.exists()

    play(story)


@pytest.mark.usefixtures("bus")
def test_a_report_names_the_server_and_what_it_can_do() -> None:
    """Its name, maker, version and specification, and its capabilities."""
    said: list[str] = []

    async def story(scene: Scene) -> None:
        said.append(await scene.notifier.describe())

    with Server("body", "actions", name="Test\u202e") as server:
        play(story)
    assert server.shown == []
    assert said == ["Test, Tests, 1, 1.2; body, actions"]


@pytest.mark.usefixtures("bus")
def test_a_report_without_a_server_says_so() -> None:
    """And with which error, for that is what there is to know."""
    said: list[str] = []

    async def story(scene: Scene) -> None:
        said.append(await scene.notifier.describe())

    play(story)
    assert said == ["no server (DBusErrorResponse)"]
