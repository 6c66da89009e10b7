"""How each fault that a person can meet is provoked: a scene for every one."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.first_run import finish, name_service
from pictures.fault_session import (
    GOOD,
    FaultSession,
    FixedReplyServer,
    http,
    refusal,
)
from pictures.injection import FAULTS, KEYRING_FAULTS
from pictures.session import PATIENCE_S
from tooling.processes import wait_until
from trayapp.core.errors import BY_ERROR_ID, BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager


ANSWERS: Final = {
    **{
        kind.id: refusal(error_id, "400 Bad Request", "…")
        for error_id, kind in BY_ERROR_ID.items()
    },
    "unauthorized": refusal("UNAUTHORIZED", "401 Unauthorized", "Your API key …"),
    "refused": refusal("BAD_PARAMS", "400 Bad Request", "user_name is unknown"),
    "gateway-down": http(
        "", "503 Service Unavailable", "text/html", "Retry-After: 900"
    ),
    "unexpected-reply": http("<html>Log in to our Wi-Fi", "200 OK", "text/html"),
    "timed-out": None,
}
"""The gateway's reply by the error that it causes; None for no reply."""


def expect(
    session: FaultSession,
    name: str,
    *,
    injected: str = "",
    env: Mapping[str, str] | None = None,
) -> None:
    """Start the program, and wait until its window names the fault."""
    program = session.start_program(injected=injected, env=env)
    session.open_window()
    program.says(BY_ID[name].title, within_s=PATIENCE_S)


# --- the gateway and the way there ------------------------------------------------


@contextmanager
def answer(name: str, session: FaultSession) -> Iterator[None]:
    """Answer well once, and then so."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        server.answer = ANSWERS[name]
        expect(session, name)
        yield


@contextmanager
def closed_port(session: FaultSession) -> Iterator[None]:
    """Close the port after one good answer."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
    expect(session, "no-connection")
    yield


@contextmanager
def certificate(session: FaultSession) -> Iterator[None]:
    """Show a certificate of an unknown authority."""
    with closing(FixedReplyServer(tls=True)) as server:
        session.add_account(server.url)
        expect(session, "certificate")
        yield


@contextmanager
def proxy(session: FaultSession) -> Iterator[None]:
    """Name a proxy that is none."""
    session.add_account("https://sms.example")
    expect(session, "proxy", env={"HTTPS_PROXY": "gopher://proxy.example:70"})
    yield


@contextmanager
def fails(name: str, session: FaultSession) -> Iterator[None]:
    """Let something fail inside the program, with an account."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        expect(session, name, injected=name)
        yield


# --- the keyring ------------------------------------------------------------------


@contextmanager
def locked(session: FaultSession) -> Iterator[None]:
    """Lock the keyring after one good answer."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        session.lock_keyring()
        expect(session, "keyring-locked")
        yield


@contextmanager
def denied(session: FaultSession) -> Iterator[None]:
    """Close the keyring's question."""
    prompt = ["xdotool", "search", "--onlyvisible", "--name", "Unlock"]
    with locked(session):
        program = session.program
        program.find("push button", "Unlock").press()
        wait_until(
            lambda: session.desktop.run(prompt).returncode == 0, "the prompt", 10
        )
        session.desktop.run(["xdotool", "key", "Escape"])
        program.says(BY_ID["keyring-denied"].title)
        yield


@contextmanager
def slow(session: FaultSession) -> Iterator[None]:
    """Stop the keyring in the middle."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        comms = {n: Path(f"/proc/{n}/comm") for n in session.desktop.members()}
        (number,) = (n for n, comm in comms.items() if "keyring" in comm.read_text())
        os.kill(number, signal.SIGSTOP)
        try:
            expect(session, "keyring-slow")
            yield
        finally:
            os.kill(number, signal.SIGCONT)


@contextmanager
def no_keyring(session: FaultSession) -> Iterator[None]:
    """Start with an account, and without a keyring."""
    session.write_account("https://sms.example")
    expect(session, "keyring-absent")
    yield


@contextmanager
def no_key(session: FaultSession) -> Iterator[None]:
    """Start with an account whose key is missing."""
    session.write_account("https://sms.example")
    expect(session, "key-missing")
    yield


@contextmanager
def unusable_key(session: FaultSession) -> Iterator[None]:
    """Type what can't be a key."""
    enter(session, key="short")
    session.program.says(BY_ID["key-unusable"].title)
    yield


