"""A widget for each kind of setting; `value()` gives what is chosen in it."""

from datetime import time, timedelta
from typing import Any, Final, TypeAlias, assert_never

from PySide6.QtCore import QSize, Qt, QTime
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.alerts.kinds import KINDS
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language, mark
from trayapp.core.i18n.locales import LOCALES
from trayapp.core.settings import (
    AlertKind,
    Control,
    IconStyle,
    QuietHours,
    Setting,
)
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.icons import gauge_icon
from trayapp.ui.icons.taskbar import taskbar_ink
from trayapp.ui.widgets.fields import ComboBox, TimeField
from trayapp.ui.widgets.labels import TextLabel
from trayapp.ui.widgets.option import Option

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_PROPOSED_DURATION: Final = timedelta(hours=24)
_PROPOSED_QUIET_HOURS: Final = QuietHours(time(22), time(7))
_STYLES: Final = {
    IconStyle.COLOUR: mark("In colour"),
    # Translators: a style of the tray icon: in the colour of the panel's other icons.
    IconStyle.TASKBAR: mark("Like the panel's own icons"),
    IconStyle.LIGHT: mark("Light, for a dark panel"),
    IconStyle.DARK: mark("Dark, for a light panel"),
    # Translators: a style of the tray icon: a short number such as "350" or "1.2k".
    IconStyle.NUMBER: mark("The amount as a number"),
}
_EXAMPLE: Final = Gauge(Status.OK, 0.625, "350")
_PREVIEW: Final = 22


class SwitchField(Option):
    """A check box."""

    def __init__(self, setting: Setting, value: bool, language: Language) -> None:  # noqa: FBT001  # a setting's value
        translate = language.gettext
        super().__init__(
            translate(setting.label), on=value, advice=translate(setting.help)
        )

    def value(self) -> bool:
        """Say whether it is checked."""
        return self.on


class DurationField(ComboBox):
    """A list of the usual durations, and of the one that was chosen before."""

    def __init__(
        self, usual: tuple[timedelta, ...], value: timedelta, language: Language
    ) -> None:
        super().__init__()
        self._durations = sorted({*usual, value})
        self.addItems(
            [_duration_words(duration, language) for duration in self._durations]
        )
        self.setCurrentIndex(self._durations.index(value))

    def value(self) -> timedelta:
        """Give the chosen duration."""
        return self._durations[self.currentIndex()]


class OptionalDurationField(Option):
    """A check box, with a list of durations beside it."""

    def __init__(
        self, setting: Setting, value: timedelta | None, language: Language
    ) -> None:
        translate = language.gettext
        duration = value or _PROPOSED_DURATION
        self._duration = DurationField(setting.durations, duration, language)
        self._duration.setAccessibleName(translate("Time between two reminders"))
        super().__init__(
            translate(setting.label),
            on=value is not None,
            advice=translate(setting.help),
            parts=(self._duration,),
        )

    def value(self) -> timedelta | None:
        """Give the chosen duration; None if the box is not checked."""
        return self._duration.value() if self.on else None


class QuietHoursField(Option):
    """A check box, with a begin and an end beside it."""

    def __init__(
        self, setting: Setting, value: QuietHours | None, language: Language
    ) -> None:
        translate = language.gettext
        quiet = value or _PROPOSED_QUIET_HOURS
        self._start = _clock(quiet.start, translate("Quiet hours begin"))
        self._end = _clock(quiet.end, translate("Quiet hours end"))
        super().__init__(
            translate(setting.label),
            on=value is not None,
            advice=translate(setting.help),
            # Translators: between two times: from 22:00 to 07:00.
            parts=(self._start, TextLabel(translate("to")), self._end),
        )

    def value(self) -> QuietHours | None:
        """Give the quiet hours; None if the box is not checked."""
        if not self.on:
            return None
        return QuietHours(_time(self._start), _time(self._end))


