"""The sheets of windows: no error of an account is missing."""

from itertools import chain

from pictures.window_scenes import ON_CARDS
from trayapp.core.errors import (
    BY_ID,
    ConnectionProblem,
    GatewayError,
    InternalFault,
    KeyProblem,
    KeyringProblem,
)

OF_ACCOUNTS = (
    *(ConnectionProblem, GatewayError, InternalFault, KeyProblem, KeyringProblem),
)


def test_the_sheets_show_every_error_of_an_account_once() -> None:
    """These are all errors that a request of a balance can end in."""
    expected = {name for name, kind in BY_ID.items() if issubclass(kind, OF_ACCOUNTS)}
    shown = list(chain.from_iterable(ON_CARDS))
    assert set(shown) == expected
    assert len(shown) == len(expected)
