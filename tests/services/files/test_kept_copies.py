"""Copies of damaged files: made without a gap, and only a few of them."""

from pathlib import Path

import pytest

from trayapp.services.files.kept_copies import (
    give_second_name,
    remove_excess_copies,
    stamp,
)

PATTERN = "x.broken-*"


def make(folder: Path, *sizes: int) -> list[Path]:
    """Make copies of these sizes, the oldest first."""
    copies = [folder / f"x.broken-{number}" for number in range(len(sizes))]
    for copy, size in zip(copies, sizes, strict=True):
        copy.write_bytes(b"x" * size)
    return copies


def left(folder: Path) -> list[str]:
    """Return the numbers of the copies that are left."""
    return sorted(copy.name.partition("-")[2] for copy in folder.glob(PATTERN))


def test_stamps_sort_by_time() -> None:
    """Two of them are never the same."""
    stamps = [stamp() for _ in range(3)]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize(
    ("count", "kept"),
    [(1, "0"), (2, "01"), (5, "01234"), (6, "02345"), (8, "04567")],
)
def test_the_first_and_the_last_stay(tmp_path: Path, count: int, kept: str) -> None:
    """The oldest of the others go."""
    make(tmp_path, *[1] * count)
    remove_excess_copies(tmp_path, PATTERN)
    assert left(tmp_path) == list(kept)


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [((4, 3, 3), "012"), ((4, 3, 4), "02"), ((9, 1, 1, 1), "03"), ((99, 99), "01")],
)
def test_they_take_a_bounded_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], kept: str
) -> None:
    """Two stay, whatever their size."""
    monkeypatch.setattr("trayapp.services.files.kept_copies._MOST_BYTES", 10)
    make(tmp_path, *sizes)
    remove_excess_copies(tmp_path, PATTERN)
    assert left(tmp_path) == list(kept)


def test_a_rollback_file_goes_with_its_copy(tmp_path: Path) -> None:
    """It is no copy of its own."""
    for copy in make(tmp_path, *[1] * 6):
        copy.with_name(f"{copy.name}-journal").touch()
    remove_excess_copies(tmp_path, PATTERN)
    names = left(tmp_path)
    assert len(names) == 10
    assert not {"1", "1-journal"} & set(names)


def test_a_folder_that_can_not_be_read_is_no_error(tmp_path: Path) -> None:
    """More copies stay then."""
    remove_excess_copies(tmp_path / "missing", PATTERN)


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_gets_a_second_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_links: bool
) -> None:
    """Where a file system has no hard links, it gets another name."""
    path, copy = tmp_path / "x", tmp_path / "y"
    path.write_text("content")
    if not has_links:

        def denied(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "hardlink_to", denied)
    give_second_name(path, copy)
    assert copy.read_text() == "content"
    assert path.exists() is has_links