class AlertKindsField(QWidget):
    """A check box for each kind of alert, in the order of `AlertKind`."""

    def __init__(self, value: frozenset[AlertKind], language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._options = {
            kind: Option(
                translate(KINDS[kind].option_label),
                on=kind in value,
                advice=translate(KINDS[kind].option_help),
            )
            for kind in AlertKind
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.fontMetrics().height() // 4)
        for option in self._options.values():
            layout.addWidget(option)

    def put_beside(self, kind: AlertKind, widget: QWidget) -> None:
        """Put a widget on the right of a kind's box, and after it in the tab order."""
        option = self._options[kind]
        option.add_part(widget)
        QWidget.setTabOrder(option.box, widget)

    def value(self) -> frozenset[AlertKind]:
        """Give the kinds whose boxes are checked."""
        return frozenset(kind for kind, option in self._options.items() if option.on)


class IconStyleField(ComboBox):
    """A list of the icon's styles, each with its picture."""

    def __init__(self, value: IconStyle, language: Language) -> None:
        super().__init__()
        self.setIconSize(QSize(_PREVIEW, _PREVIEW))
        ink = taskbar_ink()
        for style, name in _STYLES.items():
            picture = gauge_icon(_EXAMPLE, style, ink)
            self.addItem(picture, language.gettext(name), style.value)
        self.setCurrentIndex(self.findData(value.value))

    def value(self) -> IconStyle:
        """Give the chosen style."""
        return IconStyle(self.currentData())


class LanguageField(ComboBox):
    """A list of languages, each by its own name, as people can read their own."""

    def __init__(self, value: str, language: Language) -> None:
        super().__init__()
        # Translators: the language that the operating system is set to.
        self.addItem(language.gettext("The system's own"), "")
        for code, locale in LOCALES.items():
            self.addItem(locale.name, code)
        self.setCurrentIndex(max(self.findData(value), 0))

    def value(self) -> str:
        """Give the language's code; empty for the system's own."""
        return str(self.currentData())


SettingField: TypeAlias = (
    SwitchField
    | DurationField
    | OptionalDurationField
    | QuietHoursField
    | AlertKindsField
    | IconStyleField
    | LanguageField
)


def setting_field(  # noqa: PLR0911  # one for each control
    setting: Setting,
    value: Any,  # noqa: ANN401  # of the setting's own type
    language: Language,
) -> SettingField:
    """Make the widget for a setting."""
    match setting.control:
        case Control.SWITCH:
            return SwitchField(setting, value, language)
        case Control.DURATION:
            return DurationField(setting.durations, value, language)
        case Control.OPTIONAL_DURATION:
            return OptionalDurationField(setting, value, language)
        case Control.QUIET_HOURS:
            return QuietHoursField(setting, value, language)
        case Control.ALERT_KINDS:
            return AlertKindsField(value, language)
        case Control.ICON_STYLE:
            return IconStyleField(value, language)
        case Control.LANGUAGE:
            return LanguageField(value, language)
        case _:
            assert_never(setting.control)


def _duration_words(duration: timedelta, language: Language) -> str:
    days, rest = divmod(duration, _DAY)
    if not rest and days > 1:
        # Translators: a length of time, to be chosen.
        return language.ngettext("{n} day", "{n} days", days).format(n=days)
    hours, rest = divmod(duration, _HOUR)
    if not rest:
        return language.ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    minutes = round(duration / _MINUTE)
    return language.ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)


def _clock(shown: time, name: str) -> TimeField:
    """Make a field for a time of the day, written as everywhere in the program."""
    edit = TimeField(QTime(shown.hour, shown.minute))
    edit.setDisplayFormat("HH:mm")
    # A time runs from left to right in every language; Qt would turn it around.
    edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    edit.setAccessibleName(name)
    return edit


def _time(edit: TimeField) -> time:
    return time(edit.time().hour(), edit.time().minute())
