"""The buses are found by variable, by runtime folder and by standard path."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from buses.private_bus import private_bus
from trayapp.services.desktop import dbus_connection, session_bus
from trayapp.services.desktop.dbus_connection import (
    NoBusError,
    bus_paths,
    bus_socket,
    connect,
)

CASE = pytest.mark.case("1", "a session's service found by a variable alone")
NO_BUS = "unix:path=/nonexistent/bus"


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the runtime folder of a session whose bus no variable names."""
    with private_bus() as address:
        folder = Path(address.partition("path=")[2].partition(",")[0]).parent
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        monkeypatch.setattr(session_bus, "_USERS", "/nonexistent")
        yield folder


@pytest.fixture
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a user without a session."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(session_bus, "_USERS", "/nonexistent")


def reach(bus: str = "SESSION") -> None:
    """Connect to a bus in both ways, or raise."""
    bus_socket(bus).close()

    async def open_and_close() -> None:
        await (await connect(bus)).close()

    asyncio.run(open_and_close())


@CASE
@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize(
    "address", [None, "", NO_BUS, "nonsense", "tcp:host=127.0.0.1,port=1"]
)
def test_the_session_bus_is_found_in_the_runtime_folder(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    """Cron sets no variable, and that of a session that has ended is stale."""
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    reach()


@CASE
@pytest.mark.parametrize("folder", [None, "", "run", "/nonexistent"])
def test_the_session_bus_is_found_in_the_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch,
    runtime: Path,
    tmp_path: Path,
    folder: str | None,
) -> None:
    """Cron sets no runtime folder either; a relative one does not count."""
    (tmp_path / str(os.getuid())).symlink_to(runtime)
    monkeypatch.setattr(session_bus, "_USERS", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    if folder is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    reach()


@CASE
@pytest.mark.parametrize(
    ("address", "is_named"),
    [("", True), (NO_BUS, True), (f"{NO_BUS},guid=0", True)]
    + [(other, False) for other in ("disabled:", "tcp:host=x", f"{NO_BUS};tcp:host=x")],
)
def test_the_start_names_the_bus_for_qt(
    runtime: Path, address: str, *, is_named: bool
) -> None:
    """Qt reads only the variable; an address that may be right stays."""
    name = "DBUS_SESSION_BUS_ADDRESS"
    environment = {name: address}
    session_bus.name_session_bus(environment)
    assert environment[name] == (f"unix:path={runtime}/bus" if is_named else address)


@CASE
@pytest.mark.usefixtures("runtime")
def test_the_start_keeps_the_address_of_a_bus_that_exists(tmp_path: Path) -> None:
    """It may be another one on purpose."""
    (tmp_path / "other").touch()
    environment = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/other"}
    before = dict(environment)
    session_bus.name_session_bus(environment)
    assert environment == before


@CASE
@pytest.mark.usefixtures("no_session")
def test_the_start_names_no_bus_where_there_is_none() -> None:
    """The environment stays as it is."""
    environment: dict[str, str] = {}
    session_bus.name_session_bus(environment)
    assert environment == {}


@CASE
@pytest.mark.usefixtures("runtime")
def test_an_address_may_list_several_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one that can be reached counts."""
    there = os.environ["XDG_RUNTIME_DIR"]
    monkeypatch.setenv(
        "DBUS_SESSION_BUS_ADDRESS", f"tcp:host=x;{NO_BUS};unix:path={there}/bus"
    )
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    reach()


@CASE
def test_only_a_socket_of_the_user_is_the_session_bus(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user could offer a keyring of their own there."""
    monkeypatch.setattr(os, "getuid", lambda: 4_711)
    assert bus_paths("SESSION") == ()
    monkeypatch.undo()
    monkeypatch.setattr(session_bus, "_USERS", "/nonexistent")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    (runtime / "file").mkdir()
    (runtime / "file" / "bus").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / "file"))
    assert bus_paths("SESSION") == ()


@pytest.mark.usefixtures("runtime")
def test_a_bus_that_was_switched_off_is_not_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody who sets `disabled:` wants none."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    with pytest.raises(NoBusError):
        reach()


@CASE
@pytest.mark.usefixtures("no_session")
@pytest.mark.parametrize("address", [None, NO_BUS, "", "nonsense"])
def test_without_a_bus_the_error_says_so(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    """It is one error for each reason."""
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(NoBusError):
        bus_socket("SESSION")
    with pytest.raises(NoBusError):
        asyncio.run(connect("SESSION"))


@CASE
@pytest.mark.parametrize("address", [None, "", NO_BUS, "nonsense"])
def test_the_system_bus_is_found_at_its_standard_path(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    """A variable may name the bus of a container that is gone."""
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    standard = ("/nonexistent", str(runtime / "bus"))
    monkeypatch.setattr(dbus_connection, "_SYSTEM_PATHS", standard)
    reach("SYSTEM")


@CASE
def test_a_bus_that_does_not_respond_is_passed_over(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket whose owner is stopped accepts a connection and says nothing."""
    monkeypatch.setattr(dbus_connection, "_CONNECT_S", 0.1)
    stopped = str(runtime / "stopped")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(stopped)
        silent.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={stopped}")
        reach()
