"""After everything was done with a key, it is found in the keyring's store alone."""

import base64
import json
import re
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import trustme

from buses.fake_secrets import FAILED, FakeSecrets
from desktop.atspi import GoneError, ScreenReader
from desktop.desktop import KEYRING, Desktop
from desktop.scripted_gateway import ScriptedGateway
from gateways.certificates import serving
from gateways.echoing_gateway import RESETS, RESPONSES, SILENT, EchoingGateway
from sessions import clipboard_monitor
from sessions import key_search as searching
from sessions.key_search import KeySearch, spellings
from sessions.program import Ours, Program
from sessions.session_bus import Icon, Notifications
from tally import FAULTS, Tally
from tooling.processes import wait_until
from trayapp.core.account import Account, Service
from trayapp.core.settings import Settings
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.keyring.secret_service import SecretServiceVault

pytestmark = pytest.mark.e2e

SUPPORT = Path(searching.__file__).parent
TEMPORARY = Path(tempfile.gettempdir())
WITHIN_S = 30.0
ERRORS = {
    "unauthorized",
    "refused",
    "bad-request",
    "no-connection",
    "timed-out",
    "certificate",
    "proxy",
    "gateway-down",
    "unexpected-reply",
    "key-missing",
    "key-unusable",
}
"""What the accounts of the first run must have failed with."""


