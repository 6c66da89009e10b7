"""One running program a profile, and what other starts can say to it."""

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

from event_log import EventLog
from trayapp.qt.instance import Instance
from trayapp.services.desktop.instance_client import InstanceMessage, send_message
from trayapp.services.files.paths import Paths

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
PATIENCE_S: Final = 10.0
CLAIM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QObject, Slot
from trayapp.qt.instance import Instance
from trayapp.services.files.paths import Paths

class Printer(QObject):
    @Slot(str)
    def hear(self, word):
        print(word, flush=True)
        if word == "quit":
            application.quit()

folder = Path(sys.argv[1])
application, printer = QCoreApplication([]), Printer()
print("ready", flush=True)
sys.stdin.readline()
instance = Instance(Paths(folder, folder, folder, folder / "run"))
instance.called.connect(printer.hear)
claimed = instance.claim()
print("claimed" if claimed else "taken", flush=True)
if claimed:
    application.exec()
"""


class Other:
    """Another process that claims the profile when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLAIM, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.says() == "ready"

    def go(self) -> None:
        """Let it claim."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def says(self) -> str:
        """Read the next thing it says; nothing if it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        """Kill it, if it still runs."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder whose path leaves room for a socket's name."""
    name = tempfile.mkdtemp(prefix="bt-")
    yield Path(name)
    shutil.rmtree(name)


@pytest.fixture
def places(folder: Path) -> Paths:
    """Give a profile in that folder."""
    return Paths(folder, folder, folder, folder / "run")


