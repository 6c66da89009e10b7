"""The archive and packages for Linux: their layout, names and dependencies."""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

import trayapp
from linux.dependencies import (
    Dependencies,
    debian_depends,
    read_dependencies,
    rpm_depends,
)
from linux.packages import file_name, make_archive, nfpm_settings, write_sums
from tooling.steps import StepError

EPOCH = 1_795_000_000
LISTING = """
bundle/program:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libQt6Core.so.6
  NEEDED               libssl.so.3
  NEEDED               libm.so.6
  NEEDED               libc.so.6
  NEEDED               ld-linux-x86-64.so.2

Version References:
  required from libc.so.6:
    0x09691a75 0x00 02 GLIBC_2.2.5
    0x069691b5 0x00 03 GLIBC_2.35
    0x069691b5 0x00 04 GLIBC_2.9
"""


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """Return a staging folder with a small bundle."""
    folder = tmp_path / "staged"
    bundle = folder / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / "balance-tray").write_text('#!/bin/sh\necho "started $*"\n')
    (bundle / "balance-tray").chmod(0o755)
    (bundle / "_internal/link.so").symlink_to("library.so")
    (folder / "share/applications").mkdir(parents=True)
    (folder / "share/applications/balance-tray.desktop").write_text(
        "[Desktop Entry]\nName=Balance Tray\nExec=balance-tray\nTryExec=balance-tray\n"
    )
    return folder


@pytest.fixture
def unpacked(staged: Path, tmp_path: Path) -> Path:
    """Unpack the archive."""
    file = make_archive("balance-tray-1", staged, tmp_path, EPOCH)
    with tarfile.open(file) as archive:
        # Debian 12's Python 3.11.2 has no filters; a newer one wants to be given one.
        filters = vars(tarfile)
        archive.extraction_filter = filters.get("data_filter", lambda member, _: member)
        archive.extractall(tmp_path / "unpacked")  # noqa: S202  # made a line above
    return tmp_path / "unpacked/balance-tray-1"


def install(unpacked: Path, home: Path, *args: str) -> None:
    """Run the script that installs it for one user."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run([unpacked / "install.sh", *args], env=environment, check=True)


def test_what_is_needed_is_what_is_not_brought_along() -> None:
    """Libraries of the bundle are left out; of the C library, the version counts."""
    dependencies = read_dependencies(LISTING, {"libQt6Core.so.6"})

    assert dependencies == Dependencies(("libssl.so.3",), "2.35")


def test_packages_are_named_as_each_distribution_names_them() -> None:
    """Debian has package names and alternatives; RPM has sonames."""
    dependencies = Dependencies(("libssl.so.3",), "2.35")

    assert {"libc6 (>= 2.35)", "libssl3 | libssl3t64"} <= set(
        debian_depends(dependencies)
    )
    assert {"libc.so.6(GLIBC_2.35)(64bit)", "libssl.so.3()(64bit)"} <= set(
        rpm_depends(dependencies)
    )


def test_a_library_that_no_package_is_known_for_stops_the_packing() -> None:
    """With a missing dependency, the program would not start."""
    with pytest.raises(StepError, match=r"libnew\.so\.1"):
        debian_depends(Dependencies(("libnew.so.1",), "2.35"))


def test_an_archive_can_be_started_and_tells_nothing_of_its_builder(
    staged: Path, tmp_path: Path
) -> None:
    """It has modes and links, but no users' names and no times."""
    file = make_archive("balance-tray-1", staged, tmp_path, EPOCH)

    with tarfile.open(file) as archive:
        entries = {one.name.removeprefix("balance-tray-1/"): one for one in archive}
    assert entries["balance-tray"].mode & 0o111
    assert entries["install.sh"].mode & 0o111
    assert entries["_internal/link.so"].linkname == "library.so"
    assert {(one.uname, one.uid, one.mtime) for one in entries.values()} == {
        ("root", 0, EPOCH)
    }


def test_the_same_makes_the_same_archive(staged: Path, tmp_path: Path) -> None:
    """A second build is the same, byte for byte."""
    sums = set()
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        file = make_archive("balance-tray-1", staged, tmp_path / name, EPOCH)
        sums.add(hashlib.sha256(file.read_bytes()).hexdigest())

    assert len(sums) == 1


def test_the_sums_are_as_sha256sum_reads_them(tmp_path: Path) -> None:
    """`sha256sum --check` accepts the file."""
    (tmp_path / "file").write_text("content")
    write_sums([tmp_path / "file"], tmp_path / "sums")

    sha256sum = shutil.which("sha256sum")
    assert sha256sum
    subprocess.run([sha256sum, "--check", "sums"], cwd=tmp_path, check=True)


def test_a_person_installs_it_without_root(unpacked: Path, tmp_path: Path) -> None:
    """The link starts it, and the menu's entry has its absolute path."""
    home = tmp_path / "a home of 100%"
    home.mkdir()

    install(unpacked, home)

    program = home / ".local/lib/balance-tray/balance-tray"
    said = subprocess.check_output([home / ".local/bin/balance-tray", "now"], text=True)
    entry = home / ".local/share/applications/balance-tray.desktop"
    lines = entry.read_text().splitlines()
    assert said == "started now\n"
    assert f'Exec="{str(program).replace("%", "%%")}"' in lines
    assert f"TryExec={program}" in lines


def test_uninstalling_leaves_what_is_the_persons(
    unpacked: Path, tmp_path: Path
) -> None:
    """Only the user's files stay, also after two installations."""
    home = tmp_path / "home"
    history = home / ".local/share/balance-tray/history.sqlite3"
    history.parent.mkdir(parents=True)
    history.touch()
    install(unpacked, home)
    install(unpacked, home)

    install(unpacked, home, "--uninstall")

    assert [one for one in home.rglob("*") if not one.is_dir()] == [history]


def test_a_package_says_what_it_is(staged: Path) -> None:
    """It has the program's version, and files in the system's folders."""
    settings = nfpm_settings("deb", staged, Dependencies((), "2.35"), "x86_64")

    places = {one["dst"] for one in settings["contents"]}
    assert settings["version"] == trayapp.__version__
    assert {"/usr/lib/balance-tray", "/usr/bin/balance-tray", "/usr/share"} < places
    assert not [one for one in places if one.startswith("/etc")]
    assert file_name("deb", "x86_64").endswith("_amd64.deb")
    assert file_name("rpm", "x86_64").endswith(".x86_64.rpm")