def test_the_key_is_in_the_keyring_and_nowhere_else(
    program: Program,
    icon: Icon,
    notifications: Notifications,
    screen: ScreenReader,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """Stored, used, rejected and tried out: no trace in files or on the bus."""
    begun = time.time()
    desktop = program.desktop
    recorder = desktop.spawn(["dbus-monitor", "--session", "--pcap"], log="traffic")
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized", "--verbose")
    icon.says("Shop: €350.12")
    gateway.revoke(key)
    icon.middle_click()
    notifications.wait_for(1)
    icon.activate()
    ours = Ours(screen)
    ours.press("push button", "Enter new key")
    dialog = ours.find("dialog", "Edit account")
    dialog.find("text", "API key").type(key)
    dialog.find("push button", "Test").press()
    dialog.says("rejects")
    sweep = KeySearch(key, tally)
    sweep.look_at_processes()
    assert program.process is not None
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(10) == 0
    for command in (["check"], ["check", "--json"], ["history", "Shop"]):
        sweep.look(" ".join(command), program.run(*command).stdout)
    desktop.stop(recorder)

    assert "rejected" in desktop.log("traffic"), "the traffic was recorded"
    sweep.look_into_files(desktop.folder)
    sweep.look_into_files(Path(tempfile.gettempdir()), since=begun)
    assert sweep.found == []
    assert program.stored_key() == key


class Run:
    """The program from its source, with a stranger in it, all outputs written down."""

    def __init__(
        self, desktop: Desktop, icon: Icon, screen: ScreenReader, sweep: KeySearch
    ) -> None:
        # Whatever the shell's limit is: that no core is left must be the program's own.
        command = ["prlimit", "--core=unlimited", sys.executable, "-m", "trayapp"]
        self.program = Program(desktop, command)
        self.desktop, self.sweep = desktop, sweep
        self.icon, self._screen, self.ours = icon, screen, Ours(screen)
        self.begun = time.time()
        self._trigger = desktop.folder / "trigger"
        spy = [sys.executable, clipboard_monitor.__file__]
        self._traffic = desktop.spawn(
            ["dbus-monitor", "--session", "--pcap"], log="traffic"
        )
        self._clipboard = desktop.spawn(spy, log="clipboard")
        wait_until(lambda: "watching" in desktop.log("clipboard"), "the spy", WITHIN_S)

    def set_up(self, accounts: Iterable[Account]) -> None:
        """Write the settings."""
        file = ConfigFile(self.desktop.home / ".config/balance-tray/config.toml")
        file.save(Config(tuple(accounts), Settings()))

    def start(self, **env: str) -> None:
        """Start the program, as talkative as it can be."""
        path = f"{SUPPORT / 'intruder'}:{Path.cwd()}"
        env |= {"PYTHONPATH": path, "BALANCE_TRAY_INTRUDER": str(self._trigger)}
        self.program.process = self.desktop.spawn(
            [*self.program.command, "--verbose"], env=env, log="program"
        )

    def logged(self) -> str:
        """Give what stands in the log file."""
        folder = self.desktop.home / ".local/state/balance-tray/log"
        return "".join(one.read_text() for one in sorted(folder.glob("*")))

    def has_logged(self, words: str) -> bool:
        """Say whether something stands in the log file."""
        return words in self.logged()

    def wait_for_errors(self, wanted: set[str]) -> None:
        """Wait until these have been met, by the log."""

        def missing() -> set[str]:
            return wanted - set(re.findall(r"refresh: \w+: ([a-z-]+)", self.logged()))

        wait_until(lambda: not missing(), f"{wanted} in the log", WITHIN_S)

    def break_from_within(self) -> None:
        """Let faults that quote the key arise wherever one may."""
        self._trigger.touch()
        done = self._trigger.with_suffix(".done")
        wait_until(done.exists, "the stranger", WITHIN_S)
        for sign in ("was not caught", "Qt: ", "py.warnings: ", "intruder: "):
            wait_until(partial(self.has_logged, sign), sign, WITHIN_S)

    def read_screen(self) -> None:
        """Search all that a screen reader finds in the program's windows."""
        said = []
        for thing in self._screen.program("alance").everything():
            try:
                said.append(f"{thing.name}\n{thing.description}")
                if thing.role == "text":
                    said.append(thing.text)
            except GoneError:
                continue
        assert len(said) > 20
        self.sweep.look("the screen", "\n".join(said))

    def copy(self, label: str) -> int:
        """Press each visible button of a name, which copies; return their number."""
        buttons = [
            one
            for one in self._screen.program("alance").everything()
            if one.role == "push button"
            and one.name.startswith(label)
            and one.has("showing")
        ]
        for button in buttons:
            before = self.copies()
            button.press()
            wait_until(partial(self.has_copied, before), label, WITHIN_S)
        return len(buttons)

    def copies(self) -> int:
        """Count what came onto the clipboard."""
        return self.desktop.log("clipboard").count(clipboard_monitor.SEPARATOR)

    def has_copied(self, before: int) -> bool:
        """Say whether more came onto the clipboard than so much."""
        return self.copies() > before

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the program by a signal; give its exit code."""
        assert self.program.process is not None
        self.program.process.send_signal(number)
        return self.program.process.wait(WITHIN_S)

    def finish(self) -> None:
        """Search everything that is left when all has ended."""
        for recorder in (self._traffic, self._clipboard):
            self.desktop.stop(recorder)
        self.sweep.look_into_files(self.desktop.folder)
        self.sweep.look_into_files(TEMPORARY, since=self.begun)
        self.sweep.look_into_files(Path.cwd(), since=self.begun, name="core*")
        for folder in (Path("/var/crash"), Path("/var/lib/systemd/coredump")):
            self.sweep.look_into_files(folder, since=self.begun)


@pytest.fixture
def key(key: str) -> str:
    """Make up a key that is written differently in each encoding."""
    return f'{key[:24]}"/+&<\\{key[24:]}'


@pytest.fixture
def run(
    desktop: Desktop, key: str, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    """Give the program on a desktop whose keyring the test speaks to as well."""
    bus = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    with Icon(bus) as icon, ScreenReader(bus) as screen:
        yield Run(desktop, icon, screen, KeySearch(key, tally))


def account(name: str, url: str) -> Account:
    """Make an account of the one gateway or the other."""
    return Account(name.replace("-", ""), name, Service.CUSTOM, f"{url}/{name}")


def test_no_way_of_failing_lets_the_key_out(run: Run, key: str, tally: Tally) -> None:
    """Every error there is, with a gateway that repeats the key in all that it says."""
    forged = trustme.CA().issue_cert("127.0.0.1")
    vault, icon, ours = SecretServiceVault(), run.icon, run.ours
    with (
        EchoingGateway() as gateway,
        EchoingGateway(serving(forged)) as stranger,
        EchoingGateway() as paused,
    ):
        # A refusal for now (429) pauses all accounts of its gateway.
        accounts = [
            account(name, (paused if name == "often" else gateway).url)
            for name in (*RESPONSES, SILENT, RESETS)
        ]
        accounts += [
            account("certificate", stranger.url),
            account("nobody", "http://127.0.0.1:1"),
            account("no-key", gateway.url),
            account("bad-key", gateway.url),
        ]
        run.set_up(accounts)
        for one in accounts:
            vault.put(one.id, f"{key} {key}" if one.name == "bad-key" else key)
        vault.remove("nokey")
        run.start()
        icon.waits_for(icon.is_there, "it is there")
        icon.middle_click()
        run.wait_for_errors(ERRORS - {"timed-out"})
        tally.add(FAULTS, len(accounts))
        icon.activate()
        ours.says("bad-key")
        run.read_screen()
        assert run.copy("Copy details") > 3
        icon.choose("About")
        ours.find("push button", "Copy diagnostics")
        assert run.copy("Copy diagnostics") == 1
        ours.press("push button", "Close")

        run.desktop.lock_keyring()
        icon.middle_click()
        run.wait_for_errors({"keyring-locked"})
        ours.press("push button", "Unlock")
        prompt = ["xdotool", "search", "--onlyvisible", "--name", "Unlock"]
        wait_until(
            lambda: run.desktop.run(prompt).returncode == 0, "the prompt", WITHIN_S
        )
        run.desktop.run(["xdotool", "key", "Escape"])
        ours.says("Access to the keyring was denied")

        run.wait_for_errors(ERRORS)
        run.break_from_within()
        run.sweep.look_at_processes()
        run.read_screen()
        assert not [path for path in gateway.paths if "leaked" in path]
    assert run.end(signal.SIGSEGV) == -signal.SIGSEGV
    run.finish()
    assert run.sweep.found == []
    assert "[key]" in run.logged()
    assert not list(Path.cwd().glob("core*"))


def test_no_file_proxy_or_keyring_that_fails_lets_the_key_out(
    run: Run, key: str, tally: Tally
) -> None:
    """The rest of the errors: each needs surroundings of its own."""
    history = run.desktop.home / ".local/share/balance-tray/history.sqlite3"
    history.mkdir(parents=True)
    accounts = [account("proxied", "https://gateway.example")]
    run.set_up(accounts)
    SecretServiceVault().put("proxied", key)
    run.start(HTTPS_PROXY="nonsense://user:password@127.0.0.1:1")
    run.wait_for_errors({"proxy"})
    run.icon.activate()
    run.ours.says("The proxy setting can't be used")
    run.ours.says("The history can't be kept")
    run.read_screen()
    run.end()

    run.desktop.stop_part(KEYRING)
    run.start()
    run.wait_for_errors({"keyring-absent"})
    with FakeSecrets(run.program.bus, {"proxied": key}) as service:
        service.refuses["GetSecret"] = FAILED
        run.icon.middle_click()
        run.wait_for_errors({"keyring-failed"})
        service.refuses.clear()
        service.hangs_on = {"GetSecret"}
        run.icon.middle_click()
        run.wait_for_errors({"keyring-slow"})
        run.icon.activate()
        run.ours.says("The keyring does not answer")
        run.read_screen()
    tally.add(FAULTS, 5)
    run.end()

    config = run.desktop.home / ".config/balance-tray/config.toml"
    config.write_text("[broken")
    for command in (["check"], ["check", "--json"], ["account", "list"]):
        run.sweep.look(" ".join(command), run.program.run(*command).stdout)
    run.finish()
    assert run.sweep.found == []


PLANTED = {
    "plain": str,
    "in a sentence": "sent {} to us".format,
    "URL": lambda key: spellings(key)["percent"],
    "JSON": lambda key: json.dumps({"api_key": key}),
    "base64 of a header": lambda key: b64(f"user:{key}"),
    "base64 of JSON": lambda key: b64(json.dumps({"k": key})),
    "base64 of more": lambda key: b64(f"some user:{key} and more"),
    "hex": lambda key: key.encode().hex(),
    "half of it": lambda key: key[: len(key) // 2],
}


def b64(text: str) -> str:
    """Encode as a header does."""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("written", PLANTED.values(), ids=PLANTED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32"])
def test_the_sweep_finds_a_key_however_it_is_written(
    tmp_path: Path, key: str, written: Callable[[str], str], encoding: str
) -> None:
    """A search that could not fail would prove nothing."""
    planted = tmp_path / "folder" / "file"
    planted.parent.mkdir()
    planted.write_bytes(b"before" + written(key).encode(encoding) + b"after")
    sweep = KeySearch(key)
    sweep.look_into_files(tmp_path)
    assert sweep.found
    assert all(one.startswith(f"{planted}: ") for one in sweep.found)


def has_arguments(number: int) -> bool:
    """Say whether a process has come so far that its arguments are seen."""
    return bool(Path(f"/proc/{number}/cmdline").read_bytes())


def test_the_sweep_finds_a_key_in_each_place(run: Run, key: str) -> None:
    """Each kind of place gets a key planted, and each is found."""
    desktop, found = run.desktop, run.sweep.found
    child = desktop.spawn(["sleep", "60"], env={"PLANTED": key})
    other = desktop.spawn([sys.executable, "-c", "import time; time.sleep(60)", key])
    # For a moment a program that has just been started has no arguments yet.
    for one in (child, other):
        wait_until(partial(has_arguments, one.pid), "a started program", WITHIN_S)
    run.sweep.look_at_processes()
    places = {one.partition(": ")[0] for one in found}
    assert places == {f"/proc/{child.pid}/environ", f"/proc/{other.pid}/cmdline"}

    signal_of_ours = ["--session", "--type=signal", "/planted", "a.planted.Signal"]
    desktop.run(["dbus-send", *signal_of_ours, f"string:{key}"])
    desktop.spawn([sys.executable, "-c", f"print({key!r})"], log="program").wait()
    desktop.spawn([sys.executable, clipboard_monitor.__file__, key])
    wait_until(lambda: run.copies() > 0, "the clipboard", WITHIN_S)
    log = desktop.home / ".local/state/balance-tray/log"
    log.mkdir(parents=True)
    (log / "balance-tray.log.1").write_text(f"sent {key}")
    history = desktop.home / "history.sqlite3"
    with closing(sqlite3.connect(history)) as database, database:
        database.execute("CREATE TABLE planted AS SELECT ? AS key", [key])
    (TEMPORARY / f"planted-{key[:8]}").write_text(key)
    found.clear()
    run.finish()
    places = {Path(one.partition(": ")[0]).name for one in found}
    assert places >= {"traffic.log", "program.log", "clipboard.log", history.name}
    assert {"balance-tray.log.1", f"planted-{key[:8]}"} <= places
