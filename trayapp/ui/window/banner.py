"""The banners above the cards: messages about the program as a whole."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.intents import CopyDiagnostics
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.colours import hairline, tint
from trayapp.ui.widgets.labels import TextLabel


class Banners(QWidget):
    """Shows one banner for each topic; a dismissed one returns with another text only.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._banners: dict[str, _Banner] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    def show_banner(
        self, topic: str, text: str | None, *, is_fault: bool = False
    ) -> None:
        """Show `text` under `topic`; None removes the banner of that topic.

        `is_fault` adds a button that copies the diagnostics.
        """
        banner = self._banners.get(topic)
        if banner is not None and banner.text == text:
            return
        if banner is not None:
            del self._banners[topic]
            banner.hide()
            banner.deleteLater()
        if text is not None:
            self._banners[topic] = banner = _Banner(
                text, self._language, is_fault=is_fault
            )
            banner.intent.connect(self.intent)
            banner.dismissed.connect(self._on_dismissed)
            self._layout.addWidget(banner)
            banner.show()
            announce(self, text)
        self._on_dismissed()

    @Slot()
    def _on_dismissed(self) -> None:
        self.setVisible(any(not banner.isHidden() for banner in self._banners.values()))


class _Banner(QFrame):
    """One message with a button that dismisses it.

    Signals:
        dismissed(): a person has closed the banner.
        intent(Intent): what a person asks for.
    """

    dismissed = Signal()
    intent = Signal(object)

    def __init__(self, text: str, language: Language, *, is_fault: bool) -> None:
        super().__init__()
        self.text = text
        translate = language.gettext
        em = self.fontMetrics().height()
        # In a column: side by side the buttons would leave the words no room.
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(em // 4)
        if is_fault:
            report = self._add_button(translate("Copy diagnostics"))
            report.clicked.connect(partial(self.intent.emit, CopyDiagnostics()))
        self._add_button(translate("Dismiss")).clicked.connect(self._on_dismiss)
        self._buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(em * 3 // 4, em // 2, em * 3 // 4, em // 2)
        layout.setSpacing(em // 2)
        layout.addWidget(TextLabel(text), 1)
        layout.addLayout(self._buttons)

    def _add_button(self, words: str) -> PushButton:
        button = PushButton(words)
        button.setAccessibleDescription(self.text)
        self._buttons.addWidget(button)
        return button

    @Slot()
    def _on_dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a tinted background, and a line below it."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), tint(self.palette()))
        painter.setPen(hairline(self.palette()))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.end()
