"""The problem of an account, and the buttons of its remedies."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Problem
from trayapp.ui.card.density import Density
from trayapp.ui.intents import CopyText, EnterKey, RefreshBalances, UnlockKeyring
from trayapp.ui.widgets.buttons import PushButton, widen
from trayapp.ui.widgets.colours import calm
from trayapp.ui.widgets.labels import Tone, tone_colour, tone_of
from trayapp.ui.widgets.problem_view import ProblemView

_WIDE: Final = 8
"""The smallest width of a button, in lines of text."""
_BAR: Final = 3
"""The width of the bar at the edge, in points."""
_RETRY_HELPS: Final = {Remedy.RETRY, Remedy.COPY_DETAILS}


class Remedies(QWidget):
    """Shows a `Problem` and its remedies; hidden without a problem.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language, account_id: str | None = None) -> None:
        """Serve one account, or all for None; a key is entered for one account only."""
        super().__init__()
        self._account_id = account_id
        self._language = language
        self._problem: Problem | None = None
        self._tone = Tone.PLAIN
        translate = language.gettext
        self._problem_view = ProblemView(
            tone=Tone.PLAIN, ground=QPalette.ColorRole.Base
        )
        self._enter_key = PushButton("")
        self._enter_key.clicked.connect(self._on_enter_key)
        self._unlock = PushButton(translate("Unlock keyring…"))
        self._unlock.clicked.connect(partial(self.intent.emit, UnlockKeyring()))
        self._check = PushButton(translate("Check again"))
        self._check.clicked.connect(self._on_check)
        self._copy = PushButton(translate("Copy details"))
        self._copy.clicked.connect(self._on_copy)
        # Translators: a button: why it happened and what helps, shown or not.
        self._more = PushButton(translate("Details"))
        self._more.setCheckable(True)
        self._more.toggled.connect(self._on_more)
        self._more.hide()
        self._is_compact = False
        self._row = QWidget()
        self._lay_out()

    @property
    def buttons(self) -> tuple[PushButton, ...]:
        """All buttons, in focus order."""
        return (self._enter_key, self._unlock, self._check, self._copy, self._more)

    def set_density(self, density: Density) -> None:
        """In a compact card show the title alone, and the rest behind a button."""
        self._is_compact = density is Density.COMPACT
        self._more.setVisible(self._is_compact)
        self._on_more()
        self._show_row()

    def show_problem(self, problem: Problem | None, state: Status) -> None:
        """Show a problem, in the colour of the status that it causes."""
        # The key may be right: the gateway also rejects unknown addresses.
        rejected = state is Status.UNAUTHORIZED
        translate = self._language.gettext
        self._problem, self._tone = problem, tone_of(state)
        self.update()
        self._problem_view.show_problem(problem)
        remedy = problem.remedy if problem is not None else Remedy.NONE
        self._show_row()
        self._unlock.setVisible(remedy is Remedy.UNLOCK)
        self._enter_key.setVisible(remedy is Remedy.ENTER_KEY)
        self._copy.setVisible(remedy is Remedy.COPY_DETAILS)
        self._copy.setText(translate("Copy details"))
        self._enter_key.setText(
            translate("Enter new key…") if rejected else translate("Enter key…")
        )
        for button in self.buttons:
            widen(button, _WIDE)
        # The gateway may accept a rejected key later, when it allows the address.
        self._check.setVisible(remedy in _RETRY_HELPS or rejected)
        self.setVisible(problem is not None)

    def _show_row(self) -> None:
        problem = self._problem
        helps = problem is not None and problem.remedy is not Remedy.NONE
        self._row.setVisible(helps or self._is_compact)

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, em // 8, 0, 0)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(em * 2 // 3, 0, 0, 0)
        column.setSpacing(em // 2)
        column.addWidget(self._problem_view)
        column.addWidget(self._row)

    @Slot()
    def _on_more(self) -> None:
        is_open = self._more.isChecked() or not self._is_compact
        self._problem_view.show_title_alone(on=not is_open)

    @Slot()
    def _on_enter_key(self) -> None:
        if self._account_id is not None:
            self.intent.emit(EnterKey(self._account_id))

    @Slot()
    def _on_check(self) -> None:
        account_id = self._account_id
        self.intent.emit(RefreshBalances(None if account_id is None else (account_id,)))

    @Slot()
    def _on_copy(self) -> None:
        if (problem := self._problem) is not None:
            self.intent.emit(CopyText(f"{problem.title}\n{problem.detail}"))
            self._copy.setText(self._language.gettext("Copied"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a bar at the leading edge, in the status's colour if it has one."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        base = QPalette.ColorRole.Base
        has_colour = self._tone is not Tone.PLAIN
        painter.setBrush(
            tone_colour(self._tone, self.palette(), base)
            if has_colour
            else calm(self.palette(), base)
        )
        right = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - _BAR if right else 0
        painter.drawRoundedRect(QRectF(left, 0, _BAR, self.height()), 1.5, 1.5)
        painter.end()
