"""The requests of the GUI to the backend, one frozen class for each.

A request may be made on any thread. It is handled on the backend's, in its order.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from trayapp.core.account_state import Outcome
from trayapp.core.errors import Failure
from trayapp.core.message import message
from trayapp.services.messages.events import (
    Event,
    ExportFinished,
    KeyTestFinished,
    SaveFinished,
)

if TYPE_CHECKING:
    # Only their names: the tray icon is shown before these modules are needed.
    from trayapp.core.alerts.snooze import SnoozeChoice
    from trayapp.core.changes import Changes, KeyTest


@message
class RequestBalances:
    """Request the balance of these accounts now; of all accounts for None."""

    account_ids: tuple[str, ...] | None = None


@message
class RunKeyTest:
    """Request a balance and store nothing; `KeyTestFinished` follows."""

    key_test: "KeyTest"


@message
class ApplyChanges:
    """Store a dialog's changes, all of them or none; `SaveFinished` follows.

    What another program changed meanwhile is merged with them.
    """

    changes: "Changes"


@message
class OpenKeyring:
    """Have the keyring ask for its password, and then request what waits for it."""


@message
class SendSample:
    """Show a sample notification, for a person who tries out notifications."""


@message
class ChangeSnooze:
    """Begin a snooze or end it; `SnoozeChanged` follows."""

    choice: "SnoozeChoice"


@message
class ExpectTopUp:
    """Record that a person paid, and look whether the top-up came already.

    `PendingPaymentsChanged` follows.
    """

    account_id: str


@message
class MarkCorrection:
    """Mark a reading as a correction (`on`), or remove the mark."""

    account_id: str
    at: datetime
    """The time of the reading; aware, in UTC."""
    on: bool


@message
class DeleteReadings:
    """Remove the readings of these moments, as a person confirmed."""

    account_id: str
    moments: tuple[datetime, ...]


@message
class ReadHistory:
    """Read the page for an account's history window; `HistoryRead` follows."""

    account_id: str


@message
class WriteExport:
    """Write an account's history to a file; `ExportFinished` follows."""

    account_id: str
    form: str
    """`csv` for the months, or `json` for everything."""
    path: str


@message
class ReadLoginEntry:
    """Look whether the program starts at login; `LoginEntryRead` follows."""


@message
class ReloadProfile:
    """Read the settings file again, after a command changed it."""


@message
class CollectDiagnostics:
    """Collect facts about the backend; `DiagnosticsCollected` follows."""


Request = (
    RequestBalances
    | RunKeyTest
    | ApplyChanges
    | OpenKeyring
    | SendSample
    | ChangeSnooze
    | ExpectTopUp
    | MarkCorrection
    | DeleteReadings
    | ReadHistory
    | WriteExport
    | ReadLoginEntry
    | ReloadProfile
    | CollectDiagnostics
)


def event_of_loss(request: Request, failure: Failure, now: datetime) -> Event | None:
    """Return the event for a request that a fault ended; None if no dialog waits."""
    match request:
        case RunKeyTest(key_test):
            return KeyTestFinished(key_test, Outcome(key_test.account.id, now, failure))
        case ApplyChanges():
            return SaveFinished(problem=failure)
        case WriteExport(path=path):
            return ExportFinished(path, failure)
        case _:
            return None
