"""All that the tray shows: the weakest account's picture, and all in words."""

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
from trayapp.core.view.gauge import Gauge, brief, level
from trayapp.core.view.names import status_words

TOOLTIP_LIMIT: Final = 127
"""UTF-16 units: what Windows keeps of a tray tooltip."""
_LINES: Final = 12
"""More than any menu or tooltip shows, and little to write for 200 accounts."""
_TOP_UPS: Final = 20
_NO_HIGHS: Final[Mapping[str, Decimal]] = {}


@dataclass(frozen=True, slots=True)
class TrayView:
    """All that the tray shows."""

    gauge: Gauge
    """The weakest account's."""
    tooltip: str
    """Plain, one line an account, at most 127 UTF-16 units."""
    lines: tuple[str, ...]
    """The menu's first lines: one an account, the weakest first, 12 at most."""
    top_ups: tuple[tuple[str, str], ...] = ()
    """The accounts whose panel is known: id and name, the weakest first, 20 at most."""
    snoozed: str = ""
    """Until when notifications are snoozed, in words; empty if they are not."""
    more: int = 0
    """How many accounts have no line."""


def tray_view(
    accounts: tuple[AccountState, ...],
    now: datetime,
    language: Language,
    *,
    highs: Mapping[str, Decimal] = _NO_HIGHS,
    snoozed: str = "",
) -> TrayView:
    """Say all that the tray shows of the accounts.

    `highs` has the most that each account held lately, by its id. `snoozed` is a whole
    phrase, such as `snoozed_until` makes. Of accounts in the same state the emptiest is
    the weakest.
    """
    if not accounts:
        words = status_words(Status.NOT_SET_UP, language)
        said = name_and_status(PROGRAM, words, language)
        gauge = Gauge(Status.NOT_SET_UP, snoozed=bool(snoozed))
        return TrayView(gauge, said, (words,), snoozed=snoozed)
    levels = {one.account.id: _level(one, highs) for one in accounts}

    def strength(one: AccountState) -> tuple[int, float]:
        filled = levels[one.account.id]
        return -one.concern, 1.0 if filled is None else filled

    ordered = sorted(accounts, key=strength)
    weakest = ordered[0]
    lines = tuple(line(one, now, language) for one in ordered[:_LINES])
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
            (one.account.id, one.account.name)
            for one in ordered
            if one.account.panel_url
        )[:_TOP_UPS],
        snoozed=snoozed,
        more=len(ordered) - len(lines),
    )


def _level(known: AccountState, highs: Mapping[str, Decimal]) -> float | None:
    high = highs.get(known.account.id)
    if known.reading is None or high is None:
        return None
    amount = known.reading.balance.amount
    return level(amount, max(high, amount))


def _number(known: AccountState, language: Language) -> str:
    if known.reading is None or language.hides_amounts:
        return ""
    return brief(known.reading.balance.amount, language.decimal_point)


def _tooltip(
    lines: tuple[str, ...], accounts: int, snoozed: str, language: Language
) -> str:
    """Put the snoozed words last, if they leave room for the weakest account's line."""
    room = TOOLTIP_LIMIT - utf16_length(snoozed) - 1
    if not snoozed or utf16_length(lines[0]) > room:
        return _whole_lines(lines, accounts, TOOLTIP_LIMIT, language)
    return _whole_lines(lines, accounts, room, language) + "\n" + snoozed


def _whole_lines(
    lines: tuple[str, ...], accounts: int, room: int, language: Language
) -> str:
    """Give as many lines as fit, and the number of the accounts that are left out.

    Half a line would tell of an account without its balance. Where not even two lines
    and the number fit, the room is the weakest account's alone.
    """
    for count in range(len(lines), 0, -1):
        said = list(lines[:count])
        if more := accounts - count:
            plural = language.ngettext(
                "and {n} more account", "and {n} more accounts", more
            )
            said.append(plural.format(n=more))
        if utf16_length(text := "\n".join(said)) <= room:
            return text
    return shorten_utf16(lines[0], room)
