"""A word to the running program, over a real socket."""

import contextlib
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from trayapp.core.errors import ProgramHangs
from trayapp.services.desktop import instance_client as doorbell
from trayapp.services.desktop.instance_client import (
    InstanceMessage,
    hangs,
    send_message,
)
from trayapp.services.files.paths import Paths

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pipe there")
PATIENCE_S = 10.0


class Door:
    """A program that listens, hears one caller and answers when the test says so."""

    def __init__(self, places: Paths) -> None:
        self.heard = b""
        self.came, self.may_close = threading.Event(), threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(places.socket)
        self._socket.listen()
        self._thread = threading.Thread(target=self._answer)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.may_close.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # nobody came
        self._thread.join()
        self._socket.close()

    def _answer(self) -> None:
        try:
            caller, _ = self._socket.accept()
        except OSError:
            return
        with caller, caller.makefile("rb") as line:
            self.heard = line.readline()
            self.came.set()
            self.may_close.wait()


@pytest.fixture
def places() -> Iterator[Paths]:
    """Give a profile in a folder whose path a socket can have."""
    with tempfile.TemporaryDirectory(prefix="bt-") as name:
        folder = Path(name)
        yield Paths(folder / "c", folder / "h", folder / "l", folder)


@pytest.mark.parametrize("word", InstanceMessage)
def test_a_word_arrives_as_a_line(places: Paths, word: InstanceMessage) -> None:
    """The running program hears what was said and nothing more."""
    with Door(places) as door:
        door.may_close.set()
        assert send_message(places, word)
    assert door.heard == f"{word.value}\n".encode()


def test_nobody_is_there(places: Paths) -> None:
    """Then it is said so, at once."""
    assert not send_message(places, InstanceMessage.SHOW)


def test_a_socket_that_a_dead_program_left_is_nobody(places: Paths) -> None:
    """The file alone answers nothing."""
    with Door(places):
        pass
    assert Path(places.socket).exists()
    assert not send_message(places, InstanceMessage.SHOW)


def test_a_path_that_no_socket_can_have_is_nobody(places: Paths) -> None:
    """Nor does it raise."""
    deep = Paths(
        places.config, places.history, places.log, places.runtime / ("x" * 200)
    )
    assert not send_message(deep, InstanceMessage.SHOW)


def test_who_says_quit_waits_until_the_other_has_gone(places: Paths) -> None:
    """So `--quit && start` finds the place free."""
    answers: list[bool] = []
    with Door(places) as door:
        caller = threading.Thread(
            target=lambda: answers.append(send_message(places, InstanceMessage.QUIT))
        )
        caller.start()
        assert door.came.wait(PATIENCE_S)
        assert answers == []
        door.may_close.set()
        caller.join(PATIENCE_S)
    assert answers == [True]


def test_a_program_that_hangs_is_told_with_its_number(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second beside it would be worse than none, and silence worse than a word."""
    monkeypatch.setattr(doorbell, "_PATIENCE_S", 0.05)
    places.lock.write_text("4711\n")
    with Door(places) as door:
        with pytest.raises(ProgramHangs) as raised:
            send_message(places, InstanceMessage.SHOW)
        assert door.came.wait(PATIENCE_S)
    assert door.heard == b"show\n", "it hears that when it comes to itself"
    assert raised.value.detail == "process 4711"


@pytest.mark.skipif(sys.platform != "linux", reason="others make room for ever")
def test_a_program_at_which_too_many_wait_hangs(places: Paths) -> None:
    """One more start is not taken for the only one."""
    with contextlib.ExitStack() as waiting:
        full = waiting.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        full.bind(places.socket)
        full.listen(0)
        first = waiting.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        first.connect(places.socket)
        with pytest.raises(ProgramHangs):
            send_message(places, InstanceMessage.SHOW)


@pytest.mark.parametrize("written", [b"", b"\xff\n", b"-1\n", b"1" * 100, None])
def test_a_lock_that_names_nobody_is_told_without_a_number(
    places: Paths, written: bytes | None
) -> None:
    """What stands in a file is never trusted."""
    if written is not None:
        places.lock.write_bytes(written)
    assert hangs(places).detail in {"", f"process {'1' * 64}"}


def test_a_program_that_dies_meanwhile_is_no_fault(places: Paths) -> None:
    """Its end of the line is cut."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(places.socket)
    listener.listen()

    def cut() -> None:
        caller, _ = listener.accept()
        caller.close()
        listener.close()

    thread = threading.Thread(target=cut)
    thread.start()
    assert isinstance(send_message(places, InstanceMessage.SHOW), bool)
    thread.join(PATIENCE_S)


@pytest.mark.parametrize("word", InstanceMessage)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_word_is_read_from_its_line(word: InstanceMessage, end: bytes) -> None:
    """Whatever ends it."""
    assert InstanceMessage.read(word.value.encode() + end) is word


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"quit now\n",
        b"QUIT\n",
        b"quit\0\n",
        b"\xff\xfe\n",
        "quít\n".encode(),
        b"x" * 10_000,
        b" " * 64 + b"quit\n",
    ],
    ids=repr,
)
def test_anything_else_is_no_word(line: bytes) -> None:
    """Nothing in it is executed, and nothing is guessed."""
    assert InstanceMessage.read(line) is None
