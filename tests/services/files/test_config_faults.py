"""With any damage to the settings file, the program starts and reports it."""

import contextlib
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
OTHER_USER: Final = 12_345
WRITER: Final = """
import sys
from pathlib import Path
from trayapp.core.account import Account
from trayapp.services.files.config_file import Config, ConfigFile
file, name, count = ConfigFile(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for number in range(count):
    with file.locked():
        config = file.load().config
        account = Account(f"{name}{number}", f"{name} {number}")
        file.save(Config((*config.accounts, account), config.settings))
"""
"""Adds accounts, as the command line does."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a path in a private folder."""
    folder = tmp_path / "balance-tray"
    folder.mkdir(mode=0o700)
    return folder / "config.toml"


def problem(path: Path) -> type[BalanceTrayError] | None:
    """Load the file in less than a second, and return the kind of its problem."""
    started_at = time.monotonic()
    loaded = ConfigFile(path).load()
    assert time.monotonic() - started_at < A_SECOND
    if loaded.problem is None:
        return None
    assert loaded.config == Config()
    return loaded.problem.kind


def saved(path: Path) -> bytes:
    """Save, and return the bytes of the file."""
    ConfigFile(path).save(CONFIG)
    return path.read_bytes()


def test_a_truncated_file_is_broken(path: Path, tally: Tally) -> None:
    """The rest may be valid settings with fewer accounts."""
    whole = saved(path)
    for length in range(len(whole) - 1):  # the last line end may be missing
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
def test_a_damaged_file_is_kept_aside_by_the_next_save(
    path: Path, make: Callable[[bytes], bytes], tally: Tally
) -> None:
    """A reader leaves it; a save gives it a dated name."""
    bad = make(saved(path))
    path.write_bytes(bad)
    assert problem(path) is ConfigBroken
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == bad
    saved(path)
    (aside,) = path.parent.glob("config.broken-*.toml")
    assert aside.read_bytes() == bad
    assert problem(path) is None
    tally.add(FAULTS)


@pytest.mark.case("attack 11", "damaged copies pile up")
def test_only_a_few_damaged_files_are_kept(path: Path, tally: Tally) -> None:
    """The first one has what was there before the trouble began."""
    for number in range(34):
        path.write_text(f"damage {number} [")
        saved(path)
    kept = sorted(path.parent.glob("config.broken-*"))
    assert len(kept) == 5
    assert kept[0].read_text() == "damage 0 ["
    assert [one.read_text() for one in kept[1:]] == [
        f"damage {number} [" for number in range(30, 34)
    ]
    tally.add(FAULTS, 34)


@pytest.mark.case("attack 9", "a reader moves a person's file")
def test_a_reader_changes_nothing_in_the_folder(path: Path) -> None:
    """Cron runs `check` at night, while a person has a slip in the file."""
    old = path.with_name(".config-left")
    for content in (b"half a thought [", saved(path)):
        path.write_bytes(content)
        old.touch()
        os.utime(old, (0, 0))
        before = {one: (one.read_bytes(), one.stat()) for one in path.parent.iterdir()}
        file = ConfigFile(path)
        file.load()
        file.language()
        with contextlib.suppress(ConfigBroken):
            file.read()
        after = {one: (one.read_bytes(), one.stat()) for one in path.parent.iterdir()}
        # Reading may change only the time of the last access.
        assert {one: (raw, times(status)) for one, (raw, status) in after.items()} == {
            one: (raw, times(status)) for one, (raw, status) in before.items()
        }


def times(status: os.stat_result) -> tuple[int, ...]:
    """Return what a write or a rename changes."""
    return (status.st_ino, status.st_mode, status.st_mtime_ns, status.st_ctime_ns)


def test_an_editors_additions_are_no_damage(path: Path, tally: Tally) -> None:
    """Editors add a byte order mark, or the line ends of another system."""
    whole = saved(path)
    for edited in (b"\xef\xbb\xbf" + whole, whole.replace(b"\n", b"\r\n")):
        path.write_bytes(edited)
        loaded = ConfigFile(path).load()
        assert (loaded.config, loaded.problem) == (CONFIG, None)
        tally.add(FAULTS)


def test_an_account_that_a_person_appended_counts(path: Path) -> None:
    """It stands below the line that ends the file."""
    added = b'[[account]]\nid="x"\nname="x"\nservice="smsup"\nlow_below="1"\n'
    path.write_bytes(saved(path) + added)
    assert len(ConfigFile(path).load().config.accounts) == 3


