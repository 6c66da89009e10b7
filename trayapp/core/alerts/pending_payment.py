"""A payment that a person announced, and whose top-up has not arrived."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from trayapp.core.alerts.snooze import MORNING
from trayapp.core.i18n.dates import clock_time, wall_clock_moment
from trayapp.core.i18n.language import Language

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class PendingPayment:
    """A payment that a person made and whose top-up is waited for."""

    account_id: str
    at: datetime
    """When they said so; aware, in UTC."""

    def due(self, zone: tzinfo | None) -> datetime:
        """Give the morning, in UTC, of the next working day in the person's zone.

        Public holidays are not known here: on one it may remind too early.
        """
        day = self.at.astimezone(zone).date() + timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
        return wall_clock_moment(day, MORNING, zone)

    def is_due(self, now: datetime, zone: tzinfo | None) -> bool:
        """Say whether it is time to remind.

        What was said after `now` was said under another clock, or comes with a
        backup: nobody waits for years for it.
        """
        return now >= self.due(zone) or now < self.at - timedelta(days=1)


def pending_payment_text(
    paid: PendingPayment, now: datetime, language: Language
) -> str:
    """Say what is waited for, and until when."""
    said = clock_time(paid.at, now, language)
    due = clock_time(paid.due(language.zone), now, language)
    # Translators: both are a time such as 09:30, or a day and a time.
    return language.gettext(
        "You said you paid ({time}). If no top-up is seen, a reminder comes ({due})."
    ).format(time=said, due=due)
