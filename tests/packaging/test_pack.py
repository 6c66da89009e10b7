"""The files that people download, as far as any system can make them."""

import sys
import tarfile
from pathlib import Path

import pytest

import dev
import pack
import trayapp
from macos.bundle import APPLICATION
from windows.installer import ARCHIVE


@pytest.mark.parametrize(
    ("machine", "usual"),
    [("AMD64", "x86_64"), ("x86_64", "x86_64"), ("aarch64", "arm64")],
)
def test_a_file_says_what_it_is_and_for_whom(machine: str, usual: str) -> None:
    """One machine has one name, whatever its system calls it."""
    expected = f"balance-tray-{trayapp.__version__}-any-{usual}"
    assert pack.stem("any", machine) == expected


def test_every_system_names_its_files_alike() -> None:
    """The installer's names are those of the others, of Windows."""
    assert pack.stem("windows", "AMD64") == ARCHIVE


def test_it_packs_what_is_built() -> None:
    """The folder and the application are where `dev.py build` leaves them."""
    assert pack.BUILT == dev.BUNDLE
    assert pack.APPLICATION == dev.DIST / APPLICATION
    assert pack.INSTALLER.is_file()
    assert pack.DISK_IMAGE.is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="its files have no modes")
def test_an_archive_can_be_started_and_tells_nothing_of_its_builder(
    tmp_path: Path,
) -> None:
    """Modes and links are kept, names of users aren't."""
    built = tmp_path / "built"
    (built / "_internal").mkdir(parents=True)
    (built / "balance-tray").write_text("program")
    (built / "balance-tray").chmod(0o755)
    (built / "_internal" / "link.so").symlink_to("library.so")
    output = tmp_path / "out"
    output.mkdir()

    pack.pack_linux(built, output)

    (file,) = output.iterdir()
    with tarfile.open(file) as archive:
        entries = {Path(one.name).name: one for one in archive}
        assert entries["balance-tray"].mode & 0o111
        assert entries["link.so"].linkname == "library.so"
        assert {one.uname for one in entries.values()} == {"root"}
        assert {one.uid for one in entries.values()} == {0}
        tops = {one.name.partition("/")[0] for one in entries.values()}
        assert tops == {file.name.removesuffix(".tar.xz")}
