"""Labels of plain text that wrap: no markup, nothing is cut off."""

import re
import unicodedata
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QLabel

from trayapp.core.errors.status import Status
from trayapp.ui.widgets.colours import caution, muted, text_on, warning

_LONGEST_WORD: Final = 24
_BREAK_POINT: Final = "\u200b"
_WORD_JOINER: Final = "\u2060"
_NO_BREAK_SPACE: Final = "\u00a0"
_ADDRESS: Final = re.compile(r"://(?=\w)")
_LONG_WORD: Final = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_GRAVE: Final = {Status.EMPTY, Status.UNAUTHORIZED}
_CAUTIOUS: Final = {Status.SOON, Status.LOW, Status.REFUSED}
_LOOKS: Final = {
    QEvent.Type.FontChange,
    QEvent.Type.PaletteChange,
    QEvent.Type.ParentChange,
    QEvent.Type.StyleChange,
}


class Tone(Enum):
    """The importance of a text, which sets its colour."""

    PLAIN = auto()
    MUTED = auto()
    CAUTION = auto()
    WARNING = auto()


_TONE_COLOURS: Final = {
    Tone.PLAIN: text_on,
    Tone.MUTED: muted,
    Tone.CAUTION: caution,
    Tone.WARNING: warning,
}


def tone_of(status: Status) -> Tone:
    """Return the tone of a status: coloured only if a person has to act."""
    if status in _GRAVE:
        return Tone.WARNING
    return Tone.CAUTION if status in _CAUTIOUS else Tone.PLAIN


def tone_colour(tone: Tone, palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Return the text colour of a tone on `Base` or `Window`."""
    return _TONE_COLOURS[tone](palette, ground)


class TextLabel(QLabel):
    """Wrapped text on the palette role `ground`, `scale` times the parent's font size.

    Colour and font follow the parent's palette and font.
    """

    def __init__(
        self,
        text: str = "",
        *,
        tone: Tone = Tone.PLAIN,
        scale: float = 1.0,
        bold: bool = False,
        ground: QPalette.ColorRole = QPalette.ColorRole.Window,
    ) -> None:
        super().__init__()
        self._tone, self._ground = tone, ground
        self._scale, self._bold = scale, bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setForegroundRole(
            QPalette.ColorRole.WindowText
        )  # also on a parent with another role
        self.set_text(text)

    def set_text(self, text: str, *, end: int = 1) -> None:
        """Show `text`; an equal text changes nothing.

        The last `end` words stay on one line, so that none is alone on the last line.
        A web address stays on one line too; Qt would break it after its slashes.
        """
        shown = _NO_BREAK_SPACE.join(with_break_points(text).rsplit(" ", end - 1))
        shown = _ADDRESS.sub(rf"\g<0>{_WORD_JOINER}", shown)
        if shown != self.text():
            self.setText(shown)
            self.setAccessibleName(text)

    def set_tone(
        self, tone: Tone, scale: float | None = None, *, bold: bool | None = None
    ) -> None:
        """Change tone, size and weight; None keeps a value."""
        scale = self._scale if scale is None else scale
        bold = self._bold if bold is None else bold
        if (tone, scale, bold) != (self._tone, self._scale, self._bold):
            self._tone, self._scale, self._bold = tone, scale, bold
            self.refresh_style()

    def refresh_style(self) -> None:
        """Apply the parent's current palette and font."""
        parent = self.parentWidget()
        if parent is None:
            return
        font = QFont()  # unset values are inherited
        if self._scale != 1:
            font = scaled_font(font, parent.font(), self._scale)
        if self._bold:
            font.setBold(True)
        self.setFont(font)
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, self._colour(parent.palette()))
        self.setPalette(palette)

    def _colour(self, palette: QPalette) -> QColor:
        return tone_colour(self._tone, palette, self._ground)

    def changeEvent(self, event: QEvent) -> None:
        """Apply the parent's palette and font."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self.refresh_style()


def scaled_font(font: QFont, model: QFont, scale: float) -> QFont:
    """Return `font` in `scale` times the size of `model`, in points or pixels."""
    if model.pointSizeF() > 0:
        font.setPointSizeF(model.pointSizeF() * scale)
    else:
        font.setPixelSize(round(model.pixelSize() * scale))
    return font


def with_break_points(text: str) -> str:
    """Return the text with break points in words that are too long for a line."""
    return _LONG_WORD.sub(_with_breaks, text)


def _with_breaks(word: re.Match[str]) -> str:
    return "".join(
        character if unicodedata.combining(character) else _BREAK_POINT + character
        for character in word.group()
    ).removeprefix(_BREAK_POINT)
