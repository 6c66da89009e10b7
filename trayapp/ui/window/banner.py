"""Strips above the cards that tell something about the program as a whole."""

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
    """Shows one strip a topic; one that was dismissed stays away until it is news.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._strips: dict[str, _Strip] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    def show_banner(
        self, topic: str, text: str | None, *, is_fault: bool = False
    ) -> None:
        """Tell `text`, or take back what was told under `topic`.

        With a fault of the program's own a person can copy what helps to mend it.
        """
        strip = self._strips.get(topic)
        if strip is not None and strip.text == text:
            return
        if strip is not None:
            del self._strips[topic]
            strip.hide()
            strip.deleteLater()
        if text is not None:
            self._strips[topic] = strip = _Strip(
                text, self._language, is_fault=is_fault
            )
            strip.intent.connect(self.intent)
            strip.dismissed.connect(self._on_dismissed)
            self._layout.addWidget(strip)
            strip.show()
            announce(self, text)
        self._on_dismissed()

    @Slot()
    def _on_dismissed(self) -> None:
        self.setVisible(any(not strip.isHidden() for strip in self._strips.values()))


class _Strip(QFrame):
    """One message with a button that takes it away.

    Signals:
        dismissed(): a person has read it.
        intent(Intent): what a person asks for.
    """

    dismissed = Signal()
    intent = Signal(object)

    def __init__(self, text: str, language: Language, *, is_fault: bool) -> None:
        super().__init__()
        self.text = text
        translate = language.gettext
        em = self.fontMetrics().height()
        # One above the other: side by side they would leave the words no room.
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
        """Paint a ground that stands out a little, and a line under it."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), tint(self.palette()))
        painter.setPen(hairline(self.palette()))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.end()