# --- our own files ----------------------------------------------------------------


@contextmanager
def settings_file(name: str, session: FaultSession, text: str) -> Iterator[None]:
    """Have a settings file with this text."""
    session.write_settings(text)
    expect(session, name)
    yield


@contextmanager
def over_broken(name: str, session: FaultSession) -> Iterator[None]:
    """Save a new account over a broken settings file."""
    session.write_settings("version = ")
    with closing(FixedReplyServer()) as server:
        injected = name if name in FAULTS else ""
        expect(session, "config-broken", injected=injected)
        program = session.program
        program.find("push button", "Add an account…").press()
        step = name_service(program, server.url)
        step.find("text", "API key").type("a-key-of-no-worth")
        program.find("push button", "Next").press()
        finish(program, "10")
        program.says(BY_ID[name].reason)  # its title is the broken file's, too
        yield


@contextmanager
def changed_elsewhere(session: FaultSession) -> Iterator[None]:
    """Save settings that a text editor changed in the same place."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        program = session.start_program()
        session.open_window()
        program.find("push button", "Settings").press()
        program.find("push button", "Remove").press()
        text = session.config.read_text().replace('"50"', '"60"')
        session.config.write_text(text)
        program.find("push button", "OK").press()
        program.says(BY_ID["config-changed"].title)
        yield


@contextmanager
def untrusted(session: FaultSession) -> Iterator[None]:
    """Have a settings file that everybody may write to."""
    session.write_settings("version = 1")
    session.config.chmod(0o666)
    expect(session, "config-untrusted")
    yield


@contextmanager
def unreadable(session: FaultSession) -> Iterator[None]:
    """Have a folder where the settings file should be."""
    session.config.mkdir(parents=True)
    expect(session, "config-unreadable")
    yield


@contextmanager
def unwritable(session: FaultSession) -> Iterator[None]:
    """Save a new account on a full disk."""
    with closing(FixedReplyServer()) as server:
        enter(session, server.url, injected="config-unwritable")
        program = session.program
        finish(program, "10")
        program.says(BY_ID["config-unwritable"].title)
        yield


@contextmanager
def no_history(session: FaultSession) -> Iterator[None]:
    """Have a folder where the history should be."""
    session.write_account("https://sms.example")
    session.history.mkdir(parents=True)
    expect(session, "history")
    yield


@contextmanager
def busy_history(session: FaultSession) -> Iterator[None]:
    """Hold the database."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        with closing(sqlite3.connect(session.history)) as other:
            other.execute("BEGIN EXCLUSIVE")
            expect(session, "history-busy")
            session.program.says("350.12", within_s=PATIENCE_S)
            yield


@contextmanager
def damaged_history(session: FaultSession) -> Iterator[None]:
    """Overwrite all but the first page of the database."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        size = session.history.stat().st_size
        with session.history.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
        expect(session, "history-damaged")
        yield


@contextmanager
def newer_history(session: FaultSession) -> Iterator[None]:
    """Have a database of a version to come."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        with closing(sqlite3.connect(session.history)) as other:
            other.execute("PRAGMA user_version = 99")
        expect(session, "history-too-new")
        yield


