"""The system's time zone, which changes while the program runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trayapp.services.desktop.time_zone import TimeZoneMonitor

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="/etc/localtime of Linux"),
    pytest.mark.case("also 3", "what the program shows follows the system"),
]
ZONES = Path("/usr/share/zoneinfo")
TRAVEL = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from trayapp.services.desktop.time_zone import TimeZoneMonitor

late = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
monitor = TimeZoneMonitor()
print(monitor.update(), late.astimezone())
Path(sys.argv[1]).write_bytes(Path(sys.argv[2]).read_bytes())
os.utime(sys.argv[1], (0, 0))  # the C library compares whole seconds
print(monitor.update(), late.astimezone())
print(monitor.update(), late.astimezone())
"""


def test_a_running_program_follows_the_systems_zone(tmp_path: Path) -> None:
    """From Madrid to Tokyo it is another day."""
    if not (ZONES / "Asia/Tokyo").exists():
        pytest.skip("this machine has no time zones")
    localtime = tmp_path / "localtime"
    shutil.copyfile(ZONES / "Europe/Madrid", localtime)
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    enter = 'mount --bind "$1" /etc/localtime && shift && exec "$@"'
    tokyo = ZONES / "Asia/Tokyo"
    arguments: list[str | Path] = [sys.executable, "-c", TRAVEL, localtime, tokyo]
    done = subprocess.run(
        [
            "/usr/bin/unshare",
            "--mount",
            *user,
            "sh",
            "-c",
            enter,
            "sh",
            localtime,
            *arguments,
        ],
        env={name: value for name, value in os.environ.items() if name != "TZ"},
        capture_output=True,
        text=True,
        check=False,
    )
    if "Operation not permitted" in done.stderr:
        pytest.skip("this machine allows no mounts")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "False 2026-11-30 23:30:00+01:00",
        "True 2026-12-01 07:30:00+09:00",
        "False 2026-12-01 07:30:00+09:00",
    ]


def test_another_link_is_another_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`timedatectl` replaces the link; a moment without one means nothing."""
    monkeypatch.delenv("TZ", raising=False)
    for name in ("first", "second"):
        (tmp_path / name).write_text(name)
    link = tmp_path / "localtime"
    link.symlink_to("first")
    monitor = TimeZoneMonitor(link)
    assert not monitor.update()
    link.unlink()
    link.symlink_to("second")
    assert monitor.update()
    assert not monitor.update()
    (tmp_path / "second").write_text("updated rules")
    assert monitor.update()


def test_a_zone_of_the_environment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable TZ outranks the system's zone."""
    monkeypatch.setenv("TZ", "UTC")
    path = tmp_path / "localtime"
    path.write_text("first")
    monitor = TimeZoneMonitor(path)
    path.write_text("the second one")
    assert not monitor.update()
