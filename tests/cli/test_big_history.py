"""A million readings: the commands need little memory for them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from big_history import write_big_history
from trayapp.core.account import Account
from trayapp.services.files.config_file import Config, ConfigFile

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs the peak of a process"),
    pytest.mark.case("attack 12", "a long history takes all memory"),
]
COUNT: Final = 1_000_000
MEMORY_MB: Final = 60
"""Twice of what the interpreter and the modules take."""
PATIENCE_S: Final = 300.0
"""A quiet machine needs ten; a busy one shares its time with other tests."""


@dataclass(frozen=True, slots=True)
class MeasuredCommand:
    """A command that has ended."""

    lines: int
    seconds: float
    peak_mb: float


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with one account that has a million readings."""
    home = tmp_path_factory.mktemp("home")
    for name in ("data", "config"):
        (home / name / "balance-tray").mkdir(mode=0o700, parents=True)
    until = datetime(2026, 11, 23, 12, tzinfo=UTC)
    write_big_history(
        home / "data/balance-tray/history.sqlite3", "a", COUNT, until=until
    )
    file = ConfigFile(home / "config/balance-tray/config.toml")
    file.save(Config((Account("a", "Shop"),)))
    return home


_MEASURE: Final = """
import json, resource, subprocess, sys, time
started = time.monotonic()
with open(sys.argv[1], "wb") as output:
    command = [sys.executable, "-m", "trayapp", *sys.argv[2:]]
    subprocess.run(command, stdout=output, check=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.monotonic() - started, usage.ru_maxrss / 1024]))
"""
"""A small process between, as the kernel counts the parent's memory as the child's."""


def run(home: Path, *arguments: str) -> MeasuredCommand:
    """Run a command and measure it; its output goes to a file."""
    output = home / "output"
    environment = {
        **os.environ,
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, output, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak_mb = json.loads(done.stdout)
    with output.open("rb") as file:
        lines = sum(1 for _ in file)
    sys.stdout.write(f"{' '.join(arguments)}: {seconds:.1f} s, {peak_mb:.0f} MB\n")
    return MeasuredCommand(lines, seconds, peak_mb)


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["--format", "csv"], COUNT + 1),
        (["--format", "json", "--since", "2026-01-01"], 94_033 * 5 + 2),
        (["--what", "months"], 116),
    ],
)
def test_a_million_readings_are_printed_in_little_memory(
    home: Path, arguments: list[str], lines: int
) -> None:
    """They are read and written page by page."""
    done = run(home, "history", "Shop", *arguments)
    assert done.lines == lines
    assert done.peak_mb < MEMORY_MB
    assert done.seconds < PATIENCE_S
