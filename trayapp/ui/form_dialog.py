"""A dialog whose form scrolls when the screen or the font leaves no room for it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.language import Language
from trayapp.ui.labels import Text, Tone

_WIDTH: Final = 36
"""How wide a form is at least, in lines of text."""


class FormDialog(QDialog):
    """Rows that scroll, and below them what is going on, OK and Cancel."""

    def __init__(self, language: Language, parent: QWidget | None) -> None:
        super().__init__(parent)
        em = self.fontMetrics().height()
        form = QWidget()
        self.rows = QVBoxLayout(form)
        """Where a dialog puts its rows."""
        self.rows.setContentsMargins(em, em, em, em // 2)
        self.rows.setSpacing(em // 2)
        self._body, self._revealed = form, form
        self._scroll = _Scroll(form, em * _WIDTH)
        self._scroll.changed.connect(self._make_room)
        self.status = Text(tone=Tone.MUTED)
        """Beside the buttons."""
        kinds = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.ok = box.button(kinds.Ok)
        self.ok.setText(language.gettext("OK"))
        box.button(kinds.Cancel).setText(language.gettext("Cancel"))
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        footer = QHBoxLayout()
        footer.setContentsMargins(em, em // 2, em, em)
        footer.addWidget(self.status, 1)
        footer.addWidget(box)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addLayout(footer)

    def reveal(self, part: QWidget) -> None:
        """Scroll to where `part` is seen, now and when the rows have settled."""
        self._revealed = part
        self._scroll.ensureWidgetVisible(part)

    @Slot()
    def _make_room(self) -> None:
        """Grow, as far as the screen goes, for words that came later."""
        view = self._scroll.viewport()
        more = self._body.heightForWidth(view.width()) - view.height()
        if more > 0 and self.isVisible():
            highest = self.screen().availableSize().height()
            self.resize(self.width(), min(self.height() + more, highest))
        if self._revealed is not self._body:
            self._scroll.ensureWidgetVisible(self._revealed)
            self._revealed = self._body

    def showEvent(self, event: QShowEvent) -> None:
        """Take the room that the rows need: Qt gives two thirds of a screen at most."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))
        super().showEvent(event)


class _Scroll(QScrollArea):
    """Asks for the room that its form needs, and scrolls if it gets less.

    Signals:
        changed(): rows came, went or grew.
    """

    changed = Signal()

    def __init__(self, form: QWidget, width: int) -> None:
        super().__init__()
        self._form, self._least = form, width
        self.setWidget(form)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """Give the form's own size, as its words wrap at this width."""
        width = max(self._least, self._form.minimumSizeHint().width())
        return QSize(width, self._form.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Leave enough to scroll in; never scroll sideways."""
        return QSize(self._form.minimumSizeHint().width(), self._least // 4)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear when the form lays itself out anew."""
        done = super().eventFilter(watched, event)
        if watched is self._form and event.type() == QEvent.Type.LayoutRequest:
            self.changed.emit()
        return done
