"""The program's settings: bounds, defaults, and one description of each.

A new setting is an attribute of `Settings` and a description in `SETTINGS`: the
settings file and the settings dialog iterate over the descriptions. A new kind of
`Control` also needs a widget in ui/settings/setting_fields.py; mypy names it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import Enum, StrEnum, auto
from typing import Any, Final, TypeVar

from trayapp.core.i18n.language import mark

SHORTEST_INTERVAL: Final = timedelta(minutes=5)
LONGEST_INTERVAL: Final = timedelta(hours=24)
DEFAULT_INTERVAL: Final = timedelta(minutes=15)
SHORTEST_PATIENCE: Final = timedelta(hours=1)
"""Before the alert of an unreachable account, and between two reminders."""
LONGEST_PATIENCE: Final = timedelta(days=7)
DEFAULT_UNREACHABLE_AFTER: Final = timedelta(hours=6)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_T = TypeVar("_T")


class AlertKind(StrEnum):
    """The kinds of alerts, in the order of the settings dialog.

    Everything else about a kind is in its record in core/alerts/kinds.py.
    """

    LOW = "low"
    LOW_DAYS = "low-days"
    EMPTY = "empty"
    REJECTED = "rejected"
    DRAIN = "drain"
    UNREACHABLE = "unreachable"
    TOPPED_UP = "topped-up"


DEFAULT_ALERT_KINDS: Final = frozenset(AlertKind) - {AlertKind.TOPPED_UP}
"""All that ask for an action; a top-up is an action of the person's own."""


class IconStyle(StrEnum):
    """How the tray icon is painted."""

    COLOUR = "colour"
    """In colours, with a rim that separates them from any taskbar."""
    TASKBAR = "panel"
    """In one colour that suits the taskbar, if its colour is known."""
    LIGHT = "light"
    """In a light colour, for a dark taskbar."""
    DARK = "dark"
    """In a dark colour, for a light taskbar."""
    NUMBER = "number"
    """The amount itself, as long as it is fine or low."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of the day, by the clock on the wall, in which only urgent alerts come."""

    start: time
    end: time
    """The first moment after them. An end before `start` is on the next day; an end
    equal to `start` means no quiet hours."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The program's settings; what belongs to one account is in `Account`."""

    interval: timedelta = DEFAULT_INTERVAL
    """Between two requests, 5 minutes to 24 hours. The gateway publishes no limit, and
    similar ones block a computer that sends too many."""
    alert_kinds: frozenset[AlertKind] = DEFAULT_ALERT_KINDS
    unreachable_after: timedelta = DEFAULT_UNREACHABLE_AFTER
    """Time without a balance while the program runs; 1 hour to 7 days."""
    quiet: QuietHours | None = None
    reminder: timedelta | None = None
    """Between two reminders of a low or empty balance, 1 hour to 7 days; None for
    none."""
    icon: IconStyle = IconStyle.COLOUR
    language: str = ""
    """The code of the language to speak, such as "es"; empty for the system's own."""
    discreet: bool = False
    """Whether amounts are hidden until a person asks to see them."""

    def __post_init__(self) -> None:
        """Refuse what is out of bounds with `ValueError`."""
        if not SHORTEST_INTERVAL <= self.interval <= LONGEST_INTERVAL:
            message = f"the interval is {self.interval}, not 5 minutes to 24 hours"
            raise ValueError(message)
        for wait in (self.unreachable_after, self.reminder):
            if wait is not None and not SHORTEST_PATIENCE <= wait <= LONGEST_PATIENCE:
                message = f"{wait} is not 1 hour to 7 days"
                raise ValueError(message)


class SettingsTab(Enum):
    """The tabs of the settings dialog that show settings."""

    NOTIFICATIONS = auto()
    APPEARANCE = auto()
    GENERAL = auto()


class Control(Enum):
    """How a setting is chosen; ui/settings/setting_fields.py has a widget for each."""

    SWITCH = auto()
    """A check box, for a `bool`."""
    DURATION = auto()
    """A list of durations, for a `timedelta`."""
    OPTIONAL_DURATION = auto()
    """A check box with a list of durations beside it, for `timedelta | None`."""
    ALERT_KINDS = auto()
    QUIET_HOURS = auto()
    ICON_STYLE = auto()
    LANGUAGE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The description of one setting, for the settings file and the dialog."""

    key: str
    """In the settings file. A setting of None is not written: TOML has no null."""
    write: Callable[[Any], object]
    """Make the TOML value of the setting's value."""
    read: Callable[[object], Any]
    """The opposite; raises `TypeError` or `ValueError` for anything else."""
    tab: SettingsTab
    control: Control
    label: str
    """Marked for translation, with its mnemonic if it has one."""
    help: str = ""
    """Marked for translation."""
    durations: tuple[timedelta, ...] = ()
    """The usual ones, of which a person chooses one."""
    beside: AlertKind | None = None
    """The kind of alert that it belongs to. It stands beside that kind's check box."""


