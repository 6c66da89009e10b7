"""Whatever stands where the settings should be, the program starts and says so."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import time as hour
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from tally import FAULTS, Tally
from trayapp.core.account import Account, Service
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigBroken,
    ConfigStuck,
    ConfigUnreadable,
    ConfigUnwritable,
)
from trayapp.core.settings import QuietHours, Settings
from trayapp.services.files.config_file import Config, ConfigFile

CONFIG: Final = Config(
    (
        Account("a1", "Main", low_below=Decimal("12.50")),
        Account("b2", "Shöp", Service.CUSTOM, "https://b.example", "u", Decimal(0)),
    ),
    Settings(quiet=QuietHours(hour(22), hour(7))),
)
OTHER: Final = Config((Account("c3", "Other"),))
MINIMAL: Final = b"version = 1\n"
A_SECOND: Final = 1.0
SOMEBODY: Final = 12_345
WRITER: Final = """
import sys
from pathlib import Path
from trayapp.core.account import Account
from trayapp.services.files.config_file import Config, ConfigFile
file, name, count = ConfigFile(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for number in range(count):
    with file.held():
        config = file.load().config
        account = Account(f"{name}{number}", f"{name} {number}")
        file.save(Config((*config.accounts, account), config.settings))
"""
"""Adds accounts as the command line does."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place in a folder of ours."""
    folder = tmp_path / "balance-tray"
    folder.mkdir(mode=0o700)
    return folder / "config.toml"


def problem(path: Path) -> type[BalanceTrayError] | None:
    """Load the file, in no more than a second, and give what is said of it."""
    begun = time.monotonic()
    loaded = ConfigFile(path).load()
    assert time.monotonic() - begun < A_SECOND
    if loaded.problem is None:
        return None
    assert loaded.config == Config()
    return loaded.problem.kind


def saved(path: Path) -> bytes:
    """Save, and give the bytes of the file."""
    ConfigFile(path).save(CONFIG)
    return path.read_bytes()


def test_a_file_that_was_cut_off_anywhere_is_damaged(path: Path, tally: Tally) -> None:
    """Also where what is left would be settings with fewer accounts."""
    whole = saved(path)
    for length in range(len(whole) - 1):  # without its last line end it is whole
        path.write_bytes(whole[:length])
        assert problem(path) is ConfigBroken, whole[:length]
        tally.add(FAULTS)


@pytest.mark.parametrize(
    "make",
    [
        lambda whole: whole.decode().encode("utf-16"),
        lambda whole: whole.decode().encode("utf-32-be"),
        lambda whole: b"\x00" * len(whole),
        lambda whole: whole.replace(b"a1", b"a\x001"),
        lambda whole: whole + os.urandom(64) + b"\xff",
        lambda whole: whole + b"#" * 2**20,
        lambda _: MINIMAL + b"x = " + b"[" * 100_000,
        lambda _: MINIMAL + b"x" + b".x" * 10_000 + b" = {",
        lambda whole: whole + b'\n[[account]]\nid = "a1"\nname = "x"\n',
    ],
    ids=[
        "utf-16",
        "utf-32",
        "nothing but zeros",
        "a zero within",
        "binary at its end",
        "huge",
        "nested",
        "deep",
        "half an account more",
    ],
)
def test_what_is_no_settings_file_is_kept_aside_at_once(
    path: Path, make: Callable[[bytes], bytes], tally: Tally
) -> None:
    """Whole, under a dated name; settings can be saved again."""
    bad = make(saved(path))
    path.write_bytes(bad)
    assert problem(path) is ConfigBroken
    (aside,) = path.parent.iterdir()
    assert aside.read_bytes() == bad
    saved(path)
    assert problem(path) is None
    tally.add(FAULTS)


def test_what_an_editor_adds_is_no_damage(path: Path, tally: Tally) -> None:
    """A mark for the encoding, and the line ends of another system."""
    whole = saved(path)
    for edited in (b"\xef\xbb\xbf" + whole, whole.replace(b"\n", b"\r\n")):
        path.write_bytes(edited)
        loaded = ConfigFile(path).load()
        assert (loaded.config, loaded.problem) == (CONFIG, None)
        tally.add(FAULTS)


def test_an_account_that_was_added_by_hand_at_the_end_counts(path: Path) -> None:
    """Below the line that says that the file is whole."""
    added = b'[[account]]\nid="x"\nname="x"\nservice="smsup"\nlow_below="1"\n'
    path.write_bytes(saved(path) + added)
    assert len(ConfigFile(path).load().config.accounts) == 3


def test_what_is_no_file_is_left_and_never_waited_for(path: Path, tally: Tally) -> None:
    """A folder, a pipe without a writer, a device without an end, a circle of links."""
    places: tuple[Callable[[], object], ...] = (
        path.mkdir,
        lambda: os.mkfifo(path),
        lambda: path.symlink_to("/dev/zero"),
        lambda: path.symlink_to(path.name),
    )
    for place in places:
        place()
        before = path.lstat()
        assert problem(path) is ConfigUnreadable
        with pytest.raises(ConfigUnreadable):
            ConfigFile(path).save(CONFIG)
        assert path.lstat().st_ino == before.st_ino
        _remove(path)
        tally.add(FAULTS)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()


def test_a_link_to_nowhere_is_no_file_yet(path: Path, tally: Tally) -> None:
    """The first save makes what it points to, and the link stays."""
    path.symlink_to(path.parent / "elsewhere" / "config.toml")
    assert problem(path) is None
    saved(path)
    assert path.is_symlink()
    assert ConfigFile(path).load().config == CONFIG
    tally.add(FAULTS)


def test_a_file_that_was_broken_since_it_was_read_is_kept_too(
    path: Path, tally: Tally
) -> None:
    """Saving over it does not lose what somebody was about to write."""
    file = ConfigFile(path)
    file.save(CONFIG)
    path.write_text("half a thought [")
    file.save(OTHER)
    (aside,) = path.parent.glob("config.broken-*")
    assert aside.read_text() == "half a thought ["
    assert file.load().config == OTHER
    tally.add(FAULTS)


def test_a_broken_file_that_cannot_be_moved_is_left_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """It is said that it was not kept aside, and nothing is saved over it."""
    path.write_text("half a thought [")

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "rename", denied)
    assert problem(path) is ConfigStuck
    with pytest.raises(ConfigStuck, match="Permission denied"):
        ConfigFile(path).save(CONFIG)
    assert path.read_text() == "half a thought ["
    tally.add(FAULTS)


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file or folder belong to somebody else."""
    if os.geteuid() == 0:
        os.chown(path, SOMEBODY, SOMEBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)


def test_a_file_of_another_user_is_not_believed(
    path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Its owner could have put another gateway's address there."""
    before = saved(path)
    path.chmod(0o666)
    give_away(path, monkeypatch)
    assert problem(path) is ConfigUnreadable
    with pytest.raises(ConfigUnreadable, match="belongs to another user"):
        ConfigFile(path).save(OTHER)
    assert path.read_bytes() == before
    tally.add(FAULTS)


