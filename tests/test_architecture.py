"""The house: which layer may know which, as ARCHITECTURE.md draws it."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import trayapp

PACKAGE = Path(trayapp.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
PLACES = {
    ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(
        ".__init__"
    ): module
    for module in MODULES
}
"""Each module's dotted name, and its file."""
LAYERS = {one.parent.name for one in PACKAGE.glob("*/__init__.py")}
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
ORDER = {
    "core": (
        "i18n",
        "errors",
        "",
        "history",
        "autostart",
        "forecast",
        "chart",
        "alerts",
        "view",
    ),
    "services": (
        "messages",
        "files",
        "log",
        "desktop",
        "gateway",
        "keyring",
        "autostart",
        "history",
        "polling",
        "alerts",
        "",
    ),
    "ui": (
        "",
        "icons",
        "widgets",
        "chart",
        "history",
        "tray",
        "card",
        "settings",
        "first_run",
        "window",
    ),
    "app": ("screen", "controllers", ""),
}
"""The folders of each layer, each importing only itself and those before it. The empty
name stands for the modules that lie in the layer's own folder."""
LONGEST = 400


def layer_of(module: Path) -> str:
    """Name the layer that a file belongs to: its first folder."""
    return module.relative_to(PACKAGE).parts[0]


def subpackage_of(module: Path) -> str:
    """Name the folder of a layer that a file lies in; empty for the layer itself."""
    parts = module.relative_to(PACKAGE).parts
    return parts[1] if len(parts) > 2 else ""


def in_layer(name: str, layer: str) -> bool:
    """Say whether a dotted name lies in a layer."""
    return f"{name}.".startswith(f"trayapp.{layer}.")


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
def test_each_folder_imports_only_those_before_it(module: Path) -> None:
    """A newcomer reads a layer from its first folder to its last."""
    layer = layer_of(module)
    if layer not in ORDER:
        return
    order = ORDER[layer]
    own = order.index(subpackage_of(module))
    names = (name for name in imports(module) if name in PLACES)
    needed = {subpackage_of(PLACES[name]) for name in names if in_layer(name, layer)}
    assert not {name for name in needed if order.index(name) > own}


def test_the_order_names_each_folder_once() -> None:
    """A folder that is added or removed is added to the order or removed from it."""
    folders = {
        layer: {subpackage_of(one) for one in MODULES if layer_of(one) == layer}
        for layer in LAYERS
    }
    several = {layer: names for layer, names in folders.items() if names != {""}}
    assert several == {layer: set(order) for layer, order in ORDER.items()}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_file_has_one_subject(module: Path) -> None:
    """A docstring says what it is about, and 400 lines are the most."""
    text = module.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= LONGEST


def test_no_two_classes_have_one_name() -> None:
    """A search for a class finds one, in the program, its tools and their tests.

    Type stubs have their libraries' names, and strings that other processes run are
    not read.
    """
    files = [
        file
        for folder in ("trayapp", "packaging", "tests")
        for file in (ROOT / folder).rglob("*.py")
        if not {".work", "stubs"} & set(file.parts)
    ]
    places = defaultdict[str, list[str]](list)
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_modules_import_each_other_in_no_circle() -> None:
    """The first module to be read needs no later one, not even for a type."""
    needs = {
        name: {needed for needed in imports(module) if needed in PLACES}
        for name, module in PLACES.items()
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


def test_the_map_names_every_folder() -> None:
    """CONTRIBUTING.md has the folders of the program and of packaging."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"([\w]+)/", text.partition("## The commonest changes")[0]))
    program = {one.parent.name for one in PACKAGE.rglob("__init__.py")}
    tools = {
        one.name
        for one in (ROOT / "packaging").iterdir()
        if one.is_dir() and not one.name.startswith(".")
    }
    assert (program | tools) - drawn - {"__pycache__"} == set()


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
