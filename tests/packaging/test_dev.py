"""The decisions of the developer's command."""

import ast
import sys
from pathlib import Path

import pytest

import dev
from linux import fresh_root
from tooling import environment
from tooling.steps import StepError, Steps


@pytest.mark.parametrize("args", [[], ["--demo"], ["--minimized", "--verbose"]])
def test_the_tray_program_needs_a_screen(args: list[str]) -> None:
    """Arguments that only change how the icon starts open a window."""
    assert dev.opens_window(args)


@pytest.mark.parametrize(
    "args", [["--version"], ["account", "list"], ["check", "--json"], ["--quit"]]
)
def test_a_printing_command_needs_no_screen(args: list[str]) -> None:
    """A command for the terminal starts no desktop."""
    assert not dev.opens_window(args)


def test_an_old_python_gets_a_sentence_and_no_syntax_error() -> None:
    """The file that says which Python is needed can be read by an older one."""
    source = Path(dev.__file__).read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 8))


def test_a_failed_step_does_not_hide_the_next_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All steps run, the summary names each, and the whole has failed."""

    def lint() -> None:
        message = "a line is too long"
        raise StepError(message)

    steps = Steps()
    with steps.step("lint"):
        lint()
    with steps.step("types"):
        pass

    assert steps.failed
    first, second = steps.summary().splitlines()
    assert first.startswith("FAILED  lint")
    assert second.startswith("ok      types")
    assert "a line is too long" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["replay", "fuzz", "sbom", "shots", "faults"])
def test_a_command_starts_its_script_with_what_follows(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A failure of the script fails the command."""
    started: list[list[object]] = []

    def start(args: list[object]) -> None:
        started.append(args)
        message = "exit code 1"
        raise StepError(message)

    monkeypatch.chdir(environment.ROOT)
    monkeypatch.setattr(sys, "argv", ["dev.py", command, "5"])
    monkeypatch.setattr(environment, "use_work_folder", lambda: None)
    monkeypatch.setattr(environment, "ensure", lambda *_: None)
    monkeypatch.setattr(dev, "prepare", lambda **_: None)
    monkeypatch.setattr(dev, "run_loudly", start)
    assert dev.main() == 1
    module = dev.SCRIPTS[command]
    assert started == [[environment.PYTHON, environment.RUN_MODULE, module, "5"]]
    script = environment.ROOT / "packaging" / module.replace(".", "/")
    assert script.with_suffix(".py").is_file()


def test_a_test_in_a_root_gets_the_options_of_a_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command tests nothing outside of the root."""
    started: list[tuple[str, list[str]]] = []
    monkeypatch.chdir(environment.ROOT)
    arguments = ["test", "--in-root", "trixie", "--no-bundle", "-k", "story"]
    monkeypatch.setattr(sys, "argv", ["dev.py", *arguments])
    monkeypatch.setattr(environment, "use_work_folder", lambda: None)
    monkeypatch.setattr(fresh_root, "test", lambda *asked: started.append(asked))

    assert dev.main() == 0
    assert started == [("trixie", ["--no-bundle", "-k", "story"])]
