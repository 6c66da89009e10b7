"""Packs the application's icon into one file each for Windows and macOS.

    python3 packaging/run.py build.icon_files FOLDER

makes FOLDER/balance-tray.ico and FOLDER/balance-tray.icns from the one picture in
`resources`. Qt writes both formats with a single size only.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImageWriter

from build.app_icons import SOURCE, draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QImage

ICO_SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 256)
"""Tray, title bar, taskbar and shortcuts, at scales of 100, 125, 150 and 200 %."""
ICNS_SIZES: Final = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
}
"""Apple's name of each kind, and its pixels: 11 to 14 and 10 are for Retina screens."""
_ICO_LARGEST: Final = 256
_DEPTH: Final = 32


def as_ico(images: Sequence[QImage]) -> bytes:
    """Return an icon file of Windows: a directory, and a PNG for each size."""
    pictures = [as_png(image) for image in images]
    head = struct.pack("<HHH", 0, 1, len(images))
    offset = len(head) + 16 * len(images)
    entries = []
    for image, picture in zip(images, pictures, strict=True):
        width = image.width() % _ICO_LARGEST  # a byte each: 256 is written as 0
        height = image.height() % _ICO_LARGEST
        entries.append(
            struct.pack(
                "<BBBBHHII", width, height, 0, 0, 1, _DEPTH, len(picture), offset
            )
        )
        offset += len(picture)
    return b"".join((head, *entries, *pictures))


def as_icns(images: Mapping[bytes, QImage]) -> bytes:
    """Return an icon file of macOS: chunks of a kind, a length and a PNG."""
    pictures = {kind: as_png(image) for kind, image in images.items()}
    chunks = b"".join(
        struct.pack(">4sI", kind, 8 + len(picture)) + picture
        for kind, picture in pictures.items()
    )
    return struct.pack(">4sI", b"icns", 8 + len(chunks)) + chunks


def as_png(image: QImage) -> bytes:
    """Return the picture as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def write_icons(folder: Path) -> list[Path]:
    """Write both files, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    ico = folder / f"{SOURCE.stem}.ico"
    icns = folder / f"{SOURCE.stem}.icns"
    ico.write_bytes(as_ico([draw(size) for size in ICO_SIZES]))
    icns.write_bytes(as_icns({kind: draw(n) for kind, n in ICNS_SIZES.items()}))
    return [ico, icns]


def main() -> int:
    """Write the files, and print their paths."""
    application = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    for file in write_icons(Path(sys.argv[1])):
        print(file)
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
