"""Where the files are: the platform's own places, or one folder."""

import os
import stat
import sys
import warnings
from pathlib import Path

import pytest

from trayapp.services.files.paths import (
    Paths,
    folder_held,
    private_folder,
    refuse_foreign,
)

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="their places are not XDG's"
)
NOBODY = 4_000_000
FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be a person whose home is empty and whose environment says nothing more."""
    for name in FOLDERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a session with a folder of its own."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def test_the_xdg_variables_are_honoured(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of file is where a person wants its kind."""
    for name, folder in FOLDERS.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    places = Paths.of_user()
    assert places.config == tmp_path / "config/balance-tray/config.toml"
    assert places.history == tmp_path / "data/balance-tray/history.sqlite3"
    assert places.log == tmp_path / "state/balance-tray/log/balance-tray.log"
    assert places.runtime == run / "balance-tray"


def test_without_the_variables_the_usual_places_are_taken(
    home: Path, run: Path
) -> None:
    """As the XDG base directory specification names them."""
    places = Paths.of_user()
    assert places.config == home / ".config/balance-tray/config.toml"
    assert places.history == home / ".local/share/balance-tray/history.sqlite3"
    assert places.log == home / ".local/state/balance-tray/log/balance-tray.log"
    assert places.runtime.parent == run


def test_lock_and_socket_lie_in_the_sessions_folder(run: Path) -> None:
    """They end with the session."""
    places = Paths.of_user()
    assert places.lock == run / "balance-tray/instance.lock"
    assert places.socket == str(run / "balance-tray/instance.socket")


def test_without_a_session_lock_and_socket_lie_among_our_files(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never in a folder that everybody may write to."""
    monkeypatch.setattr(os, "getuid", lambda: NOBODY)
    assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o770])
def test_a_sessions_folder_that_is_not_ours_alone_is_not_used(
    home: Path, run: Path, mode: int
) -> None:
    """Somebody else could listen there in our place; nothing is printed either."""
    run.chmod(mode)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"


def test_a_sessions_folder_of_somebody_else_is_not_used(
    home: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `su`, which keeps the variable."""
    monkeypatch.setattr(os, "getuid", lambda: NOBODY)
    assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"
    assert list(run.iterdir()) == []


@pytest.mark.parametrize("named", ["/nowhere/at/all", "relative", "/dev/null"])
def test_a_sessions_folder_that_is_none_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """A wrong variable stops no program."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", named)
    assert Paths.of_user().runtime == home / ".local/state/balance-tray/run"


def test_the_demo_touches_no_file_of_the_person(tmp_path: Path, run: Path) -> None:
    """All it keeps lies in its own folder."""
    own, demo = Paths.of_user(), Paths.of_demo(tmp_path / "demo")
    assert {demo.config.parent, demo.history.parent, demo.log.parent} == {
        tmp_path / "demo"
    }
    assert demo.lock != own.lock
    assert demo.socket != own.socket
    assert run in Path(demo.socket).parents


def test_a_second_demo_finds_the_first(tmp_path: Path, run: Path) -> None:
    """Whatever folders they have, their socket is the same."""
    first, second = Paths.of_demo(tmp_path / "1"), Paths.of_demo(tmp_path / "2")
    assert first.socket == second.socket
    assert first.lock == second.lock
    assert first.lock.parent == run / "balance-tray/demo"


def test_folders_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    """Those above too, whatever the umask: a demo may be the first to make them."""
    before = os.umask(0)
    try:
        private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    for folder in ("a", "a/b", "a/b/c"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """A person's own permissions are theirs."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(0o750)
    private_folder(tmp_path / "a")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o750


def test_without_a_home_the_files_depend_on_no_folder_one_is_in(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user whom the system does not know has none: "~" stands for nothing."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", _unknown)
    monkeypatch.chdir(tmp_path)
    places = Paths.of_user()
    files = (places.config, places.history, places.log)
    assert all(one.is_relative_to("/nonexistent") for one in files)
    assert places.runtime == run / "balance-tray"


def _unknown(_: int) -> None:
    raise KeyError


def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that everybody may write to; root's own, and ours, are not."""
    folder = tmp_path / "a"
    folder.mkdir()
    folder.chmod(0o777)
    found = folder.stat()
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    foreign = os.stat_result((*found[:4], NOBODY + 1, *found[5:]))
    with pytest.raises(PermissionError, match="belongs to another user"):
        refuse_foreign(foreign, folder)
    for owner in (0, NOBODY):
        refuse_foreign(os.stat_result((*found[:4], owner, *found[5:])), folder)


def test_nobody_else_may_write_to_our_folder(tmp_path: Path) -> None:
    """A permission that somebody gave to everybody is taken away, and no other."""
    folder = tmp_path / "a"
    folder.mkdir()
    folder.chmod(0o777)
    private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o775


def test_a_folder_that_cannot_be_locked_is_gone_on_with(tmp_path: Path) -> None:
    """As on some network drives, or before it is made."""
    with folder_held(tmp_path / "not made yet"):
        pass