@contextmanager
def export(session: FaultSession) -> Iterator[None]:
    """Export the history to where nothing can be written."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        program = session.start_program()
        session.open_window()
        program.find("push button", "History").press()
        program.find("push button", "CSV").press()
        choose = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Export"]
        session.desktop.run(choose)
        session.desktop.run(["xdotool", "key", "ctrl+a"])
        session.desktop.run(["xdotool", "type", "--delay", "30", "/proc/history.csv"])
        session.desktop.run(["xdotool", "key", "Return"])
        program.says(BY_ID["export-unwritable"].title)
        yield


# --- the program ------------------------------------------------------------------


@contextmanager
def hangs(session: FaultSession) -> Iterator[None]:
    """Stop the program, and start it once more."""
    session.write_account("https://sms.example")
    session.start_program()
    session.open_window()
    (program,) = session.programs
    program.send_signal(signal.SIGSTOP)
    try:
        session.start_program().says(BY_ID["program-hangs"].title, within_s=PATIENCE_S)
        yield
    finally:
        program.send_signal(signal.SIGCONT)


@contextmanager
def runs_elsewhere(session: FaultSession) -> Iterator[None]:
    """Start the program on another display, and once more on this one."""
    session.write_account("https://sms.example")
    desktop = session.desktop
    number = desktop.start_telling_part("Xvfb", "-displayfd", "{}", name="other")
    first = desktop.spawn(
        # Without accessibility, so that the reader finds the second program.
        [
            *("env", "-u", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON"),
            *("DBUS_SESSION_BUS_ADDRESS=", sys.executable, "-m", "trayapp"),
            "--minimized",
        ],
        env={"DISPLAY": f":{number}"},
        log="first",
    )
    lock = desktop.folder / "run/balance-tray/instance.socket"
    wait_until(lock.exists, "the first program", PATIENCE_S)
    try:
        session.start_program().says(BY_ID["runs-elsewhere"].title, within_s=PATIENCE_S)
        yield
    finally:
        first.terminate()


@contextmanager
def login_unchanged(session: FaultSession) -> Iterator[None]:
    """Choose start at login where a file stands in the folder's place."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        folder = session.config.parent.parent / "autostart"
        folder.touch()
        try:
            program = session.start_program()
            session.open_window()
            program.find("push button", "Settings").press()
            program.find("page tab", "General").press()
            box = program.find("check box", "when I log in")
            wait_until(lambda: box.has("enabled"), "what the desktop has", PATIENCE_S)
            box.press()
            program.find("push button", "OK").press()
            program.says(BY_ID["login-unchanged"].title)
            yield
        finally:
            folder.unlink()


@contextmanager
def unseen(session: FaultSession) -> Iterator[None]:
    """Have a low balance, and no notification daemon."""
    session.desktop.stop_notifications()
    try:
        with closing(FixedReplyServer()) as server:
            server.answer = http(GOOD.replace("350.1200", "3.2000"))
            session.add_account(server.url)
            expect(session, "notifications")
            yield
    finally:
        session.desktop.start_notifications()


@contextmanager
def no_tray(session: FaultSession) -> Iterator[None]:
    """Start where no tray is."""
    with closing(FixedReplyServer()) as server:
        session.add_account(server.url)
        session.start_program().says("shows no tray icons")
        yield


def enter(
    session: FaultSession,
    url: str = "https://sms.example",
    *,
    key: str = "a-key-of-no-worth",
    injected: str = "",
) -> None:
    """Answer the first run's questions for a key, and ask the gateway with it."""
    program = session.start_program(injected=injected)
    step = name_service(program, url)
    step.find("text", "API key").type(key)
    program.find("push button", "Next").press()


SCENES: Final[Mapping[str, Callable[[FaultSession], AbstractContextManager[None]]]] = {
    **{name: partial(answer, name) for name in ANSWERS},
    "no-connection": closed_port,
    "certificate": certificate,
    "proxy": proxy,
    "keyring-locked": locked,
    "keyring-denied": denied,
    "keyring-slow": slow,
    **{name: partial(fails, name) for name in KEYRING_FAULTS},
    "keyring-absent": no_keyring,
    "key-missing": no_key,
    "key-unusable": unusable_key,
    "config-broken": partial(settings_file, "config-broken", text="version = "),
    "config-too-new": partial(settings_file, "config-too-new", text="version = 99"),
    "config-stuck": partial(over_broken, "config-stuck"),
    "config-replaced": partial(over_broken, "config-replaced"),
    "config-untrusted": untrusted,
    "config-changed": changed_elsewhere,
    "config-of-nobody": partial(fails, "config-of-nobody"),
    "config-unreadable": unreadable,
    "config-unwritable": unwritable,
    "history": no_history,
    "history-busy": busy_history,
    "history-full": partial(fails, "history-full"),
    "history-damaged": damaged_history,
    "history-too-new": newer_history,
    "export-unwritable": export,
    "internal-fault": partial(fails, "internal-fault"),
    "login-unchanged": login_unchanged,
    "program-hangs": hangs,
    "runs-elsewhere": runs_elsewhere,
    "notifications": unseen,
    "no-tray": no_tray,
}