def test_an_irregular_file_is_left_without_waiting(path: Path, tally: Tally) -> None:
    """A folder, a pipe without a writer, an endless device and a loop of links."""
    makers: tuple[Callable[[], object], ...] = (
        path.mkdir,
        lambda: os.mkfifo(path),
        lambda: path.symlink_to("/dev/zero"),
        lambda: path.symlink_to(path.name),
    )
    for make in makers:
        make()
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


def test_a_dangling_link_is_a_missing_file(path: Path, tally: Tally) -> None:
    """The first save makes the link's target, and the link stays."""
    path.symlink_to(path.parent / "elsewhere" / "config.toml")
    assert problem(path) is None
    saved(path)
    assert path.is_symlink()
    assert ConfigFile(path).load().config == CONFIG
    tally.add(FAULTS)


def test_a_file_that_was_broken_after_loading_is_kept_aside(
    path: Path, tally: Tally
) -> None:
    """A person may be editing it, so saving must not lose that."""
    file = ConfigFile(path)
    file.save(CONFIG)
    path.write_text("half a thought [")
    file.save(OTHER)
    (aside,) = path.parent.glob("config.broken-*")
    assert aside.read_text() == "half a thought ["
    assert file.load().config == OTHER
    tally.add(FAULTS)


def test_a_broken_file_that_cannot_be_renamed_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """The problem says so, and `save` does not replace the file."""
    path.write_text("half a thought [")

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "rename", denied)
    monkeypatch.setattr(Path, "hardlink_to", denied)
    assert problem(path) is ConfigBroken
    with pytest.raises(ConfigStuck, match="Permission denied"):
        ConfigFile(path).save(CONFIG)
    assert path.read_text() == "half a thought ["
    tally.add(FAULTS)


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make another user the owner of a file or folder."""
    if os.geteuid() == 0:
        os.chown(path, OTHER_USER, OTHER_USER)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: OTHER_USER)


def test_a_file_of_another_user_is_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Its owner may have written another gateway's address there."""
    before = saved(path)
    give_away(path, monkeypatch)
    assert problem(path) is ConfigUnreadable
    with pytest.raises(ConfigUnreadable, match="belongs to another user"):
        ConfigFile(path).save(OTHER)
    assert path.read_bytes() == before
    tally.add(FAULTS)


def test_nothing_is_written_to_a_folder_of_another_user(
    path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """It is refused even if it is world-writable."""
    path.parent.chmod(0o777)
    give_away(path.parent, monkeypatch)
    with pytest.raises(ConfigUnwritable, match="belongs to another user"):
        ConfigFile(path).save(CONFIG)
    assert list(path.parent.iterdir()) == []
    tally.add(FAULTS)


def test_the_temporary_file_of_a_killed_save_is_removed(path: Path) -> None:
    """The one that another process is writing stays."""
    saved(path)
    old, ahead, fresh = (path.with_name(f".config-{name}") for name in "abc")
    now = time.time()
    for file, at in ((old, now - 61), (ahead, now + 3_600), (fresh, now)):
        file.touch()
        os.utime(file, (at, at))
    ConfigFile(path).load()
    assert set(path.parent.iterdir()) == {path, old, ahead, fresh}
    saved(path)
    assert set(path.parent.iterdir()) == {path, fresh}


def test_two_processes_that_save_at_once_lose_nothing(path: Path, tally: Tally) -> None:
    """The lock covers reading and writing."""
    ConfigFile(path).save(Config())
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name, "25"])
        for name in ("x", "y")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    ids = {account.id for account in ConfigFile(path).load().config.accounts}
    assert ids == {f"{name}{number}" for name in "xy" for number in range(25)}
    tally.add(FAULTS)


def test_a_stopped_process_blocks_no_other(path: Path, tally: Tally) -> None:
    """The others wait for its lock for a second."""
    locked, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with ConfigFile(path).locked():
            locked.set()
            go_on.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait()
    started_at = time.monotonic()
    with ConfigFile(path).locked():
        ConfigFile(path).save(replace(CONFIG))
    assert A_SECOND / 2 < time.monotonic() - started_at < A_SECOND * 5
    go_on.set()
    holder.join()
    assert ConfigFile(path).load().config == CONFIG
    tally.add(FAULTS)
