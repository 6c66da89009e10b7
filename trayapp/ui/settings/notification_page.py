"""What a person wants to be told of, and when."""

from datetime import time, timedelta
from typing import Final

from PySide6.QtCore import Qt, QTime, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.alerts.kinds import KINDS
from trayapp.core.i18n.language import Language
from trayapp.core.settings import AlertKind, QuietHours, Settings
from trayapp.core.view.account_text import Problem
from trayapp.ui.intents import SendTestNotification
from trayapp.ui.settings.duration_field import DurationField
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.fields import TimeField
from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.option import Option

_PATIENCE: Final = (
    *(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24)),
    *(timedelta(days=days) for days in (2, 7)),
)
_REMINDERS: Final = (
    *(timedelta(hours=hours) for hours in (4, 8, 12, 24)),
    *(timedelta(days=days) for days in (2, 7)),
)
_REMINDER: Final = timedelta(hours=24)
_NIGHT: Final = QuietHours(time(22), time(7))


class NotificationPage(QWidget):
    """Shows the part of `Settings` that is about notifications.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, settings: Settings, language: Language) -> None:
        super().__init__()
        translate = self._translate = language.gettext
        quiet = settings.quiet or _NIGHT
        self._patience = DurationField(_PATIENCE, settings.unreachable_after, language)
        self._patience.setAccessibleName(translate("Unreachable for longer than"))
        reminder = settings.reminder or _REMINDER
        self._reminder = DurationField(_REMINDERS, reminder, language)
        self._reminder.setAccessibleName(translate("Time between two reminders"))
        self._start = _clock(quiet.start, translate("Quiet hours begin"))
        self._end = _clock(quiet.end, translate("Quiet hours end"))
        self._kinds = self._make_kinds(settings.alert_kinds)
        self._quiet = Option(
            translate("&Quiet hours from"),
            on=settings.quiet is not None,
            advice=translate(
                "You are told of a used-up balance, a rejected key and unusual "
                "spending all the same; of the rest when they end."
            ),
            # Translators: between two times: from 22:00 to 07:00.
            parts=(self._start, TextLabel(translate("to")), self._end),
        )
        self._remind = Option(
            translate("Re&mind me while the balance is low, every"),
            on=settings.reminder is not None,
            advice=translate(
                "Otherwise you are told of a low balance once, until a top-up."
            ),
            parts=(self._reminder,),
        )
        self._test = PushButton(translate("&Test notification"))
        self._test.setAutoDefault(False)
        self._test.clicked.connect(self._on_test)
        advice = translate("Shows one now, the way the real ones come.")
        self._test.setAccessibleDescription(advice)
        self._sent = TextLabel(advice, tone=Tone.MUTED)
        self._was_sent = False
        self._unseen: Problem | None = None
        self._lay_out()

    def alert_kinds(self) -> frozenset[AlertKind]:
        """Give what is to be told."""
        return frozenset(kind for kind, option in self._kinds.items() if option.on)

    def unreachable_after(self) -> timedelta:
        """Give how long an account may be out of reach before that is told."""
        return self._patience.wait()

    def quiet(self) -> QuietHours | None:
        """Give the quiet hours, if there are any."""
        if not self._quiet.on:
            return None
        return QuietHours(_time(self._start), _time(self._end))

    def reminder(self) -> timedelta | None:
        """Give the time between two reminders, if there are to be any."""
        return self._reminder.wait() if self._remind.on else None

    def show_unseen(self, problem: Problem | None) -> None:
        """Know why a notification is seen by nobody, or that it is."""
        self._unseen = problem
        if self._was_sent:
            self._say_sent()

    def _say_sent(self) -> None:
        """Say what became of the test, as far as that can be known."""
        words = self._translate(
            "Sent. If you see nothing, look whether the desktop itself holds "
            "notifications back."
        )
        if (why := self._unseen) is not None:
            words = f"{why.title}. {why.reason} {why.advice}"
        self._sent.set_text(words)
        announce(self, words)

    def _make_kinds(self, chosen: frozenset[AlertKind]) -> dict[AlertKind, Option]:
        """Make an option for each kind, in the order of `AlertKind`."""
        beside: dict[AlertKind, tuple[QWidget, ...]] = {
            AlertKind.UNREACHABLE: (self._patience,)
        }
        return {
            kind: Option(
                self._translate(KINDS[kind].option_label),
                on=kind in chosen,
                advice=self._translate(KINDS[kind].option_help),
                parts=beside.get(kind, ()),
            )
            for kind in AlertKind
        }

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        beside = QHBoxLayout()
        beside.setSpacing(em // 2)
        beside.addWidget(self._test)
        beside.addWidget(self._sent, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em // 4)
        layout.addWidget(TextLabel(self._translate("Notify me about"), bold=True))
        for option in self._kinds.values():
            layout.addWidget(option)
        layout.addSpacing(em // 2)
        layout.addWidget(TextLabel(self._translate("When to notify me"), bold=True))
        layout.addWidget(self._quiet)
        layout.addWidget(self._remind)
        layout.addSpacing(em // 2)
        layout.addLayout(beside)
        layout.addStretch(1)

    @Slot()
    def _on_test(self) -> None:
        self._was_sent = True
        self._say_sent()
        self.intent.emit(SendTestNotification())


def _clock(shown: time, name: str) -> TimeField:
    """Make a field for a time of the day, written as everywhere in the program."""
    edit = TimeField(QTime(shown.hour, shown.minute))
    edit.setDisplayFormat("HH:mm")
    # Where words run the other way, a time does not; Qt would turn it around.
    edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    edit.setAccessibleName(name)
    return edit


def _time(edit: TimeField) -> time:
    return time(edit.time().hour(), edit.time().minute())
