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
from pictures.fault_stage import (
    GOOD,
    PATIENCE_S,
    PROGRAM,
    AnyServer,
    Stage,
    http,
    refusal,
)
from tooling.processes import wait_until
from trayapp.core.errors import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager


ANSWERS: Final = {
    "unauthorized": refusal("UNAUTHORIZED", "401 Unauthorized", "Your API key …"),
    "refused": refusal("BAD_PARAMS", "400 Bad Request", "user_name is unknown"),
    "bad-request": refusal("MISSING_PARAMS", "400 Bad Request", "api_key"),
    "gateway-down": http(
        "", "503 Service Unavailable", "text/html", "Retry-After: 900"
    ),
    "unexpected-reply": http("<html>Log in to our Wi-Fi", "200 OK", "text/html"),
    "timed-out": None,
}
PATCHES: Final = {
    "keyring-failed": (
        "trayapp.services.gateway.client",
        "Gateway.balance",
        "KeyringFailed(detail='org.freedesktop.Secret.Error.IsBroken')",
    ),
    "internal-fault": (
        "trayapp.services.gateway.client",
        "Gateway.balance",
        "KeyError('x')",
    ),
    "history-full": (
        "trayapp.services.history.store",
        "History.keep",
        "HistoryFull(detail='database or disk is full')",
    ),
    "config-stuck": ("pathlib", "Path.rename", "OSError(30, 'Read-only file system')"),
    "config-unwritable": ("tempfile", "mkstemp", "OSError(28, 'No space left')"),
}
"""What fails in the running program where the machine can't be made to fail: a
function, and what it raises."""
PATCHED: Final = """
import sys, {module}
from trayapp.core.errors import *
def fails(*_, **__):
    raise {what}
{module}.{function} = fails
from trayapp.__main__ import main
sys.argv[0] = "balance-tray"
sys.exit(main())
"""


def says(
    on: Stage,
    name: str,
    command: Sequence[str] = PROGRAM,
    env: Mapping[str, str] | None = None,
) -> None:
    """Start the program, and wait until it tells the fault."""
    ours = on.start(command, env)
    on.open()
    ours.says(BY_ID[name].title, within_s=PATIENCE_S)


def patched(name: str) -> list[str]:
    """Give the command that starts the program with something that fails."""
    module, function, what = PATCHES[name]
    code = PATCHED.format(module=module, function=function, what=what)
    return [sys.executable, "-c", code]


# --- the gateway and the way there ------------------------------------------------


@contextmanager
def answer(name: str, on: Stage) -> Iterator[None]:
    """Answer well once, and then so."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        server.answer = ANSWERS[name]
        says(on, name)
        yield


@contextmanager
def nobody_listens(on: Stage) -> Iterator[None]:
    """Close the port after one good answer."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
    says(on, "no-connection")
    yield


@contextmanager
def certificate(on: Stage) -> Iterator[None]:
    """Show a certificate of an authority that nobody knows."""
    with closing(AnyServer(tls=True)) as server:
        on.have_account(server.url)
        says(on, "certificate")
        yield


@contextmanager
def proxy(on: Stage) -> Iterator[None]:
    """Name a proxy that is none."""
    on.have_account("https://sms.example")
    says(on, "proxy", env={"HTTPS_PROXY": "gopher://proxy.example:70"})
    yield


@contextmanager
def fails(name: str, on: Stage) -> Iterator[None]:
    """Let something fail inside the program, with an account."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        says(on, name, command=patched(name))
        yield


# --- the keyring ------------------------------------------------------------------


@contextmanager
def locked(on: Stage) -> Iterator[None]:
    """Lock the keyring after one good answer."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        on.lock_keyring()
        says(on, "keyring-locked")
        yield


@contextmanager
def denied(on: Stage) -> Iterator[None]:
    """Close the keyring's question."""
    prompt = ["xdotool", "search", "--onlyvisible", "--name", "Unlock"]
    with locked(on):
        ours = on.screen.program("alance")
        ours.find("push button", "Unlock").press()
        wait_until(lambda: on.desktop.run(prompt).returncode == 0, "the prompt", 10)
        on.desktop.run(["xdotool", "key", "Escape"])
        ours.says(BY_ID["keyring-denied"].title)
        yield


@contextmanager
def slow(on: Stage) -> Iterator[None]:
    """Stop the keyring in the middle."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        comms = {n: Path(f"/proc/{n}/comm") for n in on.desktop.members()}
        (number,) = (n for n, comm in comms.items() if "keyring" in comm.read_text())
        os.kill(number, signal.SIGSTOP)
        try:
            says(on, "keyring-slow")
            yield
        finally:
            os.kill(number, signal.SIGCONT)


@contextmanager
def no_keyring(on: Stage) -> Iterator[None]:
    """Have an account, and nobody who keeps keys."""
    on.write_account("https://sms.example")
    says(on, "keyring-absent")
    yield


@contextmanager
def no_key(on: Stage) -> Iterator[None]:
    """Have an account whose key nobody has."""
    on.write_account("https://sms.example")
    says(on, "key-missing")
    yield


@contextmanager
def unusable_key(on: Stage) -> Iterator[None]:
    """Type what can't be a key."""
    enter(on, key="short")
    on.screen.program("alance").says(BY_ID["key-unusable"].title)
    yield


# --- our own files ----------------------------------------------------------------


