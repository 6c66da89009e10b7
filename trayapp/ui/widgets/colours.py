"""Colours that stay readable on whatever palette the desktop has, light or dark."""

from typing import Final

from PySide6.QtGui import QColor, QPalette

READABLE: Final = 4.5
"""The contrast that text needs (WCAG 2, level AA)."""
VISIBLE: Final = 3.0
"""The contrast that a line or a mark needs."""
_EDGE: Final = 3.2
"""What an edge needs, with a little to spare: styles round their colours."""
_STEPS: Final = 20
_MUTED: Final = 0.62
_CALM: Final = 0.4
_WARNING: Final = QColor("#b91c1c")
_CAUTION: Final = QColor("#b45309")
_HAIRLINE: Final = 0.18
_TINT: Final = 0.12
_GLOSS: Final = 120
_KNEE: Final = 0.04045


def contrast(one: QColor, other: QColor) -> float:
    """Give the contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(front: QColor, back: QColor, share: float) -> QColor:
    """Mix two colours; `share` is how much of `front`."""

    def channel(of_front: float, of_back: float) -> float:
        return of_front * share + of_back * (1 - share)

    return QColor.fromRgbF(
        channel(front.redF(), back.redF()),
        channel(front.greenF(), back.greenF()),
        channel(front.blueF(), back.blueF()),
    )


def readable(wanted: QColor, ground: QColor, text: QColor) -> QColor:
    """Give the colour nearest to `wanted` that can be read: mixed with `text`."""
    return _nearest(wanted, ground, text, READABLE)


def visible_on(wanted: QColor, ground: QColor, text: QColor) -> QColor:
    """Give the colour nearest to `wanted` in which a line is seen there."""
    return _nearest(wanted, ground, text, VISIBLE)


def text_on(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Give the colour of what is said plainly, on `Base` or on `Window`."""
    on_base = ground is QPalette.ColorRole.Base
    role = QPalette.ColorRole.Text if on_base else QPalette.ColorRole.WindowText
    return palette.color(role)


def muted(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Give the colour of what is said in passing, on `Base` or on `Window`."""
    text = text_on(palette, ground)
    back = palette.color(ground)
    return readable(mixed(text, back, _MUTED), back, text)


def calm(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Give the colour of a mark that says that nothing is wrong."""
    text, back = text_on(palette, ground), palette.color(ground)
    return visible_on(mixed(text, back, _CALM), back, text)


def warning(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Give the colour of what is wrong, on `Base` or on `Window`."""
    return readable(_WARNING, palette.color(ground), text_on(palette, ground))


def caution(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Give the colour of what may become wrong, on `Base` or on `Window`."""
    return readable(_CAUTION, palette.color(ground), text_on(palette, ground))


def hairline(palette: QPalette) -> QColor:
    """Give the colour of the thin lines around and between things."""
    return mixed(
        palette.color(QPalette.ColorRole.WindowText),
        palette.color(QPalette.ColorRole.Window),
        _HAIRLINE,
    )


def edge(palette: QPalette) -> QColor:
    """Give the colour of a field's frame, between `Base` and `Window`."""
    text = text_on(palette, QPalette.ColorRole.Window)
    window = palette.color(QPalette.ColorRole.Window)
    drawn = mixed(text, window, _CALM)
    for ground in (palette.color(QPalette.ColorRole.Base), window):
        drawn = _nearest(drawn, ground, text, _EDGE)
    return drawn


def tint(palette: QPalette) -> QColor:
    """Give the ground of a strip that stands out a little from the window."""
    return mixed(
        palette.color(QPalette.ColorRole.Highlight),
        palette.color(QPalette.ColorRole.Window),
        _TINT,
    )


def focus_ring(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Give the colour of the ring around what has the keyboard."""
    accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
    return readable(accent, palette.color(ground), text_on(palette, ground))


def highlight(palette: QPalette) -> QColor:
    """Give the ground of a highlighted button: the accent, or as much darker as needed.

    On some in the middle neither black nor white can be read.
    """
    accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
    black, white = QColor("#000000"), QColor("#ffffff")
    for step in range(_STEPS):
        ground = mixed(black, accent, step / _STEPS)
        if max(_on_button(black, ground), _on_button(white, ground)) >= READABLE:
            return ground
    return black


def on_highlight(palette: QPalette) -> QColor:
    """Give the text on a highlighted button: the palette's own if it can be read.

    Styles paint a button lighter than its colour, so both are looked at.
    """
    own = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
    ground = highlight(palette)
    return max(
        (own, QColor("#ffffff"), QColor("#000000")),
        key=lambda text: min(READABLE, _on_button(text, ground)),
    )


def _nearest(wanted: QColor, ground: QColor, text: QColor, least: float) -> QColor:
    for step in range(_STEPS):
        colour = mixed(text, wanted, step / _STEPS)
        if contrast(colour, ground) >= least:
            return colour
    return text


def _on_button(text: QColor, ground: QColor) -> float:
    return min(contrast(text, ground), contrast(text, ground.lighter(_GLOSS)))


def _luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        if channel <= _KNEE:
            return channel / 12.92
        return float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = (
        linear(channel) for channel in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
