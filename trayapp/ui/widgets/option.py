"""A check box with fields beside it and a help text below."""

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
    """A check box; its fields are disabled while it is not checked."""

    def __init__(
        self, text: str, *, on: bool, advice: str = "", parts: tuple[QWidget, ...] = ()
    ) -> None:
        super().__init__()
        self.box = CheckBox(text)
        self.box.setChecked(on)
        self.box.setAccessibleName(text.replace("&", "").rstrip(":").rstrip())
        self.box.setAccessibleDescription(advice)
        self._row = QHBoxLayout()
        self._row.setSpacing(self.fontMetrics().height() // 2)
        self._row.addWidget(self.box)
        self._row.addStretch(1)
        for part in parts:
            self.add_part(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._row)
        self._advice = TextLabel(advice, tone=Tone.MUTED)
        self._advice.setContentsMargins(self._indent(), 0, 0, 0)
        self._advice.setAlignment(Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._advice)
        self._advice.setVisible(bool(advice))

    @property
    def on(self) -> bool:
        """Whether the box is checked."""
        return self.box.isChecked()

    def add_part(self, part: QWidget) -> None:
        """Put a widget beside the box; it is enabled while the box is checked."""
        advice = self.box.accessibleDescription()
        if not isinstance(part, TextLabel):
            part.setAccessibleDescription(advice)
        if isinstance(part, QComboBox):
            # Screen readers read the chosen item as its name.
            name = f"{part.accessibleName()}. {advice}"
            part.setAccessibleDescription(name.strip())
        part.setEnabled(self.on)
        self.box.toggled.connect(part.setEnabled)
        self._row.insertWidget(self._row.count() - 1, part)

    def advise(self, advice: str) -> None:
        """Change the help text."""
        self.box.setAccessibleDescription(advice)
        self._advice.set_text(advice)

    def _indent(self) -> int:
        """Return where the text of the check box begins, in points."""
        option = QStyleOptionButton()
        option.initFrom(self.box)
        words = QStyle.SubElement.SE_CheckBoxContents
        return self.box.style().subElementRect(words, option, self.box).left()
