"""The standard buttons of a dialog look like all other buttons."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import Settings
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.window.about import AboutDialog
from trayapp.ui.window.notification_log import NotificationLogDialog

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

DIALOGS: dict[str, Callable[[], QDialog]] = {
    "about": lambda: AboutDialog("1", ENGLISH),
    "account": lambda: AccountDialog(
        EditedAccount(Account("a", "A"), is_new=False), ENGLISH
    ),
    "settings": lambda: SettingsDialog(
        (Account("a", "A"),), Settings(), ENGLISH, new_id=lambda: "x"
    ),
    "why": lambda: NotificationLogDialog(ENGLISH),
}


class Pictured(QProxyStyle):
    """A style with icons on standard buttons, such as that of Xfce."""

    def styleHint(  # noqa: N802  # Qt's name
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        """Enable icons on buttons."""
        if hint is QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 1
        return super().styleHint(hint, option, widget, returned)


@pytest.mark.parametrize("name", DIALOGS)
def test_answers_have_no_pictures(qapp: QApplication, qtbot: QtBot, name: str) -> None:
    """They have none, even on a desktop that adds them."""
    before = qapp.style().name()
    qapp.setStyle(Pictured("fusion"))
    usual = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    assert not usual.buttons()[0].icon().isNull()
    dialog = DIALOGS[name]()
    qtbot.addWidget(dialog)
    (box,) = dialog.findChildren(QDialogButtonBox)
    assert all(button.icon().isNull() for button in box.buttons())
    qapp.setStyle(before)
