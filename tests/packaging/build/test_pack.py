"""The names and places of the files that people download."""

import pytest

import dev
import trayapp
from build import pack
from macos.bundle import APPLICATION
from tooling import environment
from windows.installer import ARCHIVE


@pytest.mark.parametrize(
    ("machine", "usual"),
    [("AMD64", "x86_64"), ("x86_64", "x86_64"), ("aarch64", "arm64")],
)
def test_a_file_says_what_it_is_and_for_whom(machine: str, usual: str) -> None:
    """One machine has one name on all systems."""
    expected = f"balance-tray-{trayapp.__version__}-any-{usual}"
    assert pack.stem("any", machine) == expected


def test_every_system_names_its_files_alike() -> None:
    """The installer's archive has the same form of name."""
    assert pack.stem("windows", "AMD64") == ARCHIVE


def test_it_packs_what_is_built() -> None:
    """The folder and the application are where `dev.py build` leaves them."""
    assert pack.BUILT == dev.BUNDLE
    assert pack.APPLICATION == dev.DIST / APPLICATION
    installer = environment.ROOT / "packaging" / pack.INSTALLER.replace(".", "/")
    assert installer.with_suffix(".py").is_file()
    assert pack.DISK_IMAGE.is_file()
