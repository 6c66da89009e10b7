"""A text field shows its whole placeholder, in every language."""

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account
from trayapp.core.i18n.language import language_for
from trayapp.core.i18n.locales import LOCALES
from trayapp.core.secret import Secret
from trayapp.services.files.catalogs import catalog
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.widgets.key_field import KeyField
from trayapp.ui.widgets.line_edit import LineEdit
from trayapp.ui.window.window import Window
from widgets.layout import faults

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

KEY = Secret.parse("399d2b438a53ebed3db8a7d52107f846")


def test_a_line_grows_with_its_hint(qtbot: QtBot) -> None:
    """It keeps that width in a layout without spare room."""
    line = LineEdit()
    qtbot.addWidget(line)
    line.setPlaceholderText("All of this is to be read, and not only its beginning")
    line.show()
    line.resize(line.minimumSizeHint())
    assert faults(line) == []
    line.resize(line.width() - 8, line.height())
    assert faults(line) != []


@pytest.mark.parametrize("code", LOCALES)
def test_the_hint_of_a_key_is_never_cut(code: str, qtbot: QtBot) -> None:
    """Each of the three placeholders fits."""
    language = language_for(code, catalog(code))
    stored = AccountDialog(EditedAccount(Account("a", "A"), is_new=False), language)
    typed = AccountDialog(
        EditedAccount(Account("a", "A"), is_new=False, pending=KEY), language
    )
    before = KeyField(language, is_stored=False, pending=KEY)
    before.stash()
    window = Window(language)
    hints = set()
    for one in (stored, typed, before, window):
        qtbot.addWidget(one)
        one.show()
        one.resize(one.minimumSizeHint())
        assert [fault for fault in faults(one) if "QLineEdit" in fault] == []
        hints |= {line.placeholderText() for line in one.findChildren(QLineEdit)}
    assert len(hints - {""}) == 4


def test_a_line_without_a_hint_is_as_narrow_as_any(qtbot: QtBot) -> None:
    """It has the width of Qt's field."""
    line, plain = LineEdit(), QLineEdit()
    for one in (line, plain):
        qtbot.addWidget(one)
    assert line.minimumSizeHint() == plain.minimumSizeHint()
