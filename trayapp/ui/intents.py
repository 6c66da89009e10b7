"""The intents of a person in a view, one frozen class for each.

A view has one signal, `intent = Signal(object)`, which carries these values. A widget
inside a view has such a signal too, connected to the view's once. `app.wiring` matches
on an `Intent`; a controller matches on what its own dialog emits.
"""

from datetime import datetime
from typing import assert_never

from trayapp.core.account import Account
from trayapp.core.alerts.notification import NotificationButton
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.changes import Changes, KeyTest
from trayapp.core.message import message
from trayapp.core.secret import Secret

# --- what opens a view ----------------------------------------------------------------


@message
class OpenWindow:
    """Show the main window."""

    at_icon: bool = False
    """Whether it comes from a click on the tray icon. It then opens beside the icon."""


@message
class OpenSettings:
    """Show the settings dialog."""


@message
class OpenFirstRun:
    """Set up the first account, or continue with that."""


@message
class OpenHistory:
    """Show the history window of an account."""

    account_id: str


@message
class OpenNotificationLog:
    """Show which notifications were sent or suppressed, and why."""


@message
class OpenAbout:
    """Show the about dialog."""


@message
class OpenWebsite:
    """Open a web page in the browser."""

    url: str


OpenIntent = (
    OpenWindow
    | OpenSettings
    | OpenFirstRun
    | OpenHistory
    | OpenNotificationLog
    | OpenAbout
    | OpenWebsite
)

# --- what concerns accounts -----------------------------------------------------------


@message
class RefreshBalances:
    """Request the balance of these accounts now; of all accounts for None."""

    account_ids: tuple[str, ...] | None = None


@message
class OpenTopUpPage:
    """Open the web page on which an account is topped up."""

    account_id: str


@message
class ReportPayment:
    """Record that a person has paid, so the top-up is expected."""

    account_id: str


@message
class EnterKey:
    """Open the account's dialog at the field for its API key."""

    account_id: str


@message
class UnlockKeyring:
    """Have the keyring ask for its password."""


@message
class CopyText:
    """Put a text on the clipboard."""

    text: str


@message
class CopyTopUpRequest:
    """Put a request to top up an account, for the person who pays, on the clipboard."""

    account_id: str


AccountIntent = (
    RefreshBalances
    | OpenTopUpPage
    | ReportPayment
    | EnterKey
    | UnlockKeyring
    | CopyText
    | CopyTopUpRequest
)

# --- what concerns the program --------------------------------------------------------


@message
class SnoozeNotifications:
    """Suppress notifications for a while, or no longer."""

    choice: SnoozeChoice


@message
class SendTestNotification:
    """Show a sample notification."""


@message
class RevealAmounts:
    """Show the hidden amounts until the window closes."""


@message
class CopyDiagnostics:
    """Put a report for the program's developers on the clipboard."""


@message
class LeaveFirstRun:
    """Show the window in place of the first run, which keeps what was entered."""


@message
class Quit:
    """End the program."""


ProgramIntent = (
    SnoozeNotifications
    | SendTestNotification
    | RevealAmounts
    | CopyDiagnostics
    | LeaveFirstRun
    | Quit
)

Intent = OpenIntent | AccountIntent | ProgramIntent
"""What `app.wiring` carries out."""

# --- what a dialog asks of its own controller -----------------------------------------


@message
class StartKeyTest:
    """Request a balance with what is typed, and store nothing.

    The dialog's `show_key_test` shows the result.
    """

    key_test: KeyTest


@message
class SaveSettings:
    """Store everything; the dialog's `saved` or `save_failed` follows."""

    changes: Changes


@message
class SaveFirstAccount:
    """Store the first account; the dialog's `saved` or `save_failed` follows."""

    account: Account
    key: Secret | None
    at_login: bool | None
    """Whether the program is to start at login; None leaves that as it is."""


@message
class MarkAsCorrection:
    """Count a rise of the balance as a correction (`on`) or as a top-up."""

    account_id: str
    at: datetime
    """When the reading after the rise was taken."""
    on: bool


@message
class RemoveWrongReadings:
    """Remove readings whose time can't be true; the person has confirmed it."""

    account_id: str
    moments: tuple[datetime, ...]


@message
class ExportHistory:
    """Write the history of an account to a file."""

    account_id: str
    form: str
    """`csv` or `json`."""
    path: str


@message
class AddAccount:
    """Open the account dialog for another account."""


@message
class EditAccount:
    """Open the account dialog for an account."""

    account_id: str


@message
class RemoveAccount:
    """Remove an account from what the settings dialog will store."""

    account_id: str


@message
class SortAccounts:
    """Bring the accounts into this order."""

    account_ids: tuple[str, ...]


AccountListIntent = AddAccount | EditAccount | RemoveAccount | SortAccounts
SettingsIntent = SaveSettings | StartKeyTest | SendTestNotification
FirstRunIntent = SaveFirstAccount | StartKeyTest | OpenWebsite | LeaveFirstRun
HistoryIntent = (
    MarkAsCorrection | RemoveWrongReadings | ExportHistory | CopyTopUpRequest
)


def intent_of_button(button: NotificationButton, account_id: str) -> Intent:
    """Return what a person asks for with a button of a notification."""
    match button:
        case NotificationButton.TOP_UP:
            return OpenTopUpPage(account_id)
        case NotificationButton.ENTER_KEY:
            return EnterKey(account_id)
        case NotificationButton.SNOOZE:
            return SnoozeNotifications(SnoozeChoice.EIGHT_HOURS)
        case NotificationButton.OPEN | NotificationButton.DEFAULT:
            return OpenWindow()
        case _:
            assert_never(button)
