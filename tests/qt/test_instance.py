"""One running program for each profile, and the messages of other starts."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from harness.event_log import EventLog
from trayapp.qt.instance import Instance
from trayapp.services.desktop.display import Display
from trayapp.services.desktop.instance_client import (
    InstanceMessage,
    ask_display,
    send_message,
)
from trayapp.services.files.paths import Paths

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
TIMEOUT_S: Final = 10.0
CLAIM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QObject, Slot
from trayapp.qt.instance import Instance
from trayapp.services.files.paths import Paths

class Printer(QObject):
    @Slot(str)
    def print(self, message):
        print(message, flush=True)
        if message == "quit":
            application.quit()

folder = Path(sys.argv[1])
application, printer = QCoreApplication([]), Printer()
print("ready", flush=True)
sys.stdin.readline()
instance = Instance(Paths(folder, folder, folder, folder / "run"))
instance.message_received.connect(printer.print)
claimed = instance.claim()
print("claimed" if claimed else "taken", flush=True)
if claimed:
    application.exec()
"""


class OtherProcess:
    """Another process that claims the profile at `go`."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLAIM, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.read_line() == "ready"

    def go(self) -> None:
        """Make it claim the profile."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def read_line(self) -> str:
        """Return its next line of output; "" if it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        """Kill it, if it runs."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder with a path that is short enough for a socket."""
    name = tempfile.mkdtemp(prefix="bt-")
    yield Path(name)
    shutil.rmtree(name)


@pytest.fixture
def paths(folder: Path) -> Paths:
    """Make a profile in that folder."""
    return Paths(folder, folder, folder, folder / "run")


@pytest.fixture
def others(folder: Path) -> Iterator[Callable[[], OtherProcess]]:
    """Return a function that starts other processes; end them after the test."""
    started: list[OtherProcess] = []

    def start() -> OtherProcess:
        started.append(OtherProcess(folder))
        return started[-1]

    yield start
    for process in started:
        process.end()


