"""The icon as one file for Windows and one for macOS, read back by Qt's own readers."""

import struct
from pathlib import Path

import pytest
from PySide6.QtGui import QImageReader

from build.icon_files import ICNS_SIZES, ICO_SIZES, write_icons

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def icons(tmp_path: Path) -> tuple[Path, Path]:
    """Write both files."""
    ico, icns = write_icons(tmp_path)
    return ico, icns


def sizes_in(file: Path) -> list[int]:
    """Return the widths of all pictures in a file."""
    reader = QImageReader(str(file))
    found = []
    for number in range(reader.imageCount()):
        assert reader.jumpToImage(number)
        image = reader.read()
        assert not image.isNull(), reader.errorString()
        assert image.width() == image.height()
        assert image.pixelColor(0, 0).alpha() == 0
        assert image.pixelColor(image.width() // 2, image.height() // 2).alpha() > 0
        found.append(image.width())
    return found


def test_windows_finds_every_size_that_it_looks_for(icons: tuple[Path, Path]) -> None:
    """From the tray's 16 pixels to the 256 of large tiles, on clear ground."""
    ico, _ = icons
    assert sizes_in(ico) == list(ICO_SIZES)


def test_macos_finds_every_size_that_it_looks_for(icons: tuple[Path, Path]) -> None:
    """Each kind that the file names holds a PNG of its size."""
    _, icns = icons
    data = icns.read_bytes()
    magic, length = struct.unpack_from(">4sI", data)
    assert (magic, length) == (b"icns", len(data))
    found = {}
    place = 8
    while place < len(data):
        kind, length = struct.unpack_from(">4sI", data, place)
        assert data[place + 8 : place + 16] == b"\x89PNG\r\n\x1a\n"
        # The width stands in the first chunk of every PNG, behind its name.
        (found[kind],) = struct.unpack_from(">I", data, place + 24)
        place += length
    assert found == ICNS_SIZES


def test_the_icon_of_macos_can_be_read(icons: tuple[Path, Path]) -> None:
    """Qt's reader, which knows Apple's kinds, reads pictures from it."""
    _, icns = icons
    assert set(sizes_in(icns)) == set(ICNS_SIZES.values())
