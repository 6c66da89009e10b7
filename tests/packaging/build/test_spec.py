"""The spec of each system, run with a fake PyInstaller."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import trayapp
from macos.bundle import APPLICATION, IDENTIFIER
from tooling import environment

SPEC = environment.ROOT / "packaging/build/balance-tray.spec"


QTS_OWN = ("pyi_rth_pyside6", "pyi_rth_pyside6.py", "PYSOURCE")
SCRIPTS = (QTS_OWN, ("entry", "entry.py", "PYSOURCE"))


@dataclass
class Part:
    """A part that the spec asks PyInstaller to make."""

    kind: str
    args: tuple[Any, ...]
    options: dict[str, Any]
    pure: object = None
    scripts: list[tuple[str, str, str]] = field(default_factory=lambda: [*SCRIPTS])
    binaries: list[object] = field(default_factory=list)
    datas: list[object] = field(default_factory=list)
    dependencies: list[object] = field(default_factory=list)


@pytest.fixture
def build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str], list[Part]]:
    """Return a function that runs the spec for a system and returns its parts."""
    asked: list[Part] = []

    def listener(kind: str) -> Callable[..., Part]:
        def make(*args: object, **options: object) -> Part:
            asked.append(Part(kind, args, options))
            return asked[-1]

        return make

    def nothing(*_: object, **__: object) -> list[object]:
        return []

    for name, function in (
        ("PyInstaller.depend.bindepend", "get_imports"),
        ("PyInstaller.utils.hooks", "copy_metadata"),
    ):
        module = ModuleType(name)
        setattr(module, function, nothing)
        monkeypatch.setitem(sys.modules, name, module)
    for package in ("PyInstaller", "PyInstaller.depend", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, package, ModuleType(package))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(subprocess, "run", nothing)

    def run(system: str) -> list[Part]:
        monkeypatch.setattr(sys, "platform", system)
        work = tmp_path / "build" / "balance-tray"
        work.mkdir(parents=True)
        given = {"SPECPATH": str(SPEC.parent), "workpath": str(work)}
        kinds = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
        code = compile(SPEC.read_text(encoding="utf-8"), str(SPEC), "exec")
        exec(code, {**given, **{kind: listener(kind) for kind in kinds}})  # noqa: S102  # a spec is a program
        return asked

    return run


def of_kind(parts: list[Part], kind: str) -> list[Part]:
    """Pick the parts of one kind."""
    return [part for part in parts if part.kind == kind]


def test_linux_gets_one_program(build: Callable[[str], list[Part]]) -> None:
    """It is in a folder, without files for other systems."""
    parts = build("linux")
    (program,) = of_kind(parts, "EXE")

    assert program.options["name"] == "balance-tray"
    assert not program.options["console"]
    assert "version" not in program.options
    assert of_kind(parts, "BUNDLE") == []


@pytest.mark.parametrize(("system", "there"), [("linux", False), ("win32", True)])
def test_commands_import_no_qt_where_qt_finds_its_plugins_by_itself(
    build: Callable[[str], list[Part]], system: str, *, there: bool
) -> None:
    """PyInstaller's hook for Qt would import it for every command."""
    (analysis,) = of_kind(build(system), "Analysis")
    assert (QTS_OWN in analysis.scripts) is there
    assert ("entry", "entry.py", "PYSOURCE") in analysis.scripts


def test_windows_gets_a_program_that_prints_beside_the_one_that_does_not(
    build: Callable[[str], list[Part]],
) -> None:
    """Both are in one folder, each with its icon and version."""
    parts = build("win32")
    window, terminal = of_kind(parts, "EXE")
    (folder,) = of_kind(parts, "COLLECT")

    assert (window.options["name"], window.options["console"]) == (
        "balance-tray",
        False,
    )
    assert terminal.options["name"] == "balance-tray-cli"
    assert terminal.options["console"]
    assert folder.args[:2] == (window, terminal)
    for program in (window, terminal):
        told = Path(program.options["version"]).read_text(encoding="utf-8")
        assert f"'ProductVersion', '{trayapp.__version__}'" in told
        assert f"'OriginalFilename', '{program.options['name']}.exe'" in told
        assert program.options["icon"].endswith("balance-tray.ico")


@pytest.mark.parametrize("identity", ["", "Developer ID Application: Nobody"])
def test_macos_gets_an_application(
    build: Callable[[str], list[Part]], monkeypatch: pytest.MonkeyPatch, identity: str
) -> None:
    """It is signed with an identity if there is one, and always has entitlements."""
    monkeypatch.setenv("CODESIGN_IDENTITY", identity)
    parts = build("darwin")
    (program,) = of_kind(parts, "EXE")
    (application,) = of_kind(parts, "BUNDLE")

    assert program.options["codesign_identity"] == (identity or None)
    assert Path(program.options["entitlements_file"]).is_file()
    assert application.options["name"] == APPLICATION
    assert application.options["bundle_identifier"] == IDENTIFIER
    assert application.options["version"] == trayapp.__version__
    assert application.options["info_plist"]["LSUIElement"] is True
    assert application.args == tuple(of_kind(parts, "COLLECT"))
