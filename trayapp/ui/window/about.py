"""The About dialog: what this is, what it sends where, under which licences."""

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
from trayapp.ui.widgets.buttons import PushButton, plain
from trayapp.ui.widgets.labels import TextLabel, Tone


class AboutDialog(QDialog):
    """Says which version runs and what it does with what it knows.

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
        self._whole = whole = QVBoxLayout(self)
        whole.setContentsMargins(em, em, em, em)
        whole.setSpacing(em)
        whole.addLayout(top)
        whole.addStretch(1)
        whole.addWidget(self._copied)
        whole.addWidget(box)
        plain(self)
        self.resize(em * 28, 0)
        self._fit()

    def confirm(self, text: str) -> None:
        """Say that what a person asked for is done."""
        self._copied.say(text)
        self._fit()
        self._copy.setEnabled(True)
        announce(self, text)

    def _fit(self) -> None:
        """Be as high as the words need, and no lower than before."""
        self._whole.activate()
        needed = self.heightForWidth(self.width())
        self.resize(self.width(), max(self.height(), needed))
        self.setMinimumSize(self.size())

    @Slot()
    def _on_copy(self) -> None:
        self._copied.say("")
        self._copy.setEnabled(
            False
        )  # until it is done: a service may be slow to answer
        self.intent.emit(CopyDiagnostics())
