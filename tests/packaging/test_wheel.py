"""The wheel: the files that it installs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return folder / built.stdout.strip()


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """Return the names of its files."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


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


def test_what_is_installed_from_it_is_whole(wheel: Path, tmp_path: Path) -> None:
    """Without a checkout, it finds its pictures and translations."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)

    done = subprocess.run(
        [sys.executable, "-m", "trayapp", "--self-test"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.stdout.splitlines()[0].endswith(f" in {tmp_path / 'trayapp'}")
    assert done.returncode == 0, done.stdout


def test_nothing_but_the_program_is_installed(names: set[str]) -> None:
    """Tests, packaging and ignore files are not in site-packages."""
    tops = {name.split("/")[0].partition("-")[0] for name in names}

    assert tops == {"trayapp", "balance_tray"}
    assert [name for name in names if name.endswith((".gitignore", ".pyc"))] == []
