"""Labels of plain text: nothing in them is markup, nothing in them is cut off."""

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
_BREAK: Final = "\u200b"
_JOINER: Final = "\u2060"
_TIE: Final = "\u00a0"
_ADDRESS: Final = re.compile(r"://(?=\w)")
_LONG_WORD: Final = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_GRAVE: Final = {Status.EMPTY, Status.UNAUTHORIZED}
_UNSURE: Final = {Status.SOON, Status.LOW, Status.REFUSED}
_LOOKS: Final = {
    QEvent.Type.FontChange,
    QEvent.Type.PaletteChange,
    QEvent.Type.ParentChange,
    QEvent.Type.StyleChange,
}


class Tone(Enum):
    """How a label speaks."""

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


def tone_of(state: Status) -> Tone:
    """Give the tone of a state: loud only if it asks something of a person."""
    if state in _GRAVE:
        return Tone.WARNING
    return Tone.CAUTION if state in _UNSURE else Tone.PLAIN


def tone_colour(tone: Tone, palette: QPalette, ground: QPalette.ColorRole) -> QColor:
    """Give the colour of what is said in a tone, on `Base` or on `Window`."""
    return _TONE_COLOURS[tone](palette, ground)


class TextLabel(QLabel):
    """Words that wrap, on the ground `ground`, in the size `scale` of the font around.

    Its tone follows the palette and the font of the widget it stands in.
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
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # whatever is around
        self.set_text(text)

    def set_text(self, text: str, *, end: int = 1) -> None:
        """Show `text`; the same one again changes nothing.

        Its last `end` words stay on one line: one alone there would look lost. A web
        address does, too; Qt would break it after its slashes.
        """
        shown = _TIE.join(with_break_points(text).rsplit(" ", end - 1))
        shown = _ADDRESS.sub(rf"\g<0>{_JOINER}", shown)
        if shown != self.text():
            self.setText(shown)
            self.setAccessibleName(text)

    def set_tone(
        self, tone: Tone, scale: float | None = None, *, bold: bool | None = None
    ) -> None:
        """Change the tone, the size and the weight; the same ones change nothing."""
        scale = self._scale if scale is None else scale
        bold = self._bold if bold is None else bold
        if (tone, scale, bold) != (self._tone, self._scale, self._bold):
            self._tone, self._scale, self._bold = tone, scale, bold
            self.refresh_style()

    def refresh_style(self) -> None:
        """Take the palette and the font of what is around, as they are now."""
        around = self.parentWidget()
        if around is None:
            return
        font = QFont()  # what is not set here comes from the widget around
        if self._scale != 1:
            font = scaled_font(font, around.font(), self._scale)
        if self._bold:
            font.setBold(True)
        self.setFont(font)
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, self._colour(around.palette()))
        self.setPalette(palette)

    def _colour(self, palette: QPalette) -> QColor:
        return tone_colour(self._tone, palette, self._ground)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font of the widget around."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self.refresh_style()


def scaled_font(font: QFont, model: QFont, scale: float) -> QFont:
    """Give `font` the size of `model` times `scale`, in points or in pixels."""
    if model.pointSizeF() > 0:
        font.setPointSizeF(model.pointSizeF() * scale)
    else:
        font.setPixelSize(round(model.pixelSize() * scale))
    return font


def with_break_points(text: str) -> str:
    """Let words that are too long for a line break anywhere."""
    return _LONG_WORD.sub(_with_breaks, text)


def _with_breaks(word: re.Match[str]) -> str:
    return "".join(
        character if unicodedata.combining(character) else _BREAK + character
        for character in word.group()
    ).removeprefix(_BREAK)
