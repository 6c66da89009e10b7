"""The paths of the files: in the platform's folders, or in one folder."""

import os
import stat
import sys
import warnings
from pathlib import Path

import pytest

from trayapp.services.files.paths import (
    NOBODY,
    OwnerUnknownError,
    Paths,
    folder_lock,
    make_folder,
    make_private,
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


@pytest.mark.case("attack 4", "loosened permissions stay")
@pytest.mark.parametrize("mode", [0o755, 0o750, 0o777, 0o775])
def test_our_own_folder_becomes_private_again(tmp_path: Path, mode: int) -> None:
    """A restore or a copy may have loosened it."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(mode)
    private_folder(tmp_path / "a")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


@pytest.mark.case("11", "a relative XDG path is believed")
def test_a_relative_folder_in_a_variable_is_ignored(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The XDG base directory specification says so."""
    usual = Paths.of_user()
    for name in FOLDERS:
        monkeypatch.setenv(name, "relative/folder")
    assert Paths.of_user() == usual
    assert home in usual.config.parents


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


def test_a_shared_folder_is_not_left_world_writable(tmp_path: Path) -> None:
    """Only that permission is removed, as other programs use the folder, too."""
    folder = tmp_path / "a"
    folder.mkdir()
    folder.chmod(0o777)
    make_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o775


@pytest.mark.case("11", "a home where files belong to nobody")
def test_a_file_of_nobody_is_ours_if_its_mode_may_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So an NFS server says it that does not know this user's name."""
    status = tmp_path.stat()
    of_nobody = os.stat_result((*status[:4], NOBODY, *status[5:]))
    monkeypatch.setattr(os, "geteuid", lambda: OTHER_USER)
    refuse_foreign(of_nobody, tmp_path)
    monkeypatch.setattr(Path, "chmod", _denied)
    with pytest.raises(OwnerUnknownError, match="belongs to nobody"):
        refuse_foreign(of_nobody, tmp_path)


@pytest.mark.case("11", "a home where files belong to nobody")
@pytest.mark.parametrize("kind", ["nfs4", "ext4"])
def test_for_root_a_file_of_nobody_is_ours_on_a_network_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """On a local disk root may set every mode, so that proves nothing."""
    status = tmp_path.stat()
    device = f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}"
    of_nobody = os.stat_result((*status[:4], NOBODY, *status[5:10]))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    mounts = f"1 1 0:1 / / rw - proc proc rw\n2 1 {device} / /m rw - {kind} x rw\n"
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: mounts)
    monkeypatch.setattr(
        "trayapp.services.files.paths._device_of", lambda _: device, raising=True
    )
    if kind == "nfs4":
        refuse_foreign(of_nobody, tmp_path)
    else:
        with pytest.raises(OwnerUnknownError):
            refuse_foreign(of_nobody, tmp_path)


def _denied(*_: object) -> None:
    raise PermissionError


def test_a_missing_file_can_not_be_made_private(tmp_path: Path) -> None:
    """That is no error."""
    make_private(tmp_path / "missing")


def test_a_folder_that_cannot_be_locked_is_no_error(tmp_path: Path) -> None:
    """Some network drives have no locks, and the folder may be missing."""
    with folder_lock(tmp_path / "not made yet"):
        pass
