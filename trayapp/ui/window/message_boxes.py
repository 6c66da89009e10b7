"""The message boxes: why the program can't start, and the offer to restart it."""

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.program import PROGRAM
from trayapp.core.view.account_text import Problem
from trayapp.ui.widgets.buttons import remove_button_icons

_READ_MS: Final = 60_000
"""At login a person may be away, so the box closes by itself."""


class RestartOffer(QMessageBox):
    """Two buttons: `accepted` means to restart now; closing it means later."""

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        translate = language.gettext
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(PROGRAM)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(
            translate("Balance Tray speaks the language you chose after a restart.")
        )
        self.setInformativeText(
            translate(
                "It takes a few seconds. Everything is saved, and nothing is lost."
            )
        )
        roles = QMessageBox.ButtonRole
        now = self.addButton(translate("&Restart now"), roles.AcceptRole)
        # Translators: a button: the program is not restarted now.
        later = self.addButton(translate("&Later"), roles.RejectRole)
        self.setDefaultButton(now)
        self.setEscapeButton(later)


def show_start_error(problem: Problem, offer: str = "") -> bool:
    """Say why the program ends; return when the box is closed, or after a minute.

    `offer` is the label of a button that helps; return whether it was pressed.
    """
    box = QMessageBox()
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(PROGRAM)
    box.setText(problem.title)
    detail = f"({problem.detail})" if problem.detail else ""
    box.setInformativeText(
        " ".join(filter(None, (problem.reason, problem.advice, detail)))
    )
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Close if offer else buttons.Ok)
    helping = box.addButton(offer, QMessageBox.ButtonRole.AcceptRole) if offer else None
    remove_button_icons(box)
    QTimer.singleShot(_READ_MS, box.reject)
    box.exec()
    return helping is not None and box.clickedButton() is helping