@contextmanager
def settings_file(name: str, on: Stage, text: str) -> Iterator[None]:
    """Have a settings file with this text."""
    on.write_settings(text)
    says(on, name)
    yield


@contextmanager
def stuck(on: Stage) -> Iterator[None]:
    """Have a broken settings file that can't be moved."""
    on.write_settings("version = ")
    says(on, "config-stuck", command=patched("config-stuck"))
    yield


@contextmanager
def unreadable(on: Stage) -> Iterator[None]:
    """Have a folder where the settings file should be."""
    on.config.mkdir(parents=True)
    says(on, "config-unreadable")
    yield


@contextmanager
def unwritable(on: Stage) -> Iterator[None]:
    """Save a new account on a full disk."""
    with closing(AnyServer()) as server:
        enter(on, server.url, command=patched("config-unwritable"))
        ours = on.screen.program("alance")
        finish(ours, "10")
        ours.says(BY_ID["config-unwritable"].title)
        yield


@contextmanager
def no_history(on: Stage) -> Iterator[None]:
    """Have a folder where the history should be."""
    on.write_account("https://sms.example")
    on.history.mkdir(parents=True)
    says(on, "history")
    yield


@contextmanager
def busy_history(on: Stage) -> Iterator[None]:
    """Hold the database."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        with closing(sqlite3.connect(on.history)) as other:
            other.execute("BEGIN EXCLUSIVE")
            says(on, "history-busy")
            on.screen.program("alance").says("350.12", within_s=PATIENCE_S)
            yield


@contextmanager
def damaged_history(on: Stage) -> Iterator[None]:
    """Overwrite all but the first page of the database."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        size = on.history.stat().st_size
        with on.history.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
        says(on, "history-damaged")
        yield


@contextmanager
def newer_history(on: Stage) -> Iterator[None]:
    """Have a database of a version to come."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        with closing(sqlite3.connect(on.history)) as other:
            other.execute("PRAGMA user_version = 99")
        says(on, "history-too-new")
        yield


@contextmanager
def export(on: Stage) -> Iterator[None]:
    """Export the history to where nothing can be written."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        ours = on.start()
        on.open()
        ours.find("push button", "History").press()
        ours.find("push button", "CSV").press()
        choose = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Export"]
        on.desktop.run(choose)
        on.desktop.run(["xdotool", "key", "ctrl+a"])
        on.desktop.run(["xdotool", "type", "--delay", "30", "/proc/history.csv"])
        on.desktop.run(["xdotool", "key", "Return"])
        ours.says(BY_ID["export-unwritable"].title)
        yield


# --- the program ------------------------------------------------------------------


@contextmanager
def hangs(on: Stage) -> Iterator[None]:
    """Stop the program, and start it once more."""
    on.write_account("https://sms.example")
    on.start()
    on.open()
    (program,) = on.programs
    program.send_signal(signal.SIGSTOP)
    try:
        on.start().says(BY_ID["program-hangs"].title, within_s=PATIENCE_S)
        yield
    finally:
        program.send_signal(signal.SIGCONT)


@contextmanager
def login_unchanged(on: Stage) -> Iterator[None]:
    """Choose start at login where a file stands in the folder's place."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        folder = on.config.parent.parent / "autostart"
        folder.touch()
        try:
            ours = on.start()
            on.open()
            ours.find("push button", "Settings").press()
            ours.find("page tab", "General").press()
            box = ours.find("check box", "when I log in")
            wait_until(lambda: box.has("enabled"), "what the desktop has", PATIENCE_S)
            box.press()
            ours.find("push button", "OK").press()
            ours.says(BY_ID["login-unchanged"].title)
            yield
        finally:
            folder.unlink()


@contextmanager
def unseen(on: Stage) -> Iterator[None]:
    """Have something to tell, and nobody who shows it."""
    on.desktop.stop_notifications()
    try:
        with closing(AnyServer()) as server:
            server.answer = http(GOOD.replace("350.1200", "3.2000"))
            on.have_account(server.url)
            says(on, "notifications")
            yield
    finally:
        on.desktop.start_notifications()


@contextmanager
def no_tray(on: Stage) -> Iterator[None]:
    """Start where no tray is."""
    with closing(AnyServer()) as server:
        on.have_account(server.url)
        on.start().says("shows no tray icons")
        yield


def enter(
    on: Stage,
    url: str = "https://sms.example",
    *,
    key: str = "a-key-of-no-worth",
    command: Sequence[str] = PROGRAM,
) -> None:
    """Answer the first run's questions for a key, and ask the gateway with it."""
    ours = on.start(command)
    step = name_service(ours, url)
    step.find("text", "API key").type(key)
    ours.find("push button", "Next").press()


SCENES: Final[Mapping[str, Callable[[Stage], AbstractContextManager[None]]]] = {
    **{name: partial(answer, name) for name in ANSWERS},
    "no-connection": nobody_listens,
    "certificate": certificate,
    "proxy": proxy,
    "keyring-locked": locked,
    "keyring-denied": denied,
    "keyring-slow": slow,
    "keyring-failed": partial(fails, "keyring-failed"),
    "keyring-absent": no_keyring,
    "key-missing": no_key,
    "key-unusable": unusable_key,
    "config-broken": partial(settings_file, "config-broken", text="version = "),
    "config-too-new": partial(settings_file, "config-too-new", text="version = 99"),
    "config-stuck": stuck,
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
    "notifications": unseen,
    "no-tray": no_tray,
}
