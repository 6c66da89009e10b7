"""Prompts of KeePassXC and KWallet on a screen, and commands that wait for them."""

import contextlib
import os
import pty
import shutil
import subprocess
import threading
from collections.abc import Iterator

import pytest

from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from sessions.keyring_daemons import PASSWORD, KeePassXC, KeyringDaemon, KWallet
from sessions.program import Program
from tooling.processes import wait_until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.case("part 4", "another desktop's keyring"),
]
PROMPT_S = 20.0
TITLES = {"KeePassXC": "Unlock Database - KeePassXC", "KWallet": "KDE Wallet Service"}


@pytest.fixture
def bare(command: list[str]) -> Iterator[Program]:
    """Start a screen on which no keyring runs."""
    with Desktop("none", keyring="absent", notifications=False) as desktop:
        yield Program(desktop, command)


@pytest.fixture(params=[KeePassXC, KWallet], ids=lambda kind: kind.__name__)
def daemon(request: pytest.FixtureRequest, bare: Program) -> KeyringDaemon:
    """Run a keyring that is open."""
    if shutil.which(request.param.program) is None:
        pytest.skip(f"{request.param.program} is not installed")
    started: KeyringDaemon = request.param(bare.desktop)
    started.start()
    return started


def await_prompt(program: Program, title: str) -> None:
    """Wait for a prompt of the keyring, and bring it to the front."""
    search = ["xdotool", "search", "--onlyvisible", "--name", title]
    wait_until(
        lambda: program.desktop.run(search).returncode == 0, "the prompt", PROMPT_S
    )
    program.desktop.run([*search, "windowfocus", "--sync"])


def press(program: Program, *keys: str) -> None:
    """Press keys."""
    program.desktop.run(["xdotool", "key", *keys])


class CommandTerminal:
    """A terminal in which a command runs, with the key on its standard input."""

    def __init__(self, program: Program, key: str, *args: str) -> None:
        readable, writable = pty.openpty()
        self.process = subprocess.Popen(
            [*program.command, *args],
            env=program.desktop.env,
            stdin=subprocess.PIPE,
            stdout=writable,
            stderr=writable,
        )
        os.close(writable)
        self.text = ""
        """What it has shown so far."""
        self._thread = threading.Thread(target=self._read, args=(readable,))
        self._thread.start()
        assert self.process.stdin is not None
        self.process.stdin.write(f"{key}\n".encode())
        self.process.stdin.close()

    def wait_for(self, words: str) -> None:
        """Wait until it shows some words."""
        wait_until(lambda: words in self.text, words, PROMPT_S)

    def close(self) -> int:
        """Wait for the command's end, and give its exit code."""
        code = self.process.wait(PROMPT_S)
        self._thread.join()
        return code

    def _read(self, readable: int) -> None:
        with contextlib.suppress(OSError):  # raised at the command's end
            while more := os.read(readable, 4_096):
                self.text += more.decode()
        os.close(readable)


@pytest.mark.case("9", "waiting without a word")
def test_a_prompt_is_announced_then_dismissed_and_then_answered(
    bare: Program, daemon: KeyringDaemon, gateway: ScriptedGateway, key: str
) -> None:
    """A person adds an account over ssh, and another answers at the screen."""
    daemon.lock()
    title = TITLES[type(daemon).__name__]
    add = ["account", "add", "Shop", "--base-url", gateway.url, "--key-stdin"]
    first = CommandTerminal(bare, key, *add)
    first.wait_for("Waiting for the keyring")
    await_prompt(bare, title)
    press(bare, "Escape")
    assert first.close() == 1
    assert "Access to the keyring was denied." in first.text
    assert "Run the command again" in first.text
    second = CommandTerminal(bare, key, *add)
    await_prompt(bare, title)
    bare.desktop.run(["xdotool", "type", "--delay", "20", PASSWORD])
    press(bare, "Return")
    assert second.close() == 0, second.text
    checked = bare.run("check")
    assert checked.returncode == 0, checked.stdout


def test_keepassxc_may_ask_for_each_access(
    bare: Program, gateway: ScriptedGateway, key: str
) -> None:
    """What is denied is told, and what is allowed works: add, check and remove."""
    if shutil.which(KeePassXC.program) is None:
        pytest.skip("KeePassXC is not installed")
    KeePassXC(bare.desktop, confirms=True).start()
    add = ["account", "add", "Shop", "--base-url", gateway.url, "--key-stdin"]
    for command, answer, words in (
        (add, "Return", ""),
        (["check"], "Escape", "Access to the keyring was denied"),
        (["check"], "Return", "Shop: €350.12"),
        (["account", "remove", "Shop"], "Return", ""),
    ):
        terminal = CommandTerminal(bare, key, *command)
        await_prompt(bare, "Access Request")
        press(bare, answer)
        assert terminal.close() == (3 if answer == "Escape" else 0), terminal.text
        assert words in terminal.text
    assert bare.run("account", "list").stdout.startswith("No accounts yet")
