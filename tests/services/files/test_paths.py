"""The paths of the files: in the platform's folders, or in one folder."""

import os
import stat
import sys
import warnings
from pathlib import Path

import pytest

from trayapp.services.files.paths import (
    Paths,
    folder_lock,
    private_folder,
    refuse_foreign,
)

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="their folders are not XDG's"
)
OTHER_USER = 4_000_000
FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set an empty home, and no XDG variables."""
    for name in FOLDERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the session's own folder."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def test_the_xdg_variables_name_the_folders(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of file has its variable."""
    for name, folder in FOLDERS.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    paths = Paths.of_user()
    assert paths.config == tmp_path / "config/balance-tray/config.toml"
    assert paths.history == tmp_path / "data/balance-tray/history.sqlite3"
    assert paths.log == tmp_path / "state/balance-tray/log/balance-tray.log"
    assert paths.runtime == run / "balance-tray"


def test_without_the_variables_the_folders_are_the_usual_ones(
    home: Path, run: Path
) -> None:
    """The XDG base directory specification names them."""
    paths = Paths.of_user()
    assert paths.config == home / ".config/balance-tray/config.toml"
    assert paths.history == home / ".local/share/balance-tray/history.sqlite3"
    assert paths.log == home / ".local/state/balance-tray/log/balance-tray.log"
    assert paths.runtime.parent == run


def test_lock_and_socket_are_in_the_sessions_folder(run: Path) -> None:
    """The system removes them with the session."""
    paths = Paths.of_user()
    assert paths.lock == run / "balance-tray/instance.lock"
    assert paths.socket == str(run / "balance-tray/instance.socket")


def test_without_a_session_lock_and_socket_are_in_the_state_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are never in a world-writable folder."""
    monkeypatch.setattr(os, "getuid", lambda: OTHER_USER)
    assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o770])
def test_a_sessions_folder_that_is_not_private_is_not_used(
    home: Path, run: Path, mode: int
) -> None:
    """Another user could listen there; and no warning is printed."""
    run.chmod(mode)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"


def test_a_sessions_folder_of_another_user_is_not_used(
    home: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`su` keeps the variable of the first user."""
    monkeypatch.setattr(os, "getuid", lambda: OTHER_USER)
    assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"
    assert list(run.iterdir()) == []


@pytest.mark.parametrize("named", ["/nowhere/at/all", "relative", "/dev/null"])
def test_an_invalid_sessions_folder_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """The program starts with a wrong variable, too."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", named)
    assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"


def test_the_demo_uses_no_file_of_the_person(tmp_path: Path, run: Path) -> None:
    """Its files are in its own folder."""
    own, demo = Paths.of_user(), Paths.of_demo(tmp_path / "demo")
    assert {demo.config.parent, demo.history.parent, demo.log.parent} == {
        tmp_path / "demo"
    }
    assert demo.lock != own.lock
    assert demo.socket != own.socket
    assert run in Path(demo.socket).parents


def test_a_second_demo_finds_the_first(tmp_path: Path, run: Path) -> None:
    """Their folders differ, but their lock and socket are the same."""
    first, second = Paths.of_demo(tmp_path / "1"), Paths.of_demo(tmp_path / "2")
    assert first.socket == second.socket
    assert first.lock == second.lock
    assert first.lock.parent == run / "balance-tray/demo"


def test_new_folders_are_private(tmp_path: Path) -> None:
    """Their parents are, too, with any umask: a demo may be the first to make them."""
    before = os.umask(0)
    try:
        private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    for folder in ("a", "a/b", "a/b/c"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700


def test_an_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    """A person may have set it."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(0o750)
    private_folder(tmp_path / "a")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o750


def test_without_a_home_the_paths_are_absolute(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user that the system does not know has no home, and "~" can't be expanded."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", _unknown)
    monkeypatch.chdir(tmp_path)
    paths = Paths.of_user()
    files = (paths.config, paths.history, paths.log)
    assert all(file.is_relative_to("/nonexistent") for file in files)
    assert paths.runtime == run / "balance-tray"


def _unknown(_: int) -> None:
    raise KeyError


def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A world-writable one is, too; root's folders and our own are accepted."""
    folder = tmp_path / "a"
    folder.mkdir()
    folder.chmod(0o777)
    status = folder.stat()
    monkeypatch.setattr(os, "geteuid", lambda: OTHER_USER)
    foreign = os.stat_result((*status[:4], OTHER_USER + 1, *status[5:]))
    with pytest.raises(PermissionError, match="belongs to another user"):
        refuse_foreign(foreign, folder)
    for owner in (0, OTHER_USER):
        refuse_foreign(os.stat_result((*status[:4], owner, *status[5:])), folder)


def test_our_folder_is_not_left_world_writable(tmp_path: Path) -> None:
    """Only that permission is removed."""
    folder = tmp_path / "a"
    folder.mkdir()
    folder.chmod(0o777)
    private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o775


def test_a_folder_that_cannot_be_locked_is_no_error(tmp_path: Path) -> None:
    """Some network drives have no locks, and the folder may be missing."""
    with folder_lock(tmp_path / "not made yet"):
        pass
