"""Messages to the running program, over a real socket."""

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
from trayapp.services.desktop import instance_client as module
from trayapp.services.desktop.display import UNKNOWN_DISPLAY
from trayapp.services.desktop.instance_client import (
    InstanceMessage,
    ask_display,
    hang_error,
    send_message,
)
from trayapp.services.files.paths import Paths

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pipe there")
TIMEOUT_S = 10.0


class FakeInstance:
    """A program that accepts one caller, and closes when the test allows it."""

    def __init__(self, paths: Paths) -> None:
        self.received = b""
        self.called, self.may_close = threading.Event(), threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(paths.socket)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.may_close.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # still waiting for a caller
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        try:
            caller, _ = self._socket.accept()
        except OSError:
            return
        with caller, caller.makefile("rb") as line:
            self.received = line.readline()
            self.called.set()
            self.may_close.wait()


@pytest.fixture
def paths() -> Iterator[Paths]:
    """Make a profile in a folder with a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="bt-") as name:
        folder = Path(name)
        yield Paths(folder / "c", folder / "h", folder / "l", folder)


@pytest.mark.parametrize("message", InstanceMessage)
def test_a_message_arrives_as_a_line(paths: Paths, message: InstanceMessage) -> None:
    """The running program receives that line and nothing more."""
    with FakeInstance(paths) as instance:
        instance.may_close.set()
        assert send_message(paths, message)
    assert instance.received == f"{message.value}\n".encode()


def test_without_a_running_program_nothing_is_sent(paths: Paths) -> None:
    """The call returns False at once."""
    assert not send_message(paths, InstanceMessage.SHOW)


def test_the_socket_of_a_dead_program_does_not_count(paths: Paths) -> None:
    """Its file still exists."""
    with FakeInstance(paths):
        pass
    assert Path(paths.socket).exists()
    assert not send_message(paths, InstanceMessage.SHOW)


def test_a_path_that_is_too_long_for_a_socket_is_no_error(paths: Paths) -> None:
    """No program can listen there."""
    deep = Paths(paths.config, paths.history, paths.log, paths.runtime / ("x" * 200))
    assert not send_message(deep, InstanceMessage.SHOW)


def test_quit_waits_until_the_program_has_ended(paths: Paths) -> None:
    """Thus `--quit && start` finds no running program."""
    results: list[bool] = []
    with FakeInstance(paths) as instance:
        caller = threading.Thread(
            target=lambda: results.append(send_message(paths, InstanceMessage.QUIT))
        )
        caller.start()
        assert instance.called.wait(TIMEOUT_S)
        assert results == []
        instance.may_close.set()
        caller.join(TIMEOUT_S)
    assert results == [True]


def test_a_program_that_hangs_is_named_by_its_process_id(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second program beside it would be worse than none."""
    monkeypatch.setattr(module, "_TIMEOUT_S", 0.05)
    paths.lock.write_text("4711\n")
    with FakeInstance(paths) as instance:
        with pytest.raises(ProgramHangs) as raised:
            send_message(paths, InstanceMessage.SHOW)
        assert instance.called.wait(TIMEOUT_S)
    assert instance.received == b"show\n", "it receives the message when it recovers"
    assert raised.value.detail == "process 4711"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the queue is never full")
def test_a_program_with_a_full_queue_hangs(paths: Paths) -> None:
    """Another start must not take itself for the only one."""
    with contextlib.ExitStack() as waiting:
        full = waiting.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        full.bind(paths.socket)
        full.listen(0)
        first = waiting.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        first.connect(paths.socket)
        with pytest.raises(ProgramHangs):
            send_message(paths, InstanceMessage.SHOW)


def test_a_program_that_hangs_shows_its_window_later(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its display is asked for, and then the message is left for it."""
    monkeypatch.setattr(module, "_TIMEOUT_S", 0.05)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(paths.socket)
        listener.listen()
        with pytest.raises(ProgramHangs):
            ask_display(paths)
        received = []
        for _ in range(2):
            caller, _ = listener.accept()
            with caller:
                received.append(caller.recv(64))
    assert received == [b"display\n", b"show\n"]


@pytest.mark.case("8", "one program per profile, whatever the screens")
def test_an_older_program_has_an_unknown_display(paths: Paths) -> None:
    """It closes the connection without a reply; without a program there is none."""
    with FakeInstance(paths) as instance:
        instance.may_close.set()
        assert ask_display(paths) == UNKNOWN_DISPLAY
    assert instance.received == b"display\n"
    assert ask_display(paths) is None


@pytest.mark.parametrize("written", [b"", b"\xff\n", b"-1\n", b"1" * 100, None])
def test_a_lock_without_a_process_id_gives_no_detail(
    paths: Paths, written: bytes | None
) -> None:
    """The content of the file is not trusted."""
    if written is not None:
        paths.lock.write_bytes(written)
    assert hang_error(paths).detail in {"", f"process {'1' * 64}"}


def test_a_program_that_dies_during_the_call_is_no_error(paths: Paths) -> None:
    """It resets the connection."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(paths.socket)
    listener.listen()

    def reset() -> None:
        caller, _ = listener.accept()
        caller.close()
        listener.close()

    thread = threading.Thread(target=reset)
    thread.start()
    assert isinstance(send_message(paths, InstanceMessage.SHOW), bool)
    thread.join(TIMEOUT_S)


@pytest.mark.parametrize("message", InstanceMessage)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_message_is_read_from_its_line(message: InstanceMessage, end: bytes) -> None:
    """Different line ends are accepted."""
    assert InstanceMessage.read(message.value.encode() + end) is message


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
def test_any_other_line_is_no_message(line: bytes) -> None:
    """No part of it is executed or guessed."""
    assert InstanceMessage.read(line) is None
