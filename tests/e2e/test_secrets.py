"""After everything was done with a key, it is found in the keyring's store alone."""

import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path

import pytest

from atspi import Screen
from desktop import Desktop
from session import Icon, Notifications
from story import Ours, Program
from trayapp.demo_scripted import ScriptedGateway

pytestmark = pytest.mark.e2e


def holders(key: str, folder: Path, since: float = 0.0) -> list[Path]:
    """Give the files below a folder that hold the key, in any of its usual forms.

    `since` leaves out what was not touched after that time; other file systems that
    are mounted there are not looked into.
    """
    found = []
    for place, inner, names in os.walk(folder):
        inner[:] = [one for one in inner if not os.path.ismount(Path(place) / one)]
        for file in (Path(place) / name for name in names):
            with contextlib.suppress(OSError):  # gone meanwhile
                if not file.is_file() or file.stat().st_mtime < since:
                    continue
                content = file.read_bytes()
                if key.encode() in content or key.encode("utf-16-le") in content:
                    found.append(file)
    return found


def processes_that_show(key: str) -> list[str]:
    """Give the processes whose arguments or environment hold the key."""
    found = []
    for kind in ("cmdline", "environ"):
        for file in Path("/proc").glob(f"[0-9]*/{kind}"):
            try:
                content = file.read_bytes()
            except OSError:
                continue
            if key.encode() in content:
                found.append(str(file))
    return found


def test_the_key_is_in_the_keyring_and_nowhere_else(
    program: Program,
    icon: Icon,
    notifications: Notifications,
    screen: Screen,
    gateway: ScriptedGateway,
    key: str,
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
    assert processes_that_show(key) == []
    assert program.process is not None
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(10) == 0
    for command in (["check"], ["check", "--json"], ["history", "Shop"]):
        assert key not in program.run(*command).stdout
    desktop.stop(recorder)

    assert "rejected" in desktop.log("traffic"), "the traffic was recorded"
    assert holders(key, desktop.folder) == []
    assert holders(key, Path(tempfile.gettempdir()), begun) == []
    assert program.stored_key() == key


def test_the_sweep_finds_a_key_that_was_planted(desktop: Desktop, key: str) -> None:
    """A search that could not fail would prove nothing."""
    planted = desktop.home / "planted"
    planted.write_text(f"api_key={key}\n")
    assert holders(key, desktop.folder) == [planted]
    child = desktop.spawn(["sleep", "60"], env={"PLANTED": key})
    assert processes_that_show(key) == [f"/proc/{child.pid}/environ"]
