"""The workflows: their permissions, and the files that they run."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import dev
from macos.bundle import APPLICATION

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
WORK = "packaging/.work/"
MAY_WRITE = {
    ("release.yml", "attest"): {"id-token", "attestations"},
    ("release.yml", "draft"): {"contents"},
}
"""All else reads, at most."""

Json = dict[Any, Any]  # any: what YAML holds


class WorkflowStep(NamedTuple):
    """A step, and its job."""

    file: str
    job: str
    what: Json


def workflow(file: Path) -> Json:
    """Read a workflow as GitHub does."""
    read = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def jobs() -> Iterator[tuple[str, str, Json]]:
    """Give every job of every workflow."""
    for file in FILES:
        for name, job in workflow(file)["jobs"].items():
            yield file.name, name, job


def steps() -> list[WorkflowStep]:
    """Give every step of every job."""
    return [
        WorkflowStep(f, name, one) for f, name, job in jobs() for one in job["steps"]
    ]


def commands() -> Iterator[list[str]]:
    """Return the words of every command in a step."""
    for step in steps():
        text = step.what.get("run", "").replace("\\\n", " ")
        for line in re.split(r"\n|&&|\|\|", text):
            words = shlex.split(line, comments=True)
            if words:
                yield words


def test_there_is_something_to_check() -> None:
    """Checks and releases, on the three systems."""
    assert [file.name for file in FILES] == ["ci.yml", "release.yml"]
    release = workflow(ROOT / ".github/workflows/release.yml")
    assert {"linux", "windows", "macos"} <= release["jobs"].keys()
    assert release[True] == {"push": {"tags": ["v*"]}}  # YAML takes `on` for true


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_action_is_named_by_its_commit(file: Path) -> None:
    """A tag can move to other code; a comment has the version."""
    named = re.findall(r"uses: .*", file.read_text(encoding="utf-8"))
    assert named
    assert [one for one in named if not PINNED.match(one)] == []


def test_one_action_is_one_commit_everywhere() -> None:
    """No workflow keeps an older one."""
    used = {step.what["uses"] for step in steps() if "uses" in step.what}
    assert len({one.partition("@")[0] for one in used}) == len(used)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_job_may_do_nothing_that_it_is_not_given(file: Path) -> None:
    """The workflow has no permissions; each job has those it needs."""
    assert workflow(file)["permissions"] == {}


def test_nothing_is_written_but_by_the_jobs_that_release() -> None:
    """Jobs that build run others' code, and can only read."""
    for file, name, job in jobs():
        given = job["permissions"].items()
        wrote = {scope for scope, how in given if how != "read"}
        assert wrote == MAY_WRITE.get((file, name), set()), name


def test_a_job_that_writes_installs_nothing() -> None:
    """It uses the files of other jobs, and tools of its machine."""
    for step in steps():
        if (step.file, step.job) in MAY_WRITE:
            assert "setup-python" not in step.what.get("uses", "")
            assert not re.search(r"\bpip\b|dev\.py", step.what.get("run", ""))


def test_the_token_stays_with_the_step_that_needs_it() -> None:
    """A checkout stores none."""
    checkouts = [
        s.what for s in steps() if "actions/checkout" in s.what.get("uses", "")
    ]
    assert len(checkouts) >= 5
    assert all(one["with"]["persist-credentials"] is False for one in checkouts)


def test_no_text_of_others_becomes_part_of_a_command() -> None:
    """The name of a branch may have a command in it, so it is a variable."""
    assert [step for step in steps() if "${{" in step.what.get("run", "")] == []


def test_a_secret_reaches_one_step_of_one_job() -> None:
    """Other steps and other programs do not see it."""
    for file, name, job in jobs():
        assert "secrets." not in str(job.get("env", {})), name
        holding = [one for one in job["steps"] if "secrets." in str(one)]
        assert not holding or (file, name) == ("release.yml", "macos")
        assert all("secrets." in str(one["env"]) for one in holding)
        assert all("uses" not in one for one in holding)


def test_no_job_runs_for_hours() -> None:
    """A program that hangs ends the job."""
    assert all(job["timeout-minutes"] <= 60 for _, _, job in jobs())


def ran() -> set[str]:
    """Return the paths of all files that workflows run."""
    python = [words[1] if words[0].startswith("python") else "" for words in commands()]
    return {
        name
        for name in (*python, *(words[0] for words in commands()))
        if name.startswith(("packaging/", ".ci/"))
    }


def test_every_file_that_is_run_is_in_the_tree() -> None:
    """A renamed file fails here, and not in a release."""
    ours = {name for name in ran() if not name.startswith(WORK)}
    assert len(ours) >= 3
    assert {name for name in ours if not (ROOT / name).is_file()} == set()


def test_what_was_built_is_where_it_is_looked_for() -> None:
    """`dev.py build` leaves a folder; on macOS, an application beside it."""
    dist = dev.DIST.relative_to(ROOT).as_posix()
    assert {name for name in ran() if name.startswith(WORK)} == {
        f"{dist}/{dev.BUNDLE.name}/balance-tray",
        f"{dist}/{dev.BUNDLE.name}/balance-tray-cli.exe",
        f"{dist}/{APPLICATION}/Contents/MacOS/balance-tray",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="its files have no modes")
def test_what_is_started_by_its_name_can_be() -> None:
    """The file is executable."""
    programs = {name for name in ran() if not name.startswith(WORK)}
    started = {name for name in programs if not name.endswith(".py")}
    assert len(started) >= 2
    assert all((ROOT / name).stat().st_mode & 0o111 for name in started)


def test_every_command_is_one_that_there_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dev.py` has the command."""
    asked = {words[2] for words in commands() if words[1:2] == ["packaging/dev.py"]}
    assert asked == {"test", "package", "sbom"}
    monkeypatch.setattr("sys.argv", ["dev.py", "--help"])
    with pytest.raises(SystemExit):
        dev.main()
    known = capsys.readouterr().out
    assert all(re.search(rf"^    {name}\b", known, re.MULTILINE) for name in asked)


def test_what_is_built_tests_itself_before_it_is_handed_over() -> None:
    """It does so on all three systems, and has a bill of materials."""
    for system in ("linux", "windows", "macos"):
        done = [s.what for s in steps() if s[:2] == ("release.yml", system)]
        runs = [one.get("run", "") for one in done]
        tested = next(n for n, run in enumerate(runs) if "--self-test" in run)
        handed = next(
            n for n, one in enumerate(done) if "upload" in one.get("uses", "")
        )
        packed = next(n for n, run in enumerate(runs) if "dev.py package" in run)
        listed = next(n for n, run in enumerate(runs) if "dev.py sbom" in run)
        assert packed < tested < handed
        assert packed < listed < handed
        assert done[handed]["with"]["if-no-files-found"] == "error"


def test_what_is_released_was_added_up_and_attested() -> None:
    """One job does so after all three builds, and the last checks the sums."""
    release = workflow(ROOT / ".github/workflows/release.yml")["jobs"]
    assert set(release["attest"]["needs"]) == {"linux", "windows", "macos"}
    assert release["draft"]["needs"] == ["attest"]
    uses = [one.get("uses", "") for one in release["attest"]["steps"]]
    assert any(one.startswith("actions/attest-build-provenance@") for one in uses)
    runs = "\n".join(one.get("run", "") for one in release["draft"]["steps"])
    assert "sha256sum --check --strict SHA256SUMS" in runs
    assert "--draft --verify-tag" in runs
