"""The signals of logind and NetworkManager, on a private system bus."""

import asyncio
import shutil
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest

from tally import FAULTS, Tally

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney import HeaderFields, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from buses.private_bus import private_bus
from buses.system_services import LOGIND, SLEEP, SystemServices
from harness.event_log import EventLog
from trayapp.services.polling import resume_monitor as module
from trayapp.services.polling.resume_monitor import ResumeMonitor

TIMEOUT_S = 10.0


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run a private bus in the place of the system bus."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


def play(story: Callable[[EventLog], Coroutine[None, None, None]]) -> None:
    """Run a story beside the monitor, which never ends by itself."""

    async def run() -> None:
        events = EventLog()
        monitor = ResumeMonitor(
            on_resume=lambda: events.record("resumed"),
            on_online=lambda: events.record("online"),
        )
        listening = asyncio.create_task(monitor.run())
        try:
            await story(events)
            assert not listening.done()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    asyncio.run(run())


def test_the_end_of_a_sleep_is_reported_and_its_beginning_is_not(
    bus: str, tally: Tally
) -> None:
    """The test does it three times."""

    async def story(events: EventLog) -> None:
        system = SystemServices(bus)
        await system.listened_to()
        for _ in range(3):
            system.sleeps(begins=True)
            system.sleeps(begins=False)
            assert await events.next(str) == "resumed"
        assert not events.waiting(str)
        system.close()

    play(story)
    tally.add(FAULTS, 3)


def test_a_network_with_internet_access_is_reported(bus: str) -> None:
    """A network that is being set up, or ends at the router, does not count."""

    async def story(events: EventLog) -> None:
        system = SystemServices(bus)
        await system.listened_to()
        for state in (20, 40, 50, 70, 30, 60):
            system.network(state)
        assert [await events.next(str), await events.next(str)] == ["online", "online"]
        system.sleeps(begins=False)
        assert await events.next(str) == "resumed"
        system.close()

    play(story)


def test_a_stranger_cant_wake_the_program(bus: str) -> None:
    """Neither a broadcast nor a direct signal of a stranger counts."""

    async def story(events: EventLog) -> None:
        system = SystemServices(bus)
        us = await system.listened_to()
        stranger = open_dbus_connection(bus)
        for _ in range(20):
            signal = new_signal(SLEEP, "PrepareForSleep", "b", (False,))
            stranger.send(signal)
            signal.header.fields[HeaderFields.destination] = us
            stranger.send(signal)
        Proxy(message_bus, stranger).NameHasOwner(LOGIND)  # the bus has seen them all
        system.network(70)
        assert await events.next(str) == "online"
        stranger.close()
        system.close()

    play(story)


@pytest.mark.parametrize("body", [("s", ("no",)), ("", ()), ("bb", (False, False))])
def test_signals_with_another_body_are_ignored(
    bus: str, body: tuple[str, tuple[object, ...]]
) -> None:
    """The sender is logind, but the signal differs."""

    async def story(events: EventLog) -> None:
        system = SystemServices(bus)
        await system.listened_to()
        system.say(new_signal(SLEEP, "PrepareForSleep", *body))
        system.sleeps(begins=False)
        assert await events.next(str) == "resumed"
        assert not events.waiting(str)
        system.close()

    play(story)


@pytest.mark.parametrize(
    "address", ["unix:path=/nonexistent", "nonsense", "tcp:host=x", "unix:path={file}"]
)
def test_a_missing_bus_is_not_logged(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    address: str,
    tally: Tally,
) -> None:
    """The monitor tries again later, and logs no line."""
    caplog.set_level("INFO")
    file = tmp_path / "bus"
    file.touch()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address.format(file=file))
    monkeypatch.setattr(module, "_RETRY_S", 0.0)

    async def story(_: EventLog) -> None:
        for _round in range(50):
            await asyncio.sleep(0)

    play(story)
    assert caplog.records == []
    tally.add(FAULTS)


def test_a_silent_bus_times_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tally: Tally
) -> None:
    """The monitor tries again, and closes each connection."""
    monkeypatch.setattr(module, "_CONNECT_S", 0.05)
    monkeypatch.setattr(module, "_RETRY_S", 0.0)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    mute = socket.socket(socket.AF_UNIX)
    mute.bind(f"{tmp_path}/bus")
    mute.listen()
    mute.setblocking(False)  # noqa: FBT003  # the only way to say it

    async def story(_: EventLog) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(TIMEOUT_S):
            for _round in range(3):
                line, _ = await loop.sock_accept(mute)
                with line:
                    assert b"AUTH" in await loop.sock_recv(line, 1_000)
                    assert await loop.sock_recv(line, 1_000) == b""
        mute.close()

    play(story)
    tally.add(FAULTS, 3)


def test_a_bus_that_restarts_is_connected_again(
    monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """An upgrade of the bus restarts it."""
    monkeypatch.setattr(module, "_RETRY_S", 0.05)

    async def story(events: EventLog) -> None:
        for _ in range(2):
            with private_bus() as address:
                monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
                system = SystemServices(address)
                await system.listened_to()
                system.sleeps(begins=False)
                assert await events.next(str) == "resumed"
                system.close()

    play(story)
    tally.add(FAULTS)
