"""A card of an account without problems, for tests to change."""

from typing import Final

from trayapp.core.errors.status import Status
from trayapp.core.view.account_text import Card

FINE: Final = Card(
    account_id="m",
    name="Main",
    amount="€350.12",
    balance_status=Status.OK,
    status=Status.OK,
    status_words="Fine",
    age="3 minutes ago",
    problem=None,
    website_url="https://panel.example",
    is_refreshing=False,
)
