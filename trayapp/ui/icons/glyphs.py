"""The pictures of the statuses: a speech bubble filled like a gauge, with marks on it.

The bubble's level is the balance as a share of its recent high. A status that needs
action has its own outline, so that it can be recognized without colours. The marks are
an hourglass for few days left, a triangle for low, a disc for empty, and a crossed key
for a rejected key. A moon shows that notifications are snoozed.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from trayapp.core.errors.status import Status
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.canvas import COLOURED, STROKE, Canvas, Inks

_COUNTED: Final = {Status.OK, Status.SOON, Status.LOW}
_SNOOZING: Final = {*_COUNTED, Status.EMPTY}
"""The statuses with a moon during a snooze; the other pictures have no room for it."""
_NARROWED: Final = 0.75
"""The factor that narrows an hourglass beside a moon, which would cover it."""
_SMALLEST_GAP: Final = 0.9
"""The smallest visible gap above the level of a gauge, in units."""


def gauge_image(
    gauge: Gauge, pixels: int, inks: Inks = COLOURED, *, number: bool = False
) -> QImage:
    """Paint a gauge on a transparent square of `pixels` by `pixels`.

    `number` writes the balance instead, if it is fine or low and no moon covers it.
    """
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    canvas = Canvas(painter, pixels, inks)
    if number and gauge.number and not gauge.snoozed and gauge.status in _COUNTED:
        _numbered(canvas, gauge)
    else:
        painter.save()
        if gauge.snoozed and gauge.status is Status.SOON:
            painter.scale(_NARROWED, 1)
        _PICTURES[gauge.status](canvas, gauge.level)
        painter.restore()
    if gauge.snoozed and gauge.status in _SNOOZING:
        _moon(canvas)
    painter.end()
    return image


def status_image(status: Status, pixels: int) -> QImage:
    """Paint the picture of a status without a level, as windows show it."""
    return gauge_image(Gauge(status), pixels)


def _bubble(canvas: Canvas, ink: QColor) -> None:
    start, end = canvas.rim, canvas.end
    body = canvas.bar(start, start, end, 12.4, radius=3.2)
    tail = canvas.polygon((3, 10.4), (3, end), (7.6, 12.2))
    canvas.rimmed(body.united(tail), ink)


def _gauge(canvas: Canvas, ink: QColor, level: float | None) -> None:
    """Paint a bubble that is filled up to `level`, a share of its height."""
    _bubble(canvas, ink)
    start, end = canvas.rim + STROKE, canvas.end - STROKE
    bottom = 10.4
    surface = bottom - (0.0 if level is None else level) * (bottom - start)
    if surface - start >= _SMALLEST_GAP:
        canvas.fill(
            canvas.bar(start, start, end, surface, radius=1.2), canvas.inks.light
        )


def _key(canvas: Canvas, ink: QColor, top: float) -> None:
    """Paint a horizontal key, as wide as the picture."""
    middle = top + 4
    bow = canvas.disc(canvas.rim, top, 9, top + 8)
    shaft = canvas.bar(8, middle - 1.2, canvas.end, middle + 1.2)
    tooth = canvas.bar(12.6, middle, canvas.end, middle + 3.6)
    canvas.rimmed(bow.united(shaft).united(tooth), ink)
    canvas.fill(canvas.disc(3.7, middle - 1.3, 6.3, middle + 1.3), canvas.inks.light)


def _fine(canvas: Canvas, level: float | None) -> None:
    light = canvas.inks.light
    if level is None:
        _bubble(canvas, canvas.inks.fine)
        canvas.line([(4.2, 6.9), (6.9, 9.4), (11.8, 4.4)], light, 2.1)
    else:
        _gauge(canvas, canvas.inks.fine, level)


def _soon(canvas: Canvas, level: float | None) -> None:
    """Paint an hourglass; the level is the sand in its upper half."""
    inks, start, end = canvas.inks, canvas.rim, canvas.end
    upper = canvas.polygon((3.4, 3), (12.6, 3), (9, 8), (9, 9), (7, 9), (7, 8))
    lower = canvas.polygon((7, 7), (9, 7), (9, 8), (12.6, 13), (3.4, 13), (7, 8))
    caps = canvas.bar(2, start, 14, 3.6, radius=1).united(
        canvas.bar(2, 12.4, 14, end, radius=1)
    )
    canvas.rimmed(upper.united(lower).united(caps), inks.low)
    gone = 0.5 if level is None else 1 - level
    if gone > 0:
        bottom = 4 + 2.4 * gone
        half = 2.7 - 1.7 * gone
        canvas.fill(
            canvas.polygon((5.3, 4), (10.7, 4), (8 + half, bottom), (8 - half, bottom)),
            inks.light,
        )


def _low(canvas: Canvas, level: float | None) -> None:
    inks = canvas.inks
    _gauge(canvas, inks.low, 0.3 if level is None else level)
    end = canvas.end
    middle = (6 + end) / 2
    canvas.rimmed(canvas.polygon((middle, 5.8), (end, end), (6, end)), inks.low)
    canvas.fill(canvas.bar(middle - 0.7, 9, middle + 0.7, 12), inks.light)
    canvas.fill(canvas.bar(middle - 0.7, 13, middle + 0.7, 14.2), inks.light)


def _empty(canvas: Canvas, _: float | None) -> None:
    inks, end = canvas.inks, canvas.end
    _gauge(canvas, inks.bad, None)
    middle = (7 + end) / 2
    canvas.rimmed(canvas.disc(7, 7, end, end), inks.bad)
    canvas.fill(
        canvas.bar(middle - 2.5, middle - 0.9, middle + 2.5, middle + 0.9), inks.light
    )


def _rejected(canvas: Canvas, _: float | None) -> None:
    bad = canvas.inks.bad
    _key(canvas, bad, canvas.rim)
    near, far = 8.2, 13.9
    canvas.rimmed_lines(bad, [(near, near), (far, far)], [(near, far), (far, near)])


def _refused(canvas: Canvas, _: float | None) -> None:
    inks = canvas.inks
    _bubble(canvas, inks.low)
    canvas.line([(5, 4), (11, 9.6)], inks.light)
    canvas.line([(5, 9.6), (11, 4)], inks.light)


def _unreachable(canvas: Canvas, _: float | None) -> None:
    muted = canvas.inks.muted
    _gauge(canvas, muted, None)
    canvas.rimmed_lines(muted, [(2.2, 13.8), (13.8, 2.2)])


def _locked(canvas: Canvas, _: float | None) -> None:
    inks = canvas.inks
    _bubble(canvas, inks.muted)
    shackle = canvas.bar(5.4, 2.6, 10.6, 9, radius=2.2)
    opening = canvas.bar(6.9, 4.2, 9.1, 9, radius=0.9)
    canvas.fill(shackle.subtracted(opening), inks.light)
    canvas.fill(canvas.bar(4.4, 6.4, 11.6, 10.9, radius=0.6), inks.light)


def _without_key(canvas: Canvas, _: float | None) -> None:
    _key(canvas, canvas.inks.hint, 4)


def _unknown(canvas: Canvas, _: float | None) -> None:
    for left, right in ((canvas.rim, 5), (6, 10), (11, canvas.end)):
        canvas.rimmed(canvas.disc(left, 6, right, 10), canvas.inks.muted)


def _not_set_up(canvas: Canvas, _: float | None) -> None:
    hint = canvas.inks.hint
    _gauge(canvas, hint, None)
    canvas.fill(canvas.bar(7, 3.4, 9, 10), hint)
    canvas.fill(canvas.bar(4.7, 5.7, 11.3, 7.7), hint)


def _numbered(canvas: Canvas, gauge: Gauge) -> None:
    """Write the balance on a sign; a pointer marks a low one, a stand few days."""
    inks, start, end = canvas.inks, canvas.rim, canvas.end
    fine = gauge.status is Status.OK
    bottom = end if fine else 11.2
    sign = canvas.bar(start, start, end, bottom, radius=2.4)
    if gauge.status is Status.LOW:
        sign = sign.united(canvas.polygon((3.5, 11), (12.5, 11), (8, end)))
    elif gauge.status is Status.SOON:
        neck = canvas.bar(6.4, 10, 9.6, 14)
        sign = sign.united(neck).united(canvas.bar(start, 13.4, end, end, radius=1))
    canvas.rimmed(sign, inks.fine if fine else inks.low)
    room = canvas.box(start + 1, start + 1.6, end - 1, bottom - 1.6)
    canvas.text(gauge.number, room, inks.light)


def _moon(canvas: Canvas) -> None:
    """Paint a crescent in the upper right corner."""
    end, light = canvas.end, canvas.inks.light
    whole = canvas.disc(8.4, canvas.rim, end, canvas.rim + end - 8.4)
    bite = canvas.disc(11, canvas.rim - 1.4, end + 2.6, canvas.rim + end - 9.8)
    canvas.rimmed(whole, light)
    canvas.fill(whole.subtracted(bite), canvas.inks.muted)


_PICTURES: Final[dict[Status, Callable[[Canvas, float | None], None]]] = {
    Status.OK: _fine,
    Status.SOON: _soon,
    Status.LOW: _low,
    Status.EMPTY: _empty,
    Status.UNAUTHORIZED: _rejected,
    Status.REFUSED: _refused,
    Status.UNREACHABLE: _unreachable,
    Status.LOCKED: _locked,
    Status.NO_KEY: _without_key,
    Status.UNKNOWN: _unknown,
    Status.NOT_SET_UP: _not_set_up,
}
