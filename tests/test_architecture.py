"""The house: which layer may know which, as design.md draws it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import trayapp

PACKAGE = Path(trayapp.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
MAY_KNOW = {
    "core": {"core"},
    "services": {"core", "services"},
    "qt": {"core", "services", "qt"},
    "ui": {"core", "ui"},
}
NEVER = {
    "core": {
        "PySide6",
        "httpx",
        "keyring",
        "sqlite3",
        "logging",
        "time",
        "socket",
        "os",
    },
    "services": {"PySide6"},
    "qt": {"PySide6.QtWidgets", "PySide6.QtGui", "httpx", "keyring", "sqlite3"},
    "ui": {"httpx", "keyring", "sqlite3", "socket", "subprocess"},
    "cli": {"PySide6"},
    "demo": {"PySide6", "httpx"},
}
LONGEST = 300


def layer_of(module: Path) -> str:
    """Name the layer that a file belongs to: its first folder."""
    return module.relative_to(PACKAGE).parts[0]


def imports(module: Path) -> Iterator[str]:
    """Give the names of all that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_each_layer_knows_only_those_below(module: Path) -> None:
    """Nothing reaches up, and no layer holds a library that belongs to another."""
    layer, names = layer_of(module), set(imports(module))
    own = {name.split(".")[1] for name in names if name.startswith("trayapp.")}
    if layer in MAY_KNOW:
        assert own <= MAY_KNOW[layer]
    forbidden = NEVER.get(layer, set())
    assert not {n for n in names for f in forbidden if n == f or n.startswith(f"{f}.")}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_file_is_a_room(module: Path) -> None:
    """About 300 lines at most, and a first sentence that says which."""
    text = module.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= LONGEST


def test_modules_import_each_other_in_no_circle() -> None:
    """Whoever is read first needs nothing of what comes later, nor for a type."""
    names = {
        ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(
            ".__init__"
        ): module
        for module in MODULES
    }
    needs = {
        name: {one for one in imports(module) if one in names}
        for name, module in names.items()
    }
    while free := [name for name, needed in needs.items() if not needed & needs.keys()]:
        for name in free:
            del needs[name]
    assert not needs


def test_commands_without_a_screen_run_where_there_is_no_qt() -> None:
    """`check` works on a server."""
    code = (
        "import sys; sys.modules['PySide6'] = None\n"
        "import trayapp.cli.main, trayapp.services.backend, trayapp.demo.gateway\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_icon_needs_none_of_the_slow_libraries() -> None:
    """httpx, keyring, sqlite3 and asyncio's network come after the icon is shown."""
    code = (
        "import sys, trayapp.app.run, trayapp.app.wiring\n"
        "slow = {'httpx', 'keyring', 'sqlite3', 'jeepney', 'truststore'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_top_level_holds_what_was_agreed() -> None:
    """A newcomer finds each thing where it is said to be."""
    top = {one.name for one in ROOT.iterdir() if not one.name.startswith(".")}
    assert top <= {
        "pyproject.toml",
        "README.md",
        "trayapp",
        "resources",
        "tests",
        "packaging",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
    }
