"""Text has a contrast of 4.5:1, and a mark with a meaning one of 3:1 (WCAG 2)."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account, Service
from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import Settings
from trayapp.core.view.account_text import Card, CardDetails, Problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.chart.layout import ChartColours
from trayapp.ui.icons.picture import ScaledPicture
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.colours import READABLE, contrast, focus_ring, text_on, tint
from trayapp.ui.widgets.dark_palette import dark_palette
from trayapp.ui.widgets.labels import TextLabel
from trayapp.ui.window.about import AboutDialog
from trayapp.ui.window.notification_log import NotificationLogDialog
from trayapp.ui.window.window import Window

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

VISIBLE = 3.0
ROLES, GROUPS = QPalette.ColorRole, QPalette.ColorGroup
TROUBLE = Problem("Rejected", "Because.", "Do this.", Remedy.ENTER_KEY, "401")


def accented(palette: QPalette, accent: str, text: str) -> QPalette:
    """Return a palette with another accent colour."""
    palette.setColor(ROLES.Highlight, QColor(accent))
    palette.setColor(ROLES.HighlightedText, QColor(text))
    return palette


PALETTES: dict[str, Callable[[], QPalette]] = {
    "light": QPalette,
    "dark": dark_palette,
    "light, pale accent": lambda: accented(QPalette(), "#fff3c4", "#ffffff"),
    "light, green accent": lambda: accented(QPalette(), "#26a269", "#ffffff"),
    "dark, dark accent": lambda: accented(dark_palette(), "#241f31", "#ffffff"),
    "dark, orange accent": lambda: accented(dark_palette(), "#e66100", "#ffffff"),
}


@pytest.fixture(params=PALETTES)
def palette(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[QPalette]:
    """Set each palette in turn: light, dark, and with hardly visible accents."""
    palette = PALETTES[request.param]()
    qapp.setPalette(palette)
    yield palette
    qapp.setPalette(QPalette())


def card(state: Status) -> Card:
    """Return a card with all facts, in one status."""
    failed = state not in {Status.OK, Status.LOW, Status.EMPTY, Status.UNKNOWN}
    return Card(
        account_id=state.name,
        name=f"Account {state.name}",
        amount="—" if state is Status.UNKNOWN else "€350.12",
        balance_status=Status.LOW if failed else state,
        status=state,
        status_words=f"It is {state.name}",
        age="Just now",
        problem=TROUBLE if failed else None,
        website_url="https://panel.example",
        is_refreshing=True,
        details=CardDetails(
            run_out="Runs out today at this pace",
            messages="about 12 messages",
            pending_payment="Paid on Monday",
        ),
    )


STATES = [one for one in Status if one is not Status.NOT_SET_UP]


@pytest.fixture
def windows(palette: QPalette, qtbot: QtBot) -> list[QWidget]:
    """Return every window and dialog, shown with everything in it."""
    del palette  # it is the application's
    window, empty = Window(ENGLISH), Window(ENGLISH)
    window.show_banner("x", "No tray.", is_fault=True)
    window.show_cards(tuple(card(state) for state in STATES))
    window.show_totals("€412.40")
    settings = SettingsDialog(
        (Account("a", "A"),), Settings(), ENGLISH, new_id=lambda: "x"
    )
    settings.save_failed(TROUBLE)
    account = AccountDialog(
        EditedAccount(Account("a", "A", service=Service.CUSTOM), is_new=False), ENGLISH
    )
    account.accept()
    why = NotificationLogDialog(ENGLISH)
    why.show_rows(())
    shown = [window, empty, settings, account, why, AboutDialog("1", ENGLISH)]
    for one in shown:
        qtbot.addWidget(one)
        one.show()
    for tab in range(settings.tabs.count()):
        settings.tabs.setCurrentIndex(tab)
    return shown


def ground_of(widget: QWidget) -> QColor:
    """Return the background colour of a widget."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, (AccountCard, QAbstractItemView)):
            return around.palette().color(ROLES.Base)
        if type(around).__name__ == "_Banner":
            return tint(around.palette())
        around = around.parentWidget()
    return widget.palette().color(ROLES.Window)


