"""What the tray shows: the weakest account's gauge, the tooltip and the menu lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from trayapp.core.account_state import AccountState
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.i18n.plain_text import shorten_utf16, utf16_length
from trayapp.core.program import PROGRAM
from trayapp.core.view.account_text import line, name_and_status
from trayapp.core.view.gauge import Gauge, brief, fill_level
from trayapp.core.view.names import status_words

TOOLTIP_LIMIT: Final = 127
"""UTF-16 units: Windows cuts off the rest of a tray tooltip."""
_LINES: Final = 12
"""Menus and tooltips show fewer, and 200 accounts need no more work than 12."""
_TOP_UPS: Final = 20
_NO_HIGHS: Final[Mapping[str, Decimal]] = {}


@dataclass(frozen=True, slots=True)
class TrayView:
    """All that the tray shows."""

    gauge: Gauge
    """The weakest account's."""
    tooltip: str
    """Plain text, a line for each account, at most 127 UTF-16 units."""
    lines: tuple[str, ...]
    """The menu's first lines: one for each account, the weakest first, at most 12."""
    top_ups: tuple[tuple[str, str], ...] = ()
    """Id and name of accounts with a known website, the weakest first, at most 20."""
    snoozed: str = ""
    """When the snooze ends, in words; empty without a snooze."""
    more: int = 0
    """The number of accounts without a line."""


def tray_view(
    accounts: tuple[AccountState, ...],
    now: datetime,
    language: Language,
    *,
    highs: Mapping[str, Decimal] = _NO_HIGHS,
    snoozed: str = "",
) -> TrayView:
    """Make all that the tray shows about the accounts.

    `highs` maps account ids to the highest recent balance. `snoozed` is a whole phrase
    from `snoozed_until`. Of equally severe accounts the emptiest is the weakest.
    """
    if not accounts:
        words = status_words(Status.NOT_SET_UP, language)
        tooltip = name_and_status(PROGRAM, words, language)
        gauge = Gauge(Status.NOT_SET_UP, snoozed=bool(snoozed))
        return TrayView(gauge, tooltip, (words,), snoozed=snoozed)
    levels = {state.account.id: _level(state, highs) for state in accounts}

    def strength(state: AccountState) -> tuple[int, float]:
        level = levels[state.account.id]
        return -state.severity, 1.0 if level is None else level

    ordered = sorted(accounts, key=strength)
    weakest = ordered[0]
    lines = tuple(line(state, now, language) for state in ordered[:_LINES])
    return TrayView(
        gauge=Gauge(
            weakest.worst_status,
            levels[weakest.account.id],
            _number(weakest, language),
            snoozed=bool(snoozed),
        ),
        tooltip=_tooltip(lines, len(ordered), snoozed, language),
        lines=lines,
        top_ups=tuple(
            (state.account.id, state.account.name)
            for state in ordered
            if state.account.website_url
        )[:_TOP_UPS],
        snoozed=snoozed,
        more=len(ordered) - len(lines),
    )


def _level(state: AccountState, highs: Mapping[str, Decimal]) -> float | None:
    high = highs.get(state.account.id)
    if state.reading is None or high is None:
        return None
    amount = state.reading.balance.amount
    return fill_level(amount, max(high, amount))


def _number(state: AccountState, language: Language) -> str:
    if state.reading is None or language.hides_amounts:
        return ""
    return brief(state.reading.balance.amount, language.decimal_point)


def _tooltip(
    lines: tuple[str, ...], accounts: int, snoozed: str, language: Language
) -> str:
    """Append the snooze if the weakest account's line still fits."""
    room = TOOLTIP_LIMIT - utf16_length(snoozed) - 1
    if not snoozed or utf16_length(lines[0]) > room:
        return _whole_lines(lines, accounts, TOOLTIP_LIMIT, language)
    return _whole_lines(lines, accounts, room, language) + "\n" + snoozed


def _whole_lines(
    lines: tuple[str, ...], accounts: int, room: int, language: Language
) -> str:
    """Join the lines that fit, and the number of accounts that are left out.

    No line is cut, as its balance stands at the end. If even one line and the number
    do not fit, the weakest account has the room to itself.
    """
    for count in range(len(lines), 0, -1):
        shown = list(lines[:count])
        if more := accounts - count:
            plural = language.ngettext(
                "and {n} more account", "and {n} more accounts", more
            )
            shown.append(plural.format(n=more))
        if utf16_length(text := "\n".join(shown)) <= room:
            return text
    return shorten_utf16(lines[0], room)
