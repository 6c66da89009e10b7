"""The pictures of the program: the only module that knows where resources are."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from trayapp.core.notices import Picture
from trayapp.core.state import State
from trayapp.ui.glyphs import state_image

TRAY_SIZES: Final = (16, 20, 22, 24, 32, 40, 48, 64)
"""What panels ask for, at one and at two pixels per point; Qt drops larger ones."""
_WINDOW_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
_NOTICE_SIZE: Final = 64
_APP: Final = "balance-tray.svg"


def state_icon(state: State, *, mask: bool = False) -> QIcon:
    """Make the tray's icon for a state, sharp at every usual size.

    A mask is what macOS tints to suit its menu bar; only shapes are left of it.
    """
    icon = QIcon()
    for size in TRAY_SIZES:
        icon.addPixmap(QPixmap.fromImage(state_image(state, size, mask=mask)))
    icon.setIsMask(mask)
    return icon


def state_pixmap(state: State, size: int, device_pixel_ratio: float = 1.0) -> QPixmap:
    """Paint a state `size` points large for a window on a screen of that ratio."""
    return _scaled(state_image(state, round(size * device_pixel_ratio)), size)


def app_icon() -> QIcon:
    """Make the application's icon."""
    icon = QIcon()
    renderer = QSvgRenderer(str(_resource(_APP)))
    for size in _WINDOW_SIZES:
        icon.addPixmap(QPixmap.fromImage(_drawn(renderer, size)))
    return icon


def notice_picture() -> Picture:
    """Draw the application's picture as notifications want it."""
    drawn = _drawn(QSvgRenderer(str(_resource(_APP))), _NOTICE_SIZE)
    pixels = drawn.convertToFormat(QImage.Format.Format_RGBA8888)
    return Picture(_NOTICE_SIZE, bytes(pixels.constBits()))


def app_pixmap(size: int, device_pixel_ratio: float = 1.0) -> QPixmap:
    """Draw the application's picture for a window, `size` points large."""
    renderer = QSvgRenderer(str(_resource(_APP)))
    return _scaled(_drawn(renderer, round(size * device_pixel_ratio)), size)


def _resource(name: str) -> Path:
    """Find a file in the installed or bundled package, else in the checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / "resources" / name


def _drawn(renderer: QSvgRenderer, pixels: int) -> QImage:
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def _scaled(image: QImage, size: int) -> QPixmap:
    image.setDevicePixelRatio(image.width() / size)
    return QPixmap.fromImage(image)
