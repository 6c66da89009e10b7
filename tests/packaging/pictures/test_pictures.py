"""The pictures that scripts make: the application's icon, and the tray's sheet."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from build.app_icons import SIZES, draw_icons
from pictures.tray_sheet import tray_sheet

pytestmark = pytest.mark.usefixtures("qapp")


def test_the_application_has_an_icon_of_every_usual_size(tmp_path: Path) -> None:
    """Each is in the theme's folder, and is not empty."""
    files = draw_icons(tmp_path)
    assert files[-1].read_text().startswith("<svg")
    for size, file in zip(SIZES, files, strict=False):
        assert file == tmp_path / f"hicolor/{size}x{size}/apps/balance-tray.png"
        image = QImage(str(file))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(size // 2, size * 3 // 5).alpha() == 255
        assert image.pixelColor(size - 1, size - 1).alpha() == 0


def test_the_sheet_shows_every_style_on_its_taskbars() -> None:
    """It has ten rows, and no two are alike."""
    sheet = tray_sheet()
    height = (sheet.height() - 36) // 10
    rows = {
        bytes(sheet.copy(92, 36 + n * height, 900, height).bits()) for n in range(10)
    }
    assert len(rows) == 10