def test_nothing_is_written_to_a_folder_of_another_user(
    path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Even if everybody may."""
    path.parent.chmod(0o777)
    give_away(path.parent, monkeypatch)
    with pytest.raises(ConfigUnwritable, match="belongs to another user"):
        ConfigFile(path).save(CONFIG)
    assert list(path.parent.iterdir()) == []
    tally.add(FAULTS)


def test_what_a_killed_save_left_is_cleared_away(path: Path) -> None:
    """But not what another program is about to put in place."""
    saved(path)
    old, ahead, fresh = (path.with_name(f".config-{name}") for name in "abc")
    now = time.time()
    for left, at in ((old, now - 61), (ahead, now + 3_600), (fresh, now)):
        left.touch()
        os.utime(left, (at, at))
    ConfigFile(path).load()
    assert set(path.parent.iterdir()) == {path, fresh}


def test_two_programs_that_save_at_once_lose_nothing(path: Path, tally: Tally) -> None:
    """Each reads what the other wrote before it writes."""
    ConfigFile(path).save(Config())
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name, "25"])
        for name in ("x", "y")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    ids = {account.id for account in ConfigFile(path).load().config.accounts}
    assert ids == {f"{name}{number}" for name in "xy" for number in range(25)}
    tally.add(FAULTS)


def test_a_program_that_was_stopped_half_way_stops_no_other(
    path: Path, tally: Tally
) -> None:
    """It is waited for, but not for long."""
    stopped, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with ConfigFile(path).held():
            stopped.set()
            go_on.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    stopped.wait()
    begun = time.monotonic()
    with ConfigFile(path).held():
        ConfigFile(path).save(replace(CONFIG))
    assert A_SECOND / 2 < time.monotonic() - begun < A_SECOND * 5
    go_on.set()
    holder.join()
    assert ConfigFile(path).load().config == CONFIG
    tally.add(FAULTS)
