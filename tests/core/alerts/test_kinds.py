"""Every alert kind has a whole record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from trayapp.core.account import Account
from trayapp.core.alerts.decision import Alert, Outlook
from trayapp.core.alerts.kinds import KINDS
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.record import AlertKindRecord, Situation
from trayapp.core.balance import Balance
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import AlertKind, Settings

ACCOUNT = Account("a", "Shop")
LEFT = Balance(Decimal(5), "EUR")
NOTHING_KNOWN = Situation(
    ACCOUNT,
    Settings(),
    Outlook(),
    result=None,
    memory=AlertMemory(),
    balance=None,
    sent=frozenset(),
    now=datetime(2026, 11, 23, 12, tzinfo=UTC),
)


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_has_a_record(kind: AlertKind) -> None:
    """`KINDS` in core/alerts/kinds.py names each member of `AlertKind`."""
    assert kind in KINDS, f"write a record for {kind!r} and name it in KINDS"


def test_a_rule_knows_the_persons_day() -> None:
    """It is already tomorrow in the east."""
    late = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    here = replace(NOTHING_KNOWN, now=late, zone=UTC)
    east = replace(NOTHING_KNOWN, now=late, zone=timezone(timedelta(hours=2)))
    assert (here.today.day, east.today.day) == (23, 24)


@pytest.mark.parametrize("record", KINDS.values(), ids=lambda record: record.kind)
class TestEachRecord:
    """What the state machine, the notification, the log and the settings rely on."""

    def test_its_texts_are_not_empty(self, record: AlertKindRecord) -> None:
        """Each place that shows the kind has words for it."""
        assert all((record.event, record.topic, record.log_text, record.option_label))
        assert record.option_help.endswith(".")

    def test_its_option_has_a_mnemonic(self, record: AlertKindRecord) -> None:
        """A keyboard reaches it."""
        assert record.option_label.count("&") == 1

    def test_its_body_is_a_sentence(self, record: AlertKindRecord) -> None:
        """Details that are missing leave no placeholder."""
        for alert in (Alert(record.kind, ACCOUNT), Alert(record.kind, ACCOUNT, LEFT)):
            body = record.body(alert, ENGLISH)
            assert body.endswith(".")
            assert "{" not in body + record.line(alert, ENGLISH)

    def test_the_unknown_neither_begins_nor_ends_it(
        self, record: AlertKindRecord
    ) -> None:
        """Its rules need something that is known."""
        assert record.alert(NOTHING_KNOWN) is None
        if record.compares_amounts:
            assert not record.is_over(NOTHING_KNOWN)
