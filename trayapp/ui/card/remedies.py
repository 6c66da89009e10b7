"""The problem of an account, and the buttons of its remedies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language, mark
from trayapp.core.view.account_text import Problem
from trayapp.ui.card.density import Density
from trayapp.ui.intents import (
    CopyText,
    EnterKey,
    Intent,
    OpenWebsite,
    RefreshBalances,
    UnlockKeyring,
)
from trayapp.ui.widgets.buttons import PushButton, widen
from trayapp.ui.widgets.colours import calm
from trayapp.ui.widgets.labels import Tone, tone_colour, tone_of
from trayapp.ui.widgets.problem_view import ProblemView

_WIDE: Final = 8
"""The smallest width of a button, in lines of text."""
_BAR: Final = 3
"""The width of the bar at the edge, in points."""


@dataclass(frozen=True, slots=True)
class RemedyTarget:
    """A problem, and the account that has it."""

    problem: Problem
    account_id: str | None = None
    """None if several accounts share the problem."""
    website_url: str = ""
    """Empty if it is not known, or if several accounts share the problem."""


@dataclass(frozen=True, slots=True)
class RemedyButton:
    """A button of a remedy: its label, and what a press asks for."""

    label: str
    intent: Callable[[RemedyTarget], Intent | None]
    """None if the button can't help this target; it is then hidden."""
    pressed_label: str = ""
    """Shown from a press until something else changes; empty for no other label."""


def _enter_key(target: RemedyTarget) -> Intent | None:
    return EnterKey(target.account_id) if target.account_id is not None else None


def _check_again(target: RemedyTarget) -> Intent:
    account_id = target.account_id
    return RefreshBalances(None if account_id is None else (account_id,))


def _unlock(_: RemedyTarget) -> Intent:
    return UnlockKeyring()


def _copy_details(target: RemedyTarget) -> Intent:
    return CopyText(f"{target.problem.title}\n{target.problem.detail}")


def _open_website(target: RemedyTarget) -> Intent | None:
    return OpenWebsite(target.website_url) if target.website_url else None


_ENTER_KEY: Final = RemedyButton(mark("Enter key…"), _enter_key)
_REPLACE_KEY: Final = RemedyButton(mark("Enter new key…"), _enter_key)
_OPEN_WEBSITE: Final = RemedyButton(mark("Open panel"), _open_website)
_UNLOCK: Final = RemedyButton(mark("Unlock keyring…"), _unlock)
_CHECK_AGAIN: Final = RemedyButton(mark("Check again"), _check_again)
_COPY_DETAILS: Final = RemedyButton(
    mark("Copy details"), _copy_details, pressed_label=mark("Copied")
)
_ALL_BUTTONS: Final = (
    *(_ENTER_KEY, _REPLACE_KEY, _OPEN_WEBSITE, _UNLOCK),
    *(_CHECK_AGAIN, _COPY_DETAILS),
)
"""In focus order; a remedy shows some of them."""
REMEDY_BUTTONS: Final[Mapping[Remedy, tuple[RemedyButton, ...]]] = {
    Remedy.NONE: (),
    Remedy.RETRY: (_CHECK_AGAIN,),
    Remedy.ENTER_KEY: (_ENTER_KEY,),
    # The gateway may accept a rejected key later, when it allows the address.
    Remedy.REPLACE_KEY: (_REPLACE_KEY, _CHECK_AGAIN),
    Remedy.UNLOCK: (_UNLOCK,),
    Remedy.COPY_DETAILS: (_CHECK_AGAIN, _COPY_DETAILS),
    Remedy.OPEN_WEBSITE: (_OPEN_WEBSITE, _CHECK_AGAIN),
}


def is_for_one_account(problem: Problem) -> bool:
    """Return whether a button of the problem's remedy needs to know the account."""
    target = RemedyTarget(problem)
    buttons = REMEDY_BUTTONS[problem.remedy]
    return any(button.intent(target) is None for button in buttons)


class Remedies(QWidget):
    """Shows a `Problem` and its remedies; hidden without a problem.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language, account_id: str | None = None) -> None:
        """Serve one account, or all that share a problem for None."""
        super().__init__()
        self._account_id = account_id
        self._language = language
        self._target: RemedyTarget | None = None
        self._tone = Tone.PLAIN
        translate = language.gettext
        self._problem_view = ProblemView(
            tone=Tone.PLAIN, ground=QPalette.ColorRole.Base
        )
        self._buttons = {
            button: PushButton(translate(button.label)) for button in _ALL_BUTTONS
        }
        for push_button in self._buttons.values():
            push_button.clicked.connect(self._on_pressed)
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
        return (*self._buttons.values(), self._more)

    def set_density(self, density: Density) -> None:
        """In a compact card show the title alone, and the rest behind a button."""
        self._is_compact = density is Density.COMPACT
        self._more.setVisible(self._is_compact)
        self._on_more()
        self._show_row()

    def show_problem(
        self, problem: Problem | None, state: Status, website_url: str = ""
    ) -> None:
        """Show a problem, in the colour of the status that it causes."""
        self._target = (
            RemedyTarget(problem, self._account_id, website_url) if problem else None
        )
        self._tone = tone_of(state)
        self.update()
        self._problem_view.show_problem(problem)
        self._show_row()
        offered = self._offered()
        for button, push_button in self._buttons.items():
            push_button.setVisible(button in offered)
            push_button.setText(self._language.gettext(button.label))
        for push_button in self.buttons:
            widen(push_button, _WIDE)
        self.setVisible(problem is not None)

    def _offered(self) -> dict[RemedyButton, Intent]:
        """Return the buttons that help now, with what each asks for."""
        target = self._target
        if target is None:
            return {}
        return {
            button: intent
            for button in REMEDY_BUTTONS[target.problem.remedy]
            if (intent := button.intent(target)) is not None
        }

    def _show_row(self) -> None:
        self._row.setVisible(bool(self._offered()) or self._is_compact)

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
    def _on_pressed(self) -> None:
        for button, intent in self._offered().items():
            if self._buttons[button] is self.sender():
                self._press(button, intent)
                break

    def _press(self, button: RemedyButton, intent: Intent) -> None:
        self.intent.emit(intent)
        if button.pressed_label:
            label = self._language.gettext(button.pressed_label)
            self._buttons[button].setText(label)

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
