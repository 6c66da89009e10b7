"""Texts that are visible together have different mnemonics."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QRadioButton,
    QSystemTrayIcon,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account, Service
from trayapp.core.errors import Failure, Unauthorized
from trayapp.core.errors.status import Status
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import Language, language_for
from trayapp.core.i18n.locales import LOCALES
from trayapp.core.settings import Settings
from trayapp.core.view.account_text import Card, problem
from trayapp.core.view.history import AccountHistory, history_page
from trayapp.services.files.catalogs import catalog
from trayapp.ui.card.card import AccountCard
from trayapp.ui.first_run.dialog import FirstRun
from trayapp.ui.history.window import HistoryWindow
from trayapp.ui.intents import StartKeyTest
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.tray.tray import Tray
from trayapp.ui.window.window import Window
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MAIN = Card(
    "m",
    "№ 1",
    "1",
    Status.OK,
    Status.OK,
    "",
    "",
    None,
    "https://x",
    is_refreshing=False,
)


@pytest.fixture(params=LOCALES)
def language(request: pytest.FixtureRequest) -> Language:
    """Set each language in turn."""
    code = str(request.param)
    return language_for(code, catalog(code))


def written(top: QWidget) -> Iterator[str]:
    """Return the texts of a window that can have a mnemonic."""
    for one in top.findChildren(QWidget):
        if not one.isVisibleTo(top):
            continue
        if isinstance(one, QAbstractButton) or (
            isinstance(one, QLabel) and one.buddy() is not None
        ):
            yield one.text()
        elif isinstance(one, QTabBar):
            yield from (one.tabText(tab) for tab in range(one.count()))


def together(menu: QMenu) -> Iterator[list[str]]:
    """Return the texts of a menu, then those of each submenu."""
    yield [action.text() for action in menu.actions()]
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from together(inner)


def clashes(texts: list[str]) -> list[str]:
    """Return the texts that share a mnemonic."""
    keys = {text: QKeySequence.mnemonic(text).toString() for text in texts}
    often = Counter(key for key in keys.values() if key)
    return [text for text, key in keys.items() if often[key] > 1]


def test_two_equal_letters_are_seen() -> None:
    """The case doesn't matter; a doubled & is no mnemonic."""
    texts = ["&Open", "Cl&ose", "R&&D", "R&&B", "&Quit", ""]
    assert clashes(texts) == ["&Open", "Cl&ose"]


def test_the_trays_menu_has_no_clash(language: Language, qtbot: QtBot) -> None:
    """The menu and its submenus are checked with all entries."""
    del qtbot  # there is an application
    tray = Tray(language)
    icon = tray.findChild(QSystemTrayIcon)
    assert isinstance(icon, QSystemTrayIcon)
    menus = list(together(icon.contextMenu()))
    assert len(menus) == 3
    # One or several accounts to top up: never both entries at once.
    several = language.gettext("&Top up")
    menus = [[text for text in menu if text != several] for menu in menus]
    assert [clashes(menu) for menu in menus] == [[], [], []]


def test_a_window_has_no_clash(language: Language, qtbot: QtBot) -> None:
    """It is checked with and without accounts, with the menu of a card."""
    window = Window(language)
    qtbot.addWidget(window)
    window.show_banner("x", "x", is_fault=True)
    assert clashes(list(written(window))) == []
    window.show_cards((MAIN,))
    assert clashes(list(written(window))) == []
    card = window.findChildren(AccountCard)[0]
    menus = [menu for menu in card.findChildren(QMenu) if menu.actions()]
    assert [clashes(texts) for menu in menus for texts in together(menu)] == [[]]


def test_the_settings_have_no_clash(language: Language, qtbot: QtBot) -> None:
    """Each page is checked together with the names of the tabs."""
    dialog = SettingsDialog(
        (Account("a", "№ 1"),), Settings(), language, new_id=lambda: "x"
    )
    qtbot.addWidget(dialog)
    for tab in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(tab)
        assert clashes(list(written(dialog))) == []


def test_the_first_run_has_no_clash(language: Language, qtbot: QtBot) -> None:
    """Each step is checked with everything in it."""
    wizard = FirstRun(language, new_id=lambda: "x")
    qtbot.addWidget(wizard)
    (next_,) = (one for one in wizard.findChildren(QPushButton) if one.isDefault())
    key_tests = collected(wizard.intent, StartKeyTest)
    assert clashes(list(written(wizard))) == []
    next_.click()
    assert clashes(list(written(wizard))) == []
    for line in wizard.findChildren(QLineEdit):
        if line.isVisibleTo(wizard) and not line.text():
            line.setText("12345678")
    next_.click()
    refused = problem(Failure(Unauthorized), language, is_first=True)
    wizard.show_key_test(key_tests[0].key_test, refused)
    assert clashes(list(written(wizard))) == []
    next_.click()
    assert clashes(list(written(wizard))) == []
    wizard.findChildren(QRadioButton)[-1].setChecked(True)
    for button in wizard.findChildren(QPushButton):
        if button.text() == language.gettext("&Back"):
            button.click()
            button.click()
    assert clashes(list(written(wizard))) == []


@pytest.mark.parametrize("service", Service)
def test_an_account_has_no_clash(
    language: Language, service: Service, qtbot: QtBot
) -> None:
    """The dialog is checked for each service."""
    subject = EditedAccount(Account("a", "№ 1", service), is_new=True)
    dialog = AccountDialog(subject, language)
    qtbot.addWidget(dialog)
    assert clashes(list(written(dialog))) == []


def test_a_history_has_no_clash(language: Language, qtbot: QtBot) -> None:
    """Buttons and names of tables are checked."""
    past = AccountHistory(Account("a", "№ 1"), (), (), Settings().interval)
    said = Forecast(Verdict.NOT_ENOUGH)
    window = HistoryWindow(history_page(past, said, NOW, language), language)
    qtbot.addWidget(window)
    assert clashes(list(written(window))) == []