@pytest.fixture
def others(folder: Path) -> Iterator[Callable[[], Other]]:
    """Give what starts other processes, and end them."""
    started: list[Other] = []

    def start() -> Other:
        started.append(Other(folder))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def held(places: Paths, qtbot: QtBot) -> Iterator[Instance]:
    """Give the running program."""
    assert qtbot is not None
    instance = Instance(places)
    assert instance.claim()
    yield instance
    instance.release()


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Let the event loop run until something holds."""
    qtbot.waitUntil(condition, timeout=int(PATIENCE_S * 1000))


def call(places: Paths, line: bytes) -> socket.socket:
    """Say something to whoever listens, and stay on the line."""
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    caller.connect(places.socket)
    caller.sendall(line)
    caller.setblocking(False)  # noqa: FBT003  # the socket's own signature
    return caller


def is_cut(caller: socket.socket) -> bool:
    """Say whether the other end has hung up."""
    try:
        return caller.recv(64) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def in_background(task: Callable[[], object]) -> threading.Thread:
    """Start something that blocks."""
    thread = threading.Thread(target=task)
    thread.start()
    return thread


def test_only_one_claims_a_profile(places: Paths, held: Instance) -> None:
    """Until it gives it up."""
    second = Instance(places)
    assert not second.claim()
    held.release()
    assert not send_message(places, InstanceMessage.SHOW)
    assert second.claim()
    second.release()


@pytest.mark.usefixtures("held")
def test_a_claim_that_fails_leaves_the_running_one_its_socket(
    places: Paths, qtbot: QtBot
) -> None:
    """The second start can still call the first."""
    assert not Instance(places).claim()
    answers: list[bool] = []
    thread = in_background(
        lambda: answers.append(send_message(places, InstanceMessage.SHOW))
    )
    wait(qtbot, lambda: not thread.is_alive())
    assert answers == [True]


@pytest.mark.parametrize("word", [InstanceMessage.SHOW, InstanceMessage.RELOAD])
def test_a_word_of_another_start_is_heard(
    places: Paths, held: Instance, qtbot: QtBot, word: InstanceMessage
) -> None:
    """And the other is let go at once."""
    calls, answers = EventLog(), list[bool]()
    held.called.connect(calls.record)
    thread = in_background(lambda: answers.append(send_message(places, word)))
    wait(qtbot, lambda: not thread.is_alive())
    assert (calls.events, answers) == ([word.value], [True])


def test_words_of_many_starts_are_all_heard(
    places: Paths, held: Instance, qtbot: QtBot
) -> None:
    """However close together."""
    calls = EventLog()
    held.called.connect(calls.record)
    callers = [call(places, b"show\n") for _ in range(20)]
    wait(qtbot, lambda: all(map(is_cut, callers)))
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
def test_anything_that_is_no_word_does_nothing(
    places: Paths, held: Instance, qtbot: QtBot, line: bytes
) -> None:
    """The line is cut, and the next caller is heard."""
    calls = EventLog()
    held.called.connect(calls.record)
    with contextlib.closing(call(places, line)) as caller:
        wait(qtbot, lambda: is_cut(caller))
    with contextlib.closing(call(places, b"show\n")) as caller:
        wait(qtbot, lambda: is_cut(caller))
    assert calls.events == ["show"]


def test_who_says_nothing_or_half_a_word_holds_up_nobody(
    places: Paths, held: Instance, qtbot: QtBot
) -> None:
    """Nor who hangs up in the middle."""
    calls = EventLog()
    held.called.connect(calls.record)
    silent, half, gone = (call(places, line) for line in (b"", b"qu", b"qui"))
    gone.close()
    with contextlib.closing(call(places, b"show\n")) as caller:
        wait(qtbot, lambda: is_cut(caller))
    assert calls.events == ["show"]
    half.sendall(b"it\n")
    wait(qtbot, lambda: calls.events == ["show", "quit"])
    silent.close()
    half.close()


def test_a_word_that_is_sent_byte_by_byte_is_heard(
    places: Paths, held: Instance, qtbot: QtBot
) -> None:
    """A socket may cut a line anywhere."""
    calls = EventLog()
    held.called.connect(calls.record)
    with contextlib.closing(call(places, b"s")) as caller:
        for byte in (b"h", b"o", b"w", b"\n"):
            qtbot.wait(1)
            caller.sendall(byte)
        wait(qtbot, lambda: is_cut(caller))
    assert calls.events == ["show"]


def test_folder_and_socket_are_for_their_owner_alone(
    places: Paths, held: Instance
) -> None:
    """Nobody else can say a word."""
    assert held is not None
    assert stat.S_IMODE(places.runtime.stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(places.socket).stat().st_mode) & 0o077 == 0


def test_a_program_that_cannot_listen_runs_all_the_same(
    folder: Path, qtbot: QtBot
) -> None:
    """Its path is too long for a socket; that no start can call is there to be said."""
    assert qtbot is not None
    instance = Instance(Paths(folder, folder, folder, folder / ("x" * 200)))
    assert instance.claim()
    assert "no other start can call" in instance.trouble
    instance.release()


def test_where_no_lock_can_be_whoever_starts_runs(folder: Path, qtbot: QtBot) -> None:
    """A file is in the way of the folder; better two programs than none."""
    assert qtbot is not None
    (folder / "run").touch()
    places = Paths(folder, folder, folder, folder / "run")
    for _ in range(2):
        instance = Instance(places)
        assert instance.claim()
        assert "nothing keeps a second program from running" in instance.trouble
        instance.release()


@pytest.mark.parametrize(
    "found", ["file", "folder", "folder with something in it", "link to nothing"]
)
def test_what_lies_where_the_socket_belongs_stops_no_start(
    places: Paths, qtbot: QtBot, found: str
) -> None:
    """It is cleared away, or else no other start can call."""
    assert qtbot is not None
    places.runtime.mkdir(mode=0o700)
    there = Path(places.socket)
    if found == "file":
        there.write_text("somebody's")
    elif found == "link to nothing":
        there.symlink_to(places.runtime / "nothing")
    else:
        (there / "inside" if "in it" in found else there).mkdir(parents=True)
    instance = Instance(places)
    assert instance.claim()
    assert bool(instance.trouble) is ("folder" in found)
    assert not Instance(places).claim()
    instance.release()


@pytest.mark.parametrize(
    "left", [b"", b"\xff" * 50, b"%d\npython3.11\nhost\n", b"999999999\n"]
)
def test_what_stands_in_the_lock_file_keeps_nobody_out(
    places: Paths, qtbot: QtBot, left: bytes
) -> None:
    """As after a crash while it was written, or with a number that lives again."""
    assert qtbot is not None
    places.runtime.mkdir(mode=0o700)
    places.lock.write_bytes(left.replace(b"%d", str(os.getpid()).encode()))
    instance = Instance(places)
    assert instance.claim()
    assert places.lock.read_text() == f"{os.getpid()}\n"
    instance.release()


def test_a_version_with_the_old_lock_is_respected(places: Paths, qtbot: QtBot) -> None:
    """It may still run while a newer one starts."""
    assert qtbot is not None
    places.runtime.mkdir(mode=0o700)
    old = QLockFile(str(places.lock))
    assert old.tryLock(0)
    assert not Instance(places).claim()
    old.unlock()
    instance = Instance(places)
    assert instance.claim()
    instance.release()


def test_a_program_that_was_killed_blocks_nobody(
    places: Paths, others: Callable[[], Other], qtbot: QtBot
) -> None:
    """It held the lock and left its socket; the next start has both."""
    other = others()
    other.go()
    assert other.says() == "claimed"
    instance = Instance(places)
    assert not instance.claim()
    other.process.send_signal(signal.SIGKILL)
    other.process.wait(PATIENCE_S)
    assert Path(places.socket).exists()
    assert not send_message(places, InstanceMessage.SHOW)
    assert instance.claim()
    calls = EventLog()
    instance.called.connect(calls.record)
    thread = in_background(lambda: send_message(places, InstanceMessage.SHOW))
    wait(qtbot, lambda: not thread.is_alive())
    assert calls.events == ["show"]
    instance.release()
    again = Instance(places)
    assert again.claim()
    again.release()


def test_of_ten_that_start_at_once_one_runs(others: Callable[[], Other]) -> None:
    """Whoever is first, and only one."""
    starting = [others() for _ in range(10)]
    for one in starting:
        one.go()
    assert sorted(one.says() for one in starting) == ["claimed"] + ["taken"] * 9


def test_who_says_quit_waits_for_the_end(
    places: Paths, others: Callable[[], Other]
) -> None:
    """After it the profile is free."""
    other = others()
    other.go()
    assert other.says() == "claimed"
    assert send_message(places, InstanceMessage.QUIT)
    assert other.says() == "quit"
    other.process.wait(PATIENCE_S)
    assert other.process.returncode == 0
    assert not send_message(places, InstanceMessage.QUIT)


def test_who_says_quit_is_not_let_go_before_that(
    places: Paths, held: Instance, qtbot: QtBot
) -> None:
    """The word was heard, and the line is still open."""
    calls = EventLog()
    held.called.connect(calls.record)
    with contextlib.closing(call(places, b"quit\n")) as caller:
        wait(qtbot, lambda: calls.events == ["quit"])
        assert not is_cut(caller)
