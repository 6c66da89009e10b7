"""The wheel: what an installed program brings along."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel and list what is in it."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    with zipfile.ZipFile(folder / built.stdout.strip()) as wheel:
        return set(wheel.namelist())


def test_the_resources_lie_inside_the_package(names: set[str]) -> None:
    """Every file of resources/ that is no source of another one is in trayapp/."""
    resources = ROOT / "resources"
    expected = {
        f"trayapp/resources/{file.relative_to(resources).as_posix()}"
        for file in resources.rglob("*")
        if file.is_file() and file.suffix not in {".po", ".pot"}
    }

    assert expected <= names
    assert [name for name in names if name.endswith((".po", ".pot"))] == []


def test_nothing_but_the_program_is_installed(names: set[str]) -> None:
    """No tests, no packaging, no ignore files land in somebody's site-packages."""
    tops = {name.split("/")[0].partition("-")[0] for name in names}

    assert tops == {"trayapp", "balance_tray"}
    assert [name for name in names if name.endswith((".gitignore", ".pyc"))] == []
