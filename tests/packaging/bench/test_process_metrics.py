"""The processes that carry a mark, and their totals."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import process_metrics
from bench.process_metrics import MARK, Activity, ExitWatcher
from tooling.processes import wait_until

PARENT = """
import subprocess, sys
child = subprocess.Popen(["sleep", "60"], start_new_session=True)
print(child.pid, flush=True)
sys.stdin.read()
child.kill()
child.wait()
"""


@pytest.fixture
def family() -> Iterator[tuple[str, list[int]]]:
    """Start a marked program with a helper; return its token and both process ids."""
    token = f"test-{os.getpid()}"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env={**os.environ, MARK: token},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdin is not None
        helper = int(parent.stdout.readline())
        try:
            yield token, [parent.pid, helper]
        finally:
            parent.stdin.close()


def test_a_helper_in_a_session_of_its_own_counts(
    family: tuple[str, list[int]],
) -> None:
    """Detached processes are the program's as well."""
    token, processes = family

    # While it becomes `sleep`, it has no environment to be known by.
    wait_until(
        lambda: set(process_metrics.members(token)) == set(processes), "both", 10
    )


def test_memory_is_that_of_all_processes(family: tuple[str, list[int]]) -> None:
    """The helper's comes on top of the program's."""
    _, (parent, helper) = family

    alone = process_metrics.pss_mb([parent])

    assert 0 < alone < process_metrics.pss_mb([parent, helper])


def test_a_process_that_ended_has_no_memory() -> None:
    """It is no error: programs end while they are measured."""
    with subprocess.Popen(["/bin/true"]) as ended:
        ended.wait()

    assert process_metrics.pss_mb([ended.pid]) == 0
    assert process_metrics.activity([ended.pid]).cpu_ms == {}
    assert process_metrics.libraries(ended.pid) == set()


def test_cpu_time_is_finer_than_the_systems_ticks() -> None:
    """A few milliseconds of CPU are not rounded to 0."""
    before = process_metrics.activity([os.getpid()])
    sum(range(200_000))
    _, cpu_ms, _ = process_metrics.activity([os.getpid()]).since(before)

    assert 0 < cpu_ms < 10_000


def test_all_switches_of_a_new_thread_count() -> None:
    """Of the others, those since the first reading count."""
    names = {1: "python", 2: "poller", 3: "asleep"}
    before = Activity(0.0, {1: 10, 3: 1}, names, {1: 5.0}, {1: 4_096})
    after = Activity(60.0, {1: 12, 2: 3, 3: 1}, names, {1: 5.5}, {1: 8_192})

    assert after.since(before) == (5, 0.5, 4_096)
    assert after.by_thread(before) == {"python": 2, "poller": 3}


def test_the_files_that_a_process_maps_are_listed() -> None:
    """Python's own are among them."""
    assert any("python" in one for one in process_metrics.libraries(os.getpid()))


def test_changed_new_and_removed_files_are_listed(tmp_path: Path) -> None:
    """Unchanged files are not."""
    for name in ("same", "changed", "removed"):
        (tmp_path / name).write_text("a")
    before = process_metrics.files(tmp_path)

    (tmp_path / "changed").write_text("more")
    (tmp_path / "removed").unlink()
    (tmp_path / "new").write_text("")

    assert process_metrics.changed_files(tmp_path, before) == [
        "changed",
        "new",
        "removed",
    ]


def test_the_end_of_a_process_is_noticed() -> None:
    """A process that goes on is noticed too, after the time is over."""
    with subprocess.Popen(["/bin/sleep", "60"]) as sleeping:
        assert not ExitWatcher(sleeping.pid).wait(0.01)
        ending = ExitWatcher(sleeping.pid)
        sleeping.kill()
        assert ending.wait(10)
