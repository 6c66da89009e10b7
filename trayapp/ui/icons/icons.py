"""The icons and pixmaps of the program."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from trayapp.core.errors.status import Status
from trayapp.core.settings import IconStyle
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.canvas import COLOURED, plain_inks
from trayapp.ui.icons.first_icon import SIZES, resource
from trayapp.ui.icons.glyphs import gauge_image, status_image
from trayapp.ui.icons.taskbar import DARK_INK, LIGHT_INK

if TYPE_CHECKING:
    from trayapp.core.alerts.notification import NotificationImage

_WINDOW_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
_NOTICE_SIZE: Final = 64
_APP: Final = "balance-tray.svg"


def gauge_icon(gauge: Gauge, style: IconStyle, ink: QColor | None) -> QIcon:
    """Make the tray icon, sharp in each of `SIZES`.

    `ink` is the result of `taskbar_ink`; None paints `IconStyle.TASKBAR` in colours.
    """
    inks = COLOURED
    if style is IconStyle.LIGHT:
        inks = plain_inks(LIGHT_INK)
    elif style is IconStyle.DARK:
        inks = plain_inks(DARK_INK)
    elif style is IconStyle.TASKBAR and ink is not None:
        inks = plain_inks(ink)
    number = style is IconStyle.NUMBER
    icon = QIcon()
    for size in SIZES:
        image = gauge_image(gauge, size, inks, number=number)
        icon.addPixmap(QPixmap.fromImage(image))
    return icon


def gauge_mask(gauge: Gauge) -> QIcon:
    """Make a mask, which macOS tints to suit its menu bar."""
    icon = gauge_icon(gauge, IconStyle.DARK, None)
    icon.setIsMask(True)
    return icon


def status_pixmap(
    status: Status,
    size: int,
    device_pixel_ratio: float = 1.0,
    ink: QColor | None = None,
) -> QPixmap:
    """Paint the picture of a status, `size` points large, for a screen of that ratio.

    In the status's colours, or in `ink` alone.
    """
    pixels = round(size * device_pixel_ratio)
    if ink is None:
        return _scaled(status_image(status, pixels), size)
    return _scaled(gauge_image(Gauge(status), pixels, plain_inks(ink)), size)


def app_icon() -> QIcon:
    """Make the application's icon."""
    icon = QIcon()
    renderer = QSvgRenderer(str(resource(_APP)))
    for size in _WINDOW_SIZES:
        icon.addPixmap(QPixmap.fromImage(_drawn(renderer, size)))
    return icon


def notice_picture() -> "NotificationImage":
    """Draw the application's icon as the image of a notification."""
    from trayapp.core.alerts.notification import NotificationImage  # noqa: PLC0415  # after the icon

    drawn = _drawn(QSvgRenderer(str(resource(_APP))), _NOTICE_SIZE)
    pixels = drawn.convertToFormat(QImage.Format.Format_RGBA8888)
    return NotificationImage(_NOTICE_SIZE, bytes(pixels.constBits()))


def app_pixmap(size: int, device_pixel_ratio: float = 1.0) -> QPixmap:
    """Draw the application's icon for a window, `size` points large."""
    renderer = QSvgRenderer(str(resource(_APP)))
    return _scaled(_drawn(renderer, round(size * device_pixel_ratio)), size)


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
