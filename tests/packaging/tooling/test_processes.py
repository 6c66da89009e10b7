"""Families of processes: all members end."""

import subprocess
import sys
from pathlib import Path

import pytest

from tooling.processes import ProcessFamily, WaitTimeoutError, wait_until

pytestmark = pytest.mark.e2e

PACKAGING = Path(__file__).parents[3] / "packaging"

# A grandchild that left its parent's process group and outlives its parent.
DAEMON = "setsid --fork sleep 300 >/dev/null 2>&1"

OWNER = """
import sys
from pathlib import Path
from tooling.processes import ProcessFamily, wait_until
family = ProcessFamily(Path(sys.argv[1]), {"PATH": "/usr/bin:/bin"})
family.run(["sh", "-c", sys.argv[2]])
wait_until(family.members, "the daemon", 10)
print(*family.members(), flush=True)
sys.stdin.read()
"""


def is_gone(process: int) -> bool:
    """Whether a process has ended, zombies included."""
    status = Path(f"/proc/{process}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a family."""
    folder = tmp_path / "family"
    folder.mkdir()
    return folder


def test_a_daemon_ends_with_its_family(folder: Path) -> None:
    """An orphaned grandchild ends too."""
    with ProcessFamily(folder, {"PATH": "/usr/bin:/bin"}) as family:
        family.run(["sh", "-c", DAEMON])
        # While it becomes `sleep`, it has no environment to be known by.
        wait_until(lambda: len(family.members()) == 1, "the daemon", 10)
        (daemon,) = family.members()
        assert not is_gone(daemon)

    assert is_gone(daemon)
    assert not folder.exists()


def test_a_family_ends_when_its_owner_is_killed(folder: Path) -> None:
    """Killing the tests leaves no process and no folder."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, folder, DAEMON],
        env={"PYTHONPATH": str(PACKAGING), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout
        daemon = int(owner.stdout.readline())
        assert not is_gone(daemon)
        owner.kill()

    wait_until(lambda: is_gone(daemon) and not folder.exists(), "the end", 10)


def test_a_program_that_ignores_sigterm_is_killed(folder: Path) -> None:
    """Stopping does not hang."""
    with ProcessFamily(folder, {"PATH": "/usr/bin:/bin"}) as family:
        deaf = family.spawn(["sh", "-c", "trap '' TERM; echo deaf; sleep 300"])
        wait_until(lambda: "deaf" in family.log("sh"), "the trap", 10)

        assert family.stop(deaf) < 0


def test_a_timeout_names_its_condition() -> None:
    """The error has the condition and the time."""
    with pytest.raises(WaitTimeoutError, match=r"a miracle: not within 0\.05 seconds"):
        wait_until(lambda: False, "a miracle", 0.05)