@pytest.fixture
def held(paths: Paths, qtbot: QtBot) -> Iterator[Instance]:
    """Make the running program."""
    assert qtbot is not None
    instance = Instance(paths)
    assert instance.claim()
    yield instance
    instance.release()


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Run the event loop until a condition holds."""
    qtbot.waitUntil(condition, timeout=int(TIMEOUT_S * 1000))


def call(paths: Paths, line: bytes) -> socket.socket:
    """Send a line to the running program, and keep the connection open."""
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    caller.connect(paths.socket)
    caller.sendall(line)
    caller.setblocking(False)  # noqa: FBT003  # the socket's own signature
    return caller


def is_closed(caller: socket.socket) -> bool:
    """Return whether the program has closed the connection."""
    try:
        return caller.recv(64) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def in_background(task: Callable[[], object]) -> threading.Thread:
    """Run a blocking call on a thread."""
    thread = threading.Thread(target=task)
    thread.start()
    return thread


def test_only_one_process_claims_a_profile(paths: Paths, held: Instance) -> None:
    """Another one can after its release."""
    second = Instance(paths)
    assert not second.claim()
    held.release()
    assert not send_message(paths, InstanceMessage.SHOW)
    assert second.claim()
    second.release()


@pytest.mark.usefixtures("held")
def test_a_failed_claim_leaves_the_socket_alone(paths: Paths, qtbot: QtBot) -> None:
    """The second start can send a message to the first."""
    assert not Instance(paths).claim()
    results: list[bool] = []
    thread = in_background(
        lambda: results.append(send_message(paths, InstanceMessage.SHOW))
    )
    wait(qtbot, lambda: not thread.is_alive())
    assert results == [True]


@pytest.mark.parametrize("message", [InstanceMessage.SHOW, InstanceMessage.RELOAD])
def test_a_message_of_another_start_is_received(
    paths: Paths, held: Instance, qtbot: QtBot, message: InstanceMessage
) -> None:
    """The connection is closed at once."""
    calls, results = EventLog(), list[bool]()
    held.message_received.connect(calls.record)
    thread = in_background(lambda: results.append(send_message(paths, message)))
    wait(qtbot, lambda: not thread.is_alive())
    assert (calls.events, results) == ([message.value], [True])


@pytest.mark.case("8", "one program per profile, whatever the screens")
def test_another_start_is_told_the_display(paths: Paths, qtbot: QtBot) -> None:
    """Nothing is done about it, and the connection is closed."""
    display = Display("xcb", ":7", "", "2")
    held = Instance(paths, display=display)
    assert held.claim()
    calls, results = EventLog(), list[Display | None]()
    held.message_received.connect(calls.record)
    thread = in_background(lambda: results.append(ask_display(paths)))
    wait(qtbot, lambda: not thread.is_alive())
    held.release()
    assert (calls.events, results) == ([], [display])


def test_the_messages_of_many_starts_are_received(
    paths: Paths, held: Instance, qtbot: QtBot
) -> None:
    """They may arrive at the same time."""
    calls = EventLog()
    held.message_received.connect(calls.record)
    callers = [call(paths, b"show\n") for _ in range(20)]
    wait(qtbot, lambda: all(map(is_closed, callers)))
    assert calls.events == ["show"] * 20
    for caller in callers:
        caller.close()
    wait(qtbot, lambda: held.findChildren(QLocalSocket) == [])  # none is kept


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"quit now\n",
        b"QUIT\n",
        b"\xff\xfe\x00\n",
        b"x" * 65,
        b"x" * 100_000,
        b"x" * 100 + b"\nquit\n",
        b" " * 100 + b"quit\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=lambda line: repr(line[:20]),
)
def test_any_other_line_has_no_effect(
    paths: Paths, held: Instance, qtbot: QtBot, line: bytes
) -> None:
    """The connection is closed, and the next caller is served."""
    calls = EventLog()
    held.message_received.connect(calls.record)
    with contextlib.closing(call(paths, line)) as caller:
        wait(qtbot, lambda: is_closed(caller))
    with contextlib.closing(call(paths, b"show\n")) as caller:
        wait(qtbot, lambda: is_closed(caller))
    assert calls.events == ["show"]


def test_a_silent_caller_or_half_a_message_delays_no_other_caller(
    paths: Paths, held: Instance, qtbot: QtBot
) -> None:
    """A caller that disconnects early delays none either."""
    calls = EventLog()
    held.message_received.connect(calls.record)
    silent, half, gone = (call(paths, line) for line in (b"", b"qu", b"qui"))
    gone.close()
    with contextlib.closing(call(paths, b"show\n")) as caller:
        wait(qtbot, lambda: is_closed(caller))
    assert calls.events == ["show"]
    half.sendall(b"it\n")
    wait(qtbot, lambda: calls.events == ["show", "quit"])
    silent.close()
    half.close()


def test_a_message_that_arrives_byte_by_byte_is_received(
    paths: Paths, held: Instance, qtbot: QtBot
) -> None:
    """A socket may split a line anywhere."""
    calls = EventLog()
    held.message_received.connect(calls.record)
    with contextlib.closing(call(paths, b"s")) as caller:
        for byte in (b"h", b"o", b"w", b"\n"):
            qtbot.wait(1)
            caller.sendall(byte)
        wait(qtbot, lambda: is_closed(caller))
    assert calls.events == ["show"]


def test_only_the_owner_may_use_folder_and_socket(paths: Paths, held: Instance) -> None:
    """No other user can send a message."""
    assert held is not None
    assert stat.S_IMODE(paths.runtime.stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(paths.socket).stat().st_mode) & 0o077 == 0


def test_a_program_that_cannot_listen_runs(folder: Path, qtbot: QtBot) -> None:
    """The path is too long for a socket, which the problem read_line."""
    assert qtbot is not None
    instance = Instance(Paths(folder, folder, folder, folder / ("x" * 200)))
    assert instance.claim()
    assert "no other start can call" in instance.problem
    instance.release()


def test_without_a_lock_each_process_runs(folder: Path, qtbot: QtBot) -> None:
    """A file has the folder's name; two programs are better than none."""
    assert qtbot is not None
    (folder / "run").touch()
    paths = Paths(folder, folder, folder, folder / "run")
    for _ in range(2):
        instance = Instance(paths)
        assert instance.claim()
        assert "nothing keeps a second program from running" in instance.problem
        instance.release()


@pytest.mark.parametrize(
    "obstacle", ["file", "folder", "folder with something in it", "link to nothing"]
)
def test_an_obstacle_at_the_sockets_path_stops_no_start(
    paths: Paths, qtbot: QtBot, obstacle: str
) -> None:
    """It is removed; otherwise no other start can send a message."""
    assert qtbot is not None
    paths.runtime.mkdir(mode=0o700)
    socket_path = Path(paths.socket)
    if obstacle == "file":
        socket_path.write_text("somebody's")
    elif obstacle == "link to nothing":
        socket_path.symlink_to(paths.runtime / "nothing")
    else:
        (socket_path / "inside" if "in it" in obstacle else socket_path).mkdir(
            parents=True
        )
    instance = Instance(paths)
    assert instance.claim()
    assert bool(instance.problem) is ("folder" in obstacle)
    assert not Instance(paths).claim()
    instance.release()


