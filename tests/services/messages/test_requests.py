"""Which event stands in for the answer to a request that a fault ended."""

from datetime import datetime
from typing import get_args

import pytest

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.changes import Changes, KeyTest
from trayapp.core.errors import Failure, InternalFault
from trayapp.core.settings import Settings
from trayapp.services.messages.events import (
    Event,
    ExportFinished,
    KeyTestFinished,
    SaveFinished,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    OpenKeyring,
    ReadHistory,
    Request,
    RunKeyTest,
    WriteExport,
    event_of_loss,
)

FAILURE = Failure(InternalFault, "ZeroDivisionError")
KEY_TEST = KeyTest(Account("a", "A"), None)


def test_a_dialog_that_waits_gets_an_answer(now: datetime) -> None:
    """A key test, OK and an export each have one; it says that a fault ended them."""
    answers: dict[Request, Event] = {
        RunKeyTest(KEY_TEST): KeyTestFinished(KEY_TEST, Outcome("a", now, FAILURE)),
        WriteExport("a", "csv", "/a.csv"): ExportFinished("/a.csv", FAILURE),
    }
    for request, answer in answers.items():
        assert event_of_loss(request, FAILURE, now) == answer
    save = ApplyChanges(Changes((), Settings()))
    assert event_of_loss(save, FAILURE, now) == SaveFinished(problem=FAILURE)


@pytest.mark.parametrize("request_", [OpenKeyring(), ReadHistory("a")])
def test_a_request_that_no_dialog_waits_for_has_none(
    request_: Request, now: datetime
) -> None:
    """The next refresh shows what is known."""
    assert event_of_loss(request_, FAILURE, now) is None


def test_each_request_and_event_is_in_its_union() -> None:
    """The type check holds the dispatch complete only for members of the union."""
    for union in (Event, Request):
        kinds = set(get_args(union))
        (module,) = {kind.__module__ for kind in kinds}
        defined = {
            one
            for one in vars(__import__(module, fromlist=["*"])).values()
            if isinstance(one, type) and one.__module__ == module
        }
        assert defined == kinds
