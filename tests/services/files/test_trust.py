"""A settings file that others could have written is not believed."""

import os
import stat
import sys
from pathlib import Path

import pytest

from trayapp.core.account import Account
from trayapp.core.errors import ConfigOfNobody, ConfigUnreadable, ConfigUntrusted
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import NOBODY
from trayapp.services.files.trust import (
    LoosePermissionError,
    refuse_shared_folders,
)

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="it has access lists in place of mode bits"
)
KIND = "a file that others may write is believed"
CONFIG = Config((Account("a", "A"),))
OTHER_USER = 12_345
as_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root gives files away"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Save a settings file in a private folder of a private folder."""
    folder = tmp_path / "home" / "balance-tray"
    folder.parent.mkdir(mode=0o755)
    path = folder / "config.toml"
    ConfigFile(path).save(CONFIG)
    return path


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.case("attack 4", KIND)
@pytest.mark.parametrize("loose", [0o620, 0o602, 0o660, 0o666, 0o777])
@pytest.mark.parametrize("part", ["file", "folder", "parent"])
def test_what_others_may_write_is_not_believed(
    path: Path, part: str, loose: int
) -> None:
    """Neither is it replaced; the error has the command that mends it."""
    target = {"file": path, "folder": path.parent, "parent": path.parent.parent}[part]
    before = path.read_bytes()
    target.chmod(loose | 0o100)
    loaded = ConfigFile(path).load()
    assert loaded.config == Config()
    assert loaded.problem is not None
    assert loaded.problem.kind is ConfigUntrusted
    assert loaded.problem.detail == f"chmod go-w {target}"
    with pytest.raises(ConfigUntrusted):
        ConfigFile(path).save(Config())
    assert path.read_bytes() == before
    assert mode(target) == loose | 0o100  # nothing hides what happened
    target.chmod(0o700)
    assert ConfigFile(path).load().config == CONFIG


@pytest.mark.case("attack 4", KIND)
def test_a_sticky_folder_above_is_no_danger(path: Path) -> None:
    """In `/tmp` others can't replace what is ours."""
    path.parent.parent.chmod(0o1777)
    assert ConfigFile(path).load().config == CONFIG


@pytest.mark.case("attack 4", KIND)
@pytest.mark.usefixtures("path")
def test_the_way_of_a_symbolic_link_counts(tmp_path: Path) -> None:
    """Its folder is as good a place to put another file as the target's."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "link").symlink_to("../home/balance-tray")
    entry = tmp_path / "own" / "config.toml"
    entry.parent.mkdir()
    entry.symlink_to(shared / "link" / "config.toml")
    assert ConfigFile(entry).load().config == CONFIG
    shared.chmod(0o777)
    problem = ConfigFile(entry).load().problem
    assert problem is not None
    assert problem.detail == f"chmod go-w {shared}"


@pytest.mark.case("attack 4", KIND)
def test_a_missing_file_is_not_made_where_others_may_write(tmp_path: Path) -> None:
    """Our own folder is closed to others; one above it is not ours to change."""
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o777)
    path = above / "balance-tray" / "config.toml"
    with pytest.raises(ConfigUntrusted):
        ConfigFile(path).save(CONFIG)
    assert not path.exists()
    above.chmod(0o755)
    path.parent.chmod(0o777)
    ConfigFile(path).save(CONFIG)
    assert (mode(path.parent), mode(path)) == (0o700, 0o600)


@pytest.mark.case("attack 4", KIND)
@as_root
@pytest.mark.parametrize("part", ["file", "folder", "parent"])
def test_what_another_user_owns_is_not_believed(path: Path, part: str) -> None:
    """They may loosen its permissions at any time."""
    target = {"file": path, "folder": path.parent, "parent": path.parent.parent}[part]
    os.chown(target, OTHER_USER, OTHER_USER)
    problem = ConfigFile(path).load().problem
    assert problem is not None
    assert problem.kind is ConfigUnreadable
    assert problem.detail == f"it belongs to another user: {target}"


@pytest.mark.case("11", "a home where files belong to nobody")
@as_root
def test_what_nobody_owns_is_not_believed_on_a_local_disk(path: Path) -> None:
    """The error says what it is, and where the settings can be instead."""
    for part in (path, path.parent):
        os.chown(part, NOBODY, NOBODY)
    problem = ConfigFile(path).load().problem
    assert problem is not None
    assert problem.kind is ConfigOfNobody
    assert "XDG_CONFIG_HOME" in problem.kind.advice


@as_root
def test_a_folder_of_nobody_above_is_the_hosts(path: Path) -> None:
    """A container shows the folders of its host so."""
    os.chown(path.parent.parent, NOBODY, NOBODY)
    assert ConfigFile(path).load().config == CONFIG


@pytest.mark.case("attack 4", "loosened permissions stay")
def test_what_others_may_only_read_becomes_private_again(path: Path) -> None:
    """As after a restore."""
    path.chmod(0o644)
    path.parent.chmod(0o755)
    assert ConfigFile(path).load().config == CONFIG
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_a_hard_link_is_the_same_file(path: Path, tmp_path: Path) -> None:
    """Its owner and its permissions are the same wherever it is."""
    other = tmp_path / "other.toml"
    other.hardlink_to(path)
    assert ConfigFile(path).load().config == CONFIG
    ConfigFile(path).save(Config())
    assert ConfigFile(other).load().config == CONFIG


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    """Opening it fails, too."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.symlink_to(second)
    second.symlink_to(first)
    refuse_shared_folders(first / "config.toml")


def test_dots_in_a_link_lead_up(tmp_path: Path) -> None:
    """They begin at the folder that the link before them leads to."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "link").symlink_to("a/b")
    (tmp_path / "a").chmod(0o777)
    with pytest.raises(LoosePermissionError) as caught:
        refuse_shared_folders(tmp_path / "link" / ".." / "x" / "config.toml")
    assert caught.value.filename == str(tmp_path / "a")
