"""A box to tick, with what belongs to it and a sentence of help."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from trayapp.ui.widgets.check_box import CheckBox
from trayapp.ui.widgets.labels import TextLabel, Tone


class Option(QWidget):
    """A box to tick; its parts rest while it isn't ticked."""

    def __init__(
        self, text: str, *, on: bool, advice: str = "", parts: tuple[QWidget, ...] = ()
    ) -> None:
        super().__init__()
        self.box = CheckBox(text)
        self.box.setChecked(on)
        self.box.setAccessibleName(text.replace("&", "").rstrip(":").rstrip())
        self.box.setAccessibleDescription(advice)
        row = QHBoxLayout()
        row.setSpacing(self.fontMetrics().height() // 2)
        row.addWidget(self.box)
        for part in parts:
            if not isinstance(part, TextLabel):
                part.setAccessibleDescription(advice)
            if isinstance(part, QComboBox):  # readers call it by what is chosen
                name = f"{part.accessibleName()}. {advice}"
                part.setAccessibleDescription(name.strip())
            part.setEnabled(on)
            self.box.toggled.connect(part.setEnabled)
            row.addWidget(part)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        self._advice = TextLabel(advice, tone=Tone.MUTED)
        self._advice.setContentsMargins(self._indent(), 0, 0, 0)
        self._advice.setAlignment(Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._advice)
        self._advice.setVisible(bool(advice))

    @property
    def on(self) -> bool:
        """Whether it is ticked."""
        return self.box.isChecked()

    def advise(self, advice: str) -> None:
        """Change the sentence of help."""
        self.box.setAccessibleDescription(advice)
        self._advice.set_text(advice)

    def _indent(self) -> int:
        """Give where the box's own words begin."""
        option = QStyleOptionButton()
        option.initFrom(self.box)
        words = QStyle.SubElement.SE_CheckBoxContents
        return self.box.style().subElementRect(words, option, self.box).left()
