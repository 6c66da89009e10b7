"""Labels show plain text in full, in readable colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from trayapp.ui.widgets.colours import (
    READABLE,
    contrast,
    muted,
    on_highlight,
    readable,
    tint,
    warning,
)
from trayapp.ui.widgets.labels import TextLabel, Tone, with_break_points

GROUNDS = (QPalette.ColorRole.Window, QPalette.ColorRole.Base)


def test_markup_stays_text(qtbot: QtBot) -> None:
    """An image tag loads nothing."""
    label = TextLabel("<img src=/etc/passwd>")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == "<img src=/etc/passwd>"


@given(st.text())
def test_breaks_change_no_word(text: str) -> None:
    """Only invisible break points are added, and only inside long words."""
    assert with_break_points(text).replace("\u200b", "") == text.replace("\u200b", "")
    if max(map(len, text.split()), default=0) <= 24:
        assert with_break_points(text) == text


def test_a_long_word_wraps(qtbot: QtBot) -> None:
    """Nothing is cut off at the right, and accents stay with their letters."""
    label = TextLabel("e\u0301" * 200)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 100
    assert "\u200b\u0301" not in label.text()
    assert label.accessibleName() == "e\u0301" * 200


def test_a_label_follows_the_palette_and_the_font_around(
    qtbot: QtBot, dark: QPalette
) -> None:
    """It follows a change while the window is open."""
    around = QWidget()
    qtbot.addWidget(around)
    label = TextLabel("quiet", tone=Tone.MUTED, scale=2, bold=True)
    QVBoxLayout(around).addWidget(label)
    assert label.font().pointSizeF() == 2 * around.font().pointSizeF()
    assert label.font().bold()
    around.setPalette(dark)
    ground = around.palette().window().color()
    assert contrast(label.palette().windowText().color(), ground) >= READABLE


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("is_dark", [False, True])
def test_tones_can_be_read(
    qtbot: QtBot, dark: QPalette, ground: QPalette.ColorRole, *, is_dark: bool
) -> None:
    """The contrast is at least 4.5:1, and differs from plain text."""
    del qtbot
    palette = dark if is_dark else QPalette()
    for colour in (muted(palette, ground), warning(palette, ground)):
        assert contrast(colour, palette.color(ground)) >= READABLE
        assert colour != palette.color(QPalette.ColorRole.WindowText)
    text = palette.color(QPalette.ColorRole.WindowText)
    assert contrast(text, tint(palette)) >= READABLE


@pytest.mark.parametrize("highlight", ["#3584e4", "#3daee9", "#102a60", "#ffd700"])
def test_a_button_that_stands_out_can_be_read(highlight: str) -> None:
    """Any accent colour works, even one meant for white text."""
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Highlight, QColor(highlight))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#ffffff"))
    assert contrast(on_highlight(palette), QColor(highlight)) >= READABLE


def test_black_on_white_is_the_strongest_contrast() -> None:
    """WCAG 2 defines the contrast from 1 to 21."""
    black, white = QColor("#000000"), QColor("#ffffff")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == pytest.approx(1)


def test_a_readable_colour_is_left_as_it_is() -> None:
    """Another one is mixed with the text colour as far as needed."""
    white, red = QColor("#ffffff"), QColor("#b91c1c")
    assert readable(red, white, QColor("#000000")).name() == red.name()
    pale = readable(QColor("#ffcccc"), white, QColor("#000000"))
    assert READABLE <= contrast(pale, white) < 6


def test_the_last_words_stay_together(qtbot: QtBot) -> None:
    """If they don't fit, all of them move to the second line."""
    label = TextLabel()
    qtbot.addWidget(label)
    label.set_text("Runs out today at this pace", end=3)
    assert label.text() == "Runs out today at\u00a0this\u00a0pace"
    assert label.accessibleName() == "Runs out today at this pace"
    label.set_text("Runs out", end=3)
    assert label.text() == "Runs\u00a0out"


def test_a_web_address_stays_on_one_line(qtbot: QtBot) -> None:
    """It isn't broken in a narrow label, and its accessible text is unchanged."""
    label = TextLabel("https://api.example.com")
    qtbot.addWidget(label)
    whole = label.fontMetrics().horizontalAdvance("https://api.example.com")
    assert label.minimumSizeHint().width() >= whole
    assert label.accessibleName() == "https://api.example.com"
