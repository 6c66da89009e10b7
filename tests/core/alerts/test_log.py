"""Why something was told, held back or not told."""

from datetime import datetime, timedelta

from trayapp.core.account import Account
from trayapp.core.alerts.decision import Decision, Disposition, Reason
from trayapp.core.alerts.log import LogEntry, logged, why_rows
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import AlertKind

MAIN = Account("a", "Main")


def test_the_last_decision_stands_first(now: datetime) -> None:
    """With its time, its account, what it was about, and its fate with the reason."""
    hour = timedelta(hours=1)
    decisions = [
        Decision(AlertKind.LOW, Disposition.PENDING, Reason.QUIET),
        Decision(None, Disposition.SUPPRESSED, Reason.UNIT_CHANGED),
    ]
    entries = logged(decisions, MAIN, now - 24 * hour) + logged(
        [Decision(AlertKind.LOW, Disposition.SENT, Reason.AFTERWARDS)], MAIN, now - hour
    )
    assert why_rows(entries, now, ENGLISH) == (
        (
            "11:00",
            "Main",
            "Low balance",
            "Sent: it was held back before, and still held",
        ),
        (
            "22 Nov, 12:00",
            "Main",
            "The unit changed",
            "Not sent: amounts in two units are not compared",
        ),
        (
            "22 Nov, 12:00",
            "Main",
            "Low balance",
            "Held back: it was in the quiet hours",
        ),
    )


def test_everything_that_can_be_decided_has_words(now: datetime) -> None:
    """No row is empty, whatever is in it."""
    entries = [
        LogEntry(now, "a", "Main\u202e", kind, fate, reason)
        for kind in (*AlertKind, None)
        for fate in Disposition
        for reason in Reason
    ]
    rows = why_rows(entries, now, ENGLISH)
    assert len(rows) == len(entries)
    assert all(all(cell and "{" not in cell for cell in row) for row in rows)
    assert {row[1] for row in rows} == {"Main"}
