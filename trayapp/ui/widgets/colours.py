"""Colours that stay readable on any palette, light or dark."""

from typing import Final

from PySide6.QtGui import QColor, QPalette

READABLE: Final = 4.5
"""The contrast that text needs (WCAG 2, level AA)."""
VISIBLE: Final = 3.0
"""The contrast that a line or a mark needs (WCAG 2)."""
_EDGE: Final = 3.2
"""The contrast of an edge: a little more, as styles round their colours."""
_STEPS: Final = 20
_MUTED: Final = 0.62
_CALM: Final = 0.4
_WARNING: Final = QColor("#b91c1c")
_CAUTION: Final = QColor("#b45309")
_HAIRLINE: Final = 0.18
_TINT: Final = 0.12
_GLOSS: Final = 120
_KNEE: Final = 0.04045


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def mixed(front: QColor, back: QColor, share: float) -> QColor:
    """Mix two colours; `share` is the part of `front`, from 0 to 1."""

    def channel(of_front: float, of_back: float) -> float:
        return of_front * share + of_back * (1 - share)

    return QColor.fromRgbF(
        channel(front.redF(), back.redF()),
        channel(front.greenF(), back.greenF()),
        channel(front.blueF(), back.blueF()),
    )


def readable(wanted: QColor, ground: QColor, text: QColor) -> QColor:
    """Return the readable colour nearest to `wanted`, by mixing in `text`."""
    return _nearest(wanted, ground, text, READABLE)


def visible_on(wanted: QColor, ground: QColor, text: QColor) -> QColor:
    """Return the colour nearest to `wanted` in which a line is visible."""
    return _nearest(wanted, ground, text, VISIBLE)


def text_on(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Return the colour of normal text on `Base` or `Window`."""
    on_base = ground is QPalette.ColorRole.Base
    role = QPalette.ColorRole.Text if on_base else QPalette.ColorRole.WindowText
    return palette.color(role)


def muted(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Return the colour of muted text on `Base` or `Window`."""
    text = text_on(palette, ground)
    back = palette.color(ground)
    return readable(mixed(text, back, _MUTED), back, text)


def calm(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Return the colour of a mark for a status without a problem."""
    text, back = text_on(palette, ground), palette.color(ground)
    return visible_on(mixed(text, back, _CALM), back, text)


def warning(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Return the colour of a problem on `Base` or `Window`."""
    return readable(_WARNING, palette.color(ground), text_on(palette, ground))


def caution(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Return the colour of a possible problem on `Base` or `Window`."""
    return readable(_CAUTION, palette.color(ground), text_on(palette, ground))


def hairline(palette: QPalette) -> QColor:
    """Return the colour of separators and frames."""
    return mixed(
        palette.color(QPalette.ColorRole.WindowText),
        palette.color(QPalette.ColorRole.Window),
        _HAIRLINE,
    )


def edge(palette: QPalette) -> QColor:
    """Return the colour of a field's frame, visible on `Base` and `Window`."""
    text = text_on(palette, QPalette.ColorRole.Window)
    window = palette.color(QPalette.ColorRole.Window)
    colour = mixed(text, window, _CALM)
    for ground in (palette.color(QPalette.ColorRole.Base), window):
        colour = _nearest(colour, ground, text, _EDGE)
    return colour


def tint(palette: QPalette) -> QColor:
    """Return the background of a banner: the window colour with a little accent."""
    return mixed(
        palette.color(QPalette.ColorRole.Highlight),
        palette.color(QPalette.ColorRole.Window),
        _TINT,
    )


def focus_ring(palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Return the colour of the focus ring."""
    accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
    return readable(accent, palette.color(ground), text_on(palette, ground))


def highlight(palette: QPalette) -> QColor:
    """Return the background of an emphasized button: the accent, darkened if needed.

    On some accents of medium brightness neither black nor white is readable.
    """
    accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
    black, white = QColor("#000000"), QColor("#ffffff")
    for step in range(_STEPS):
        ground = mixed(black, accent, step / _STEPS)
        if max(_on_button(black, ground), _on_button(white, ground)) >= READABLE:
            return ground
    return black


def on_highlight(palette: QPalette) -> QColor:
    """Return the text colour of an emphasized button: the palette's own if readable.

    Styles paint a button lighter than its colour, so the text is checked on both.
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