def exactly(value: object, kind: type[_T]) -> _T:
    """Give a value that is exactly of a type: `true` is no number.

    Raises `TypeError` for any other value.
    """
    if type(value) is not kind:
        message = "not as expected"
        raise TypeError(message)
    return value


def _hours(value: object) -> timedelta:
    hours = float(value) if type(value) is int else exactly(value, float)
    return hours * _HOUR


def _quiet_hours(value: object) -> QuietHours:
    table = exactly(value, dict)
    return QuietHours(exactly(table["start"], time), exactly(table["end"], time))


SETTINGS: Final[Mapping[str, Setting]] = {
    "alert_kinds": Setting(
        key="told",
        write=lambda kinds: sorted(kind.value for kind in kinds),
        read=lambda value: frozenset(
            AlertKind(exactly(kind, str)) for kind in exactly(value, list)
        ),
        tab=SettingsTab.NOTIFICATIONS,
        control=Control.ALERT_KINDS,
        label=mark("Notify me about"),
    ),
    "unreachable_after": Setting(
        key="unreachable_after_hours",
        write=lambda duration: duration / _HOUR,
        read=_hours,
        tab=SettingsTab.NOTIFICATIONS,
        control=Control.DURATION,
        label=mark("Unreachable for longer than"),
        beside=AlertKind.UNREACHABLE,
        durations=(
            *(hours * _HOUR for hours in (1, 3, 6, 12, 24)),
            *(days * _DAY for days in (2, 7)),
        ),
    ),
    "quiet": Setting(
        key="quiet",
        write=lambda quiet: {"start": quiet.start, "end": quiet.end},
        read=_quiet_hours,
        tab=SettingsTab.NOTIFICATIONS,
        control=Control.QUIET_HOURS,
        label=mark("&Quiet hours from"),
        help=mark(
            "You are told of a used-up balance, a rejected key and unusual spending "
            "all the same; of the rest when they end."
        ),
    ),
    "reminder": Setting(
        key="reminder_hours",
        write=lambda duration: duration / _HOUR,
        read=_hours,
        tab=SettingsTab.NOTIFICATIONS,
        control=Control.OPTIONAL_DURATION,
        label=mark("Re&mind me while the balance is low, every"),
        help=mark("Otherwise you are told of a low balance once, until a top-up."),
        durations=(
            *(hours * _HOUR for hours in (4, 8, 12, 24)),
            *(days * _DAY for days in (2, 7)),
        ),
    ),
    "icon": Setting(
        key="icon",
        write=str,
        read=lambda value: IconStyle(exactly(value, str)),
        tab=SettingsTab.APPEARANCE,
        control=Control.ICON_STYLE,
        label=mark("Tray &icon:"),
        help=mark("Where the panel's colour isn't known, it stays in colour."),
    ),
    "discreet": Setting(
        key="discreet",
        write=bool,
        read=lambda value: exactly(value, bool),
        tab=SettingsTab.APPEARANCE,
        control=Control.SWITCH,
        label=mark("&Hide amounts until I ask for them"),
        help=mark(
            "For screens that others see: tray, notifications and window show states "
            "and days, no amounts. The window shows them on a click."
        ),
    ),
    "interval": Setting(
        key="interval_minutes",
        write=lambda interval: interval // _MINUTE,
        read=lambda value: exactly(value, int) * _MINUTE,
        tab=SettingsTab.GENERAL,
        control=Control.DURATION,
        label=mark("As&k the gateway every:"),
        help=mark("After a failure it asks less often by itself."),
        durations=(
            *(minutes * _MINUTE for minutes in (5, 10, 15, 30)),
            *(hours * _HOUR for hours in (1, 2, 6, 12, 24)),
        ),
    ),
    "language": Setting(
        key="language",
        write=str,
        read=lambda value: exactly(value, str),
        tab=SettingsTab.GENERAL,
        control=Control.LANGUAGE,
        label=mark("&Language:"),
        help=mark("Takes effect when Balance Tray starts the next time."),
    ),
}
"""Each attribute of `Settings` with its description, in the order of the dialog."""