@pytest.mark.parametrize(
    "left", [b"", b"\xff" * 50, b"%d\npython3.11\nhost\n", b"999999999\n"]
)
def test_the_content_of_the_lock_file_blocks_no_start(
    paths: Paths, qtbot: QtBot, left: bytes
) -> None:
    """It may be incomplete, or have the id of a new process."""
    assert qtbot is not None
    paths.runtime.mkdir(mode=0o700)
    paths.lock.write_bytes(left.replace(b"%d", str(os.getpid()).encode()))
    instance = Instance(paths)
    assert instance.claim()
    assert paths.lock.read_text() == f"{os.getpid()}\n"
    instance.release()


def test_the_lock_of_an_old_version_is_respected(paths: Paths, qtbot: QtBot) -> None:
    """An old version may run while a newer one starts."""
    assert qtbot is not None
    paths.runtime.mkdir(mode=0o700)
    old = QLockFile(str(paths.lock))
    assert old.tryLock(0)
    assert not Instance(paths).claim()
    old.unlock()
    instance = Instance(paths)
    assert instance.claim()
    instance.release()


def test_a_killed_program_blocks_no_start(
    paths: Paths, others: Callable[[], OtherProcess], qtbot: QtBot
) -> None:
    """It held the lock and left its socket; the next start gets both."""
    other = others()
    other.go()
    assert other.read_line() == "claimed"
    instance = Instance(paths)
    assert not instance.claim()
    other.process.send_signal(signal.SIGKILL)
    other.process.wait(TIMEOUT_S)
    assert Path(paths.socket).exists()
    assert not send_message(paths, InstanceMessage.SHOW)
    assert instance.claim()
    calls = EventLog()
    instance.message_received.connect(calls.record)
    thread = in_background(lambda: send_message(paths, InstanceMessage.SHOW))
    wait(qtbot, lambda: not thread.is_alive())
    assert calls.events == ["show"]
    instance.release()
    again = Instance(paths)
    assert again.claim()
    again.release()


def test_of_ten_starts_at_once_one_runs(others: Callable[[], OtherProcess]) -> None:
    """Any of them may be the first."""
    starting = [others() for _ in range(10)]
    for process in starting:
        process.go()
    assert (
        sorted(process.read_line() for process in starting)
        == ["claimed"] + ["taken"] * 9
    )


def test_the_sender_of_quit_waits_for_the_programs_end(
    paths: Paths, others: Callable[[], OtherProcess]
) -> None:
    """Then the profile is free."""
    other = others()
    other.go()
    assert other.read_line() == "claimed"
    assert send_message(paths, InstanceMessage.QUIT)
    assert other.read_line() == "quit"
    other.process.wait(TIMEOUT_S)
    assert other.process.returncode == 0
    assert not send_message(paths, InstanceMessage.QUIT)


def test_quit_keeps_the_connection_open(
    paths: Paths, held: Instance, qtbot: QtBot
) -> None:
    """The message was received, and the program has not ended."""
    calls = EventLog()
    held.message_received.connect(calls.record)
    with contextlib.closing(call(paths, b"quit\n")) as caller:
        wait(qtbot, lambda: calls.events == ["quit"])
        assert not is_closed(caller)


@pytest.mark.case("attack 4", "something planted in a file's place")
@pytest.mark.skipif(sys.platform == "win32", reason="Qt locks there")
def test_the_lock_follows_no_link(paths: Paths, tmp_path: Path) -> None:
    """The process id would replace the content of a file of the person's."""
    other = tmp_path / "diary"
    other.write_text("dear diary")
    paths.runtime.mkdir(mode=0o700)
    paths.lock.symlink_to(other)
    instance = Instance(paths)
    assert instance.claim()
    assert "nothing keeps a second program from running" in instance.problem
    instance.release()
    assert other.read_text() == "dear diary"


@pytest.mark.case("attack 4", "loosened permissions stay")
@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
def test_lock_and_folder_become_private_again(paths: Paths) -> None:
    """A copy may have loosened them."""
    paths.runtime.mkdir()
    paths.lock.touch()
    paths.runtime.chmod(0o755)
    paths.lock.chmod(0o644)
    instance = Instance(paths)
    assert instance.claim()
    instance.release()
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (paths.runtime, paths.lock)]
    assert modes == [0o700, 0o600]