def test_all_words_can_be_read(windows: list[QWidget]) -> None:
    """Every label of every window is readable, in disabled windows too."""
    looked_at = 0
    for window in windows:
        for label in window.findChildren(TextLabel):
            if not label.text():
                continue
            for group in (GROUPS.Active, GROUPS.Inactive, GROUPS.Disabled):
                ink = label.palette().color(group, ROLES.WindowText)
                assert contrast(ink, ground_of(label)) >= READABLE, label.text()
                looked_at += 1
    assert looked_at > 300


def test_every_button_can_be_read(windows: list[QWidget]) -> None:
    """Emphasized buttons are readable too, with any accent colour."""
    stand_out = 0
    for window in windows:
        for button in window.findChildren(PushButton):
            for group in (GROUPS.Active, GROUPS.Inactive):
                colours = button.palette()
                ink = colours.color(group, ROLES.ButtonText)
                assert contrast(ink, colours.color(group, ROLES.Button)) >= READABLE
            stand_out += button.is_emphasized
    assert stand_out >= 3


def test_what_is_typed_and_the_hint_can_be_read(windows: list[QWidget]) -> None:
    """A placeholder has a meaning, such as that a key is stored."""
    hints = 0
    for window in windows:
        for line in window.findChildren(QLineEdit):
            base = line.palette().color(GROUPS.Active, ROLES.Base)
            ink = line.palette().color(GROUPS.Active, ROLES.Text)
            assert contrast(ink, base) >= READABLE
            if line.placeholderText():
                hint = line.palette().color(ROLES.PlaceholderText)
                assert hint.alpha() == 255
                assert contrast(hint, base) >= READABLE
                hints += 1
    assert hints >= 2


def test_a_hint_follows_the_palette(qtbot: QtBot) -> None:
    """A new palette applies to a shown field too."""
    window = Window(ENGLISH)
    qtbot.addWidget(window)
    (line,) = window.findChildren(QLineEdit)
    before = line.palette().color(ROLES.PlaceholderText)
    window.setPalette(dark_palette())
    after = line.palette().color(ROLES.PlaceholderText)
    assert after.lightness() > before.lightness()
    assert contrast(after, line.palette().color(ROLES.Base)) >= READABLE


def test_the_charts_colours_are_seen(palette: QPalette) -> None:
    """Its text, line, marks and threshold have enough contrast."""
    looks = ChartColours.of(palette)
    for words in (looks.text, looks.muted, looks.warning, looks.gain):
        assert contrast(words, looks.base) >= READABLE
    assert contrast(looks.accent, looks.base) >= VISIBLE
    # What is chosen among the ranges: a frame around it, and words on a tint.
    assert contrast(text_on(palette, ROLES.Window), tint(palette)) >= READABLE


def test_the_ring_around_what_has_the_focus_is_seen(palette: QPalette) -> None:
    """It has enough contrast on the window and on a card."""
    for ground in (ROLES.Window, ROLES.Base):
        ring = focus_ring(palette, ground)
        assert contrast(ring, palette.color(ground)) >= VISIBLE


def test_a_state_has_a_mark_that_is_seen_and_words_of_its_own(
    windows: list[QWidget],
) -> None:
    """Colour alone never distinguishes a status."""
    names = set()
    for one in windows[0].findChildren(AccountCard):
        labels = [text.text() for text in one.findChildren(TextLabel) if text.text()]
        assert any(f"It is {one.account_id}" in text for text in labels), labels
        names.add(one.accessibleName())
        (picture,) = one.findChildren(ScaledPicture)
        base = one.palette().color(ROLES.Base)
        assert contrast(strongest(picture.grab().toImage(), base), base) >= VISIBLE
    assert len(names) == len(STATES)


def strongest(image: QImage, ground: QColor) -> QColor:
    """Return the colour of a picture with the greatest contrast to its background."""
    pixels = {
        image.pixel(x, y) for x in range(image.width()) for y in range(image.height())
    }
    return max(map(QColor, pixels), key=lambda pixel: contrast(pixel, ground))
