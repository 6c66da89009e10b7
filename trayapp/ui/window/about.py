"""The about dialog: the version, the data the program sends, and the licences."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.i18n.language import Language
from trayapp.core.program import PROGRAM
from trayapp.ui.icons.icons import app_icon, app_pixmap
from trayapp.ui.icons.picture import ScaledPicture
from trayapp.ui.intents import CopyDiagnostics
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton, remove_button_icons
from trayapp.ui.widgets.labels import TextLabel, Tone


class AboutDialog(QDialog):
    """Shows the version, how the program handles data, and the licences.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(
        self, version: str, language: Language, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        translate = language.gettext
        em = self.fontMetrics().height()
        self.setWindowTitle(translate("About Balance Tray"))
        self.setWindowIcon(app_icon())
        words = QVBoxLayout()
        words.setSpacing(em // 2)
        words.addWidget(TextLabel(PROGRAM, bold=True, scale=1.6))
        words.addWidget(
            TextLabel(
                translate("Version {version}").format(version=version), tone=Tone.MUTED
            )
        )
        for text in (
            translate(
                "Shows how much credit is left on SMS-gateway accounts, and tells you "
                "in time to top up."
            ),
            translate(
                "It speaks to one address for each account: the gateway's, to ask for "
                "the balance with the account's API key. It sends nothing to "
                "anybody else: no telemetry, no crash reports."
            ),
            translate(
                "API keys are kept in the system's keyring; settings and balances stay "
                "on this computer."
            ),
            translate(
                "Free software under the MIT licence. It uses Qt through Qt for Python "
                "(PySide6) under the GNU LGPL, version 3; you may replace these "
                "libraries with your own."
            ),
        ):
            words.addWidget(TextLabel(text))
        top = QHBoxLayout()
        top.setSpacing(em)
        top.addWidget(ScaledPicture(app_pixmap, 4), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.button(QDialogButtonBox.StandardButton.Close).setText(translate("Close"))
        box.rejected.connect(self.reject)
        self._copy = PushButton(translate("Copy diagnostics"))
        self._copy.clicked.connect(self._on_copy)
        box.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        self._copied = TextLabel("", tone=Tone.MUTED)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(em, em, em, em)
        layout.setSpacing(em)
        layout.addLayout(top)
        layout.addStretch(1)
        layout.addWidget(self._copied)
        layout.addWidget(box)
        remove_button_icons(self)
        self.resize(em * 28, 0)
        self._fit()

    def confirm(self, text: str) -> None:
        """Confirm that the diagnostics are copied, and enable the button again."""
        self._copied.set_text(text)
        self._fit()
        self._copy.setEnabled(True)
        announce(self, text)

    def _fit(self) -> None:
        """Grow to the height that the words need; never shrink."""
        self._layout.activate()
        needed = self.heightForWidth(self.width())
        self.resize(self.width(), max(self.height(), needed))
        self.setMinimumSize(self.size())

    @Slot()
    def _on_copy(self) -> None:
        self._copied.set_text("")
        self._copy.setEnabled(False)  # until `confirm`: collecting may take seconds
        self.intent.emit(CopyDiagnostics())
