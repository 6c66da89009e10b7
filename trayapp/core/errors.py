"""Every failure that a person can meet, with what to tell them.

::

    BalanceTrayError
    ├── GatewayError                 the gateway itself answered, and not with a balance
    │   ├── Unauthorized             401 UNAUTHORIZED: wrong key, or this IP is blocked
    │   └── Refused                  any other error_id; the list is open
    │       └── BadRequest           JSON_PARSE_ERROR, MISSING_PARAMS and the like
    ├── ConnectionProblem            no word from the gateway that could be trusted
    │   ├── NoConnection             no network, no such host, nobody listening
    │   ├── TimedOut                 no whole answer within the deadline
    │   ├── CertificateProblem       TLS could not prove who answers
    │   ├── ProxyProblem             a proxy is set that can't be used
    │   ├── GatewayDown              an HTTP status of 429 or 5xx (not 511, a portal's)
    │   └── UnexpectedReply          something else answered: a portal, a proxy, a page
    ├── KeyringProblem               the key is out of reach
    │   ├── KeyringAbsent            this desktop runs no keyring
    │   ├── KeyringLocked            it waits for its password
    │   ├── KeyringDenied            a person or the system said no
    │   ├── KeyringSlow              no answer in time
    │   └── KeyringFailed            it broke, or did not keep what it was given
    ├── KeyProblem
    │   ├── KeyMissing               the keyring works and holds no key for this account
    │   └── KeyUnusable              what was typed can't be a key
    ├── StorageProblem               our own files
    │   ├── ConfigBroken             the settings file is not what it should be
    │   │   └── ConfigStuck          and can't be moved out of the way
    │   ├── ConfigUnreadable         it may not be read
    │   ├── ConfigTooNew             it was written by a newer version
    │   ├── ConfigUnwritable         it can't be written
    │   ├── HistoryProblem           the database can't be opened or written
    │   │   ├── HistoryBusy          another program holds it
    │   │   ├── HistoryFull          the disk is full
    │   │   ├── HistoryDamaged       a part of it can't be read
    │   │   └── HistoryTooNew        it was written by a newer version
    │   └── ExportUnwritable         the file that was chosen can't be written
    ├── NotificationsUnseen          nothing on this desktop shows them
    ├── ProgramHangs                 another start runs, and does not react
    └── InternalFault                a fault of this program

A class says what a person reads (`title`, `reason`, `advice`: marked for translation,
translated where they are shown), which `State` the account is in, what the schedule
makes of it (`retry`) and which button helps (`remedy`). An instance adds `detail`, for
the log and for "Copy details" alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import ClassVar

from trayapp.core.language import mark
from trayapp.core.plain import one_line
from trayapp.core.state import State


class Retry(Enum):
    """When it makes sense to ask again by itself."""

    SOON = auto()
    """The way there failed: from a minute on, ever more slowly."""
    LATER = auto()
    """The gateway said no or not now: not before the usual interval."""
    RARELY = auto()
    """Asking again with the same key may get this computer blocked: once a day."""
    LOOK = auto()
    """Look whether the keyring opened meanwhile, without asking for its password."""


class Remedy(Enum):
    """The button that goes with an error."""

    RETRY = auto()
    ENTER_KEY = auto()
    UNLOCK = auto()
    COPY_DETAILS = auto()
    NONE = auto()


class BalanceTrayError(Exception):
    """The root: something that a person is told in their own words."""

    id: ClassVar[str] = "error"
    """Stable, for `check --json` and for the log."""
    state: ClassVar[State] = State.UNREACHABLE
    retry: ClassVar[Retry] = Retry.SOON
    remedy: ClassVar[Remedy] = Remedy.RETRY
    title: ClassVar[str] = mark("Something went wrong")
    reason: ClassVar[str] = ""
    advice: ClassVar[str] = ""

    def __init__(
        self, *, detail: str = "", retry_after: timedelta | None = None
    ) -> None:
        """Keep `detail` made safe to show, and how long the gateway asked to wait."""
        self.detail = one_line(detail, 300)
        self.retry_after = retry_after
        super().__init__(f"{self.id}: {self.detail}" if self.detail else self.id)

    def as_failure(self) -> "Failure":
        """Give this as a value, without the traceback and what its frames hold."""
        return Failure(type(self), self.detail, self.retry_after)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a value: what crosses threads and is remembered."""

    kind: type[BalanceTrayError]
    detail: str = ""
    retry_after: timedelta | None = None


# --- the gateway answered ---------------------------------------------------------


class GatewayError(BalanceTrayError):
    """The gateway itself answered, and not with a balance."""


class Unauthorized(GatewayError):
    """401 UNAUTHORIZED; the gateway publishes two causes and never says which."""

    id = "unauthorized"
    state = State.UNAUTHORIZED
    retry = Retry.RARELY
    remedy = Remedy.ENTER_KEY
    title = mark("The gateway rejects the API key")
    reason = mark(
        "Either the key is wrong or was revoked, or this computer's IP address is "
        "blocked in the account's API settings."
    )
    advice = mark(
        "If the key changed, enter the new one. If it did not, allow this computer's "
        "IP address in the API settings of the account's panel, then check again. "
        "Until then the gateway is asked only once a day, so that it does not block "
        "this computer."
    )


class Refused(GatewayError):
    """Any `error_id` without a meaning of its own; the list is open."""

    id = "refused"
    state = State.REFUSED
    retry = Retry.LATER
    title = mark("The gateway refuses to tell the balance")
    reason = mark("It answered with an error that this program does not know.")
    advice = mark(
        "Check the account and the sub-account's name in the settings. If they are "
        "right, send the details to the gateway's support."
    )
    remedy = Remedy.COPY_DETAILS


class BadRequest(Refused):
    """JSON_PARSE_ERROR, MISSING_PARAMS, INVALID_CONTENT_TYPE: ours, or a proxy's."""

    id = "bad-request"
    title = mark("The gateway could not read the request")
    reason = mark(
        "This program sent it wrongly, or something on the way changed it; "
        "the account itself may be fine."
    )
    advice = mark(
        "Check again. If it stays so, report it to the makers of Balance Tray with the "
        "details, which hold no key."
    )


# --- no answer that could be trusted ----------------------------------------------


class ConnectionProblem(BalanceTrayError):
    """No word from the gateway that could be trusted."""


class NoConnection(ConnectionProblem):
    """No network, no such host, nobody listening, or the line was cut."""

    id = "no-connection"
    title = mark("The gateway can't be reached")
    reason = mark(
        "There is no connection from this computer to the gateway, or it was cut off."
    )
    advice = mark(
        "Check the network connection. The program tries again by itself and keeps "
        "showing the last balance with its age."
    )


class TimedOut(ConnectionProblem):
    """No whole answer within the total deadline."""

    id = "timed-out"
    title = mark("The gateway does not answer in time")
    reason = mark("No whole answer came before the program stopped waiting for it.")
    advice = mark(
        "The program tries again by itself; often this passes in minutes. If it does "
        "not, check the network connection."
    )


class CertificateProblem(ConnectionProblem):
    """TLS could not prove who answers; the key was not sent."""

    id = "certificate"
    retry = Retry.LATER
    title = mark("The connection to the gateway is not secure")
    reason = mark(
        "Its certificate could not be verified, so the API key was not sent. The "
        "computer's date may be wrong, or something reads along on the network."
    )
    advice = mark(
        "Check the date and the network (a guest Wi-Fi that wants a login, a company "
        "proxy). If it goes on, ask whoever looks after the network."
    )


class ProxyProblem(ConnectionProblem):
    """The environment names a proxy that can't be used."""

    id = "proxy"
    title = mark("The proxy setting can't be used")
    reason = mark("A proxy is set for this computer that is unknown or does not work.")
    advice = mark(
        "Check the proxy in the system's settings or in HTTPS_PROXY, and its user and "
        "password if it wants a login. The program tries again by itself."
    )


class GatewayDown(ConnectionProblem):
    """An HTTP status that asks to come back later: 429 or 5xx."""

    id = "gateway-down"
    retry = Retry.LATER
    title = mark("The gateway is not available at the moment")
    reason = mark("It answered that it is overloaded or being serviced.")
    advice = mark(
        "Nothing needs to be done: the program asks again later, when the gateway "
        "wants it to."
    )


class UnexpectedReply(ConnectionProblem):
    """Something else answered: a login page, a proxy's refusal, a broken reply."""

    id = "unexpected-reply"
    remedy = Remedy.COPY_DETAILS
    title = mark("The answer is not what the gateway sends")
    reason = mark(
        "Something on the way may have answered instead, such as the login page of a "
        "Wi-Fi network, or the address in the settings is not the gateway's."
    )
    advice = mark(
        "Open a web page to see whether the network wants a login, and check the "
        "service's address in the settings."
    )


# --- the key is out of reach -------------------------------------------------------


class KeyringProblem(BalanceTrayError):
    """The key could not be read or written; never taken for a missing one."""

    state = State.LOCKED
    retry = Retry.LOOK


class KeyringAbsent(KeyringProblem):
    """No keyring service runs, or none that keeps secrets safe."""

    id = "keyring-absent"
    title = mark("There is no keyring on this desktop")
    reason = mark(
        "API keys are kept in the system's keyring and nowhere else, and none answers."
    )
    advice = mark(
        "Start or install a keyring that speaks Secret Service, such as GNOME Keyring, "
        "KeePassXC or KWallet; the program notices by itself."
    )


class KeyringLocked(KeyringProblem):
    """The keyring waits for its password."""

    id = "keyring-locked"
    remedy = Remedy.UNLOCK
    title = mark("The keyring is locked")
    reason = mark("The API key is in it, safe and out of reach.")
    advice = mark("Unlock the keyring with its password; the program then goes on.")


class KeyringDenied(KeyringProblem):
    """A person dismissed the prompt, or the system refused."""

    id = "keyring-denied"
    remedy = Remedy.UNLOCK
    title = mark("Access to the keyring was denied")
    reason = mark("The keyring's question was answered with no, or was closed.")
    advice = mark("Choose Unlock and allow Balance Tray to read its own key.")


class KeyringSlow(KeyringProblem):
    """No answer in time; the question goes on waiting where nobody waits for it."""

    id = "keyring-slow"
    title = mark("The keyring does not answer")
    reason = mark("It was asked for the API key and has said nothing for a while.")
    advice = mark(
        "Look for a question from the keyring behind other windows. If there is none, "
        "log out and in again."
    )


class KeyringFailed(KeyringProblem):
    """The keyring reported a fault, or did not keep what it was given."""

    id = "keyring-failed"
    title = mark("The keyring reports a fault")
    reason = mark("It answered, but could not give or keep the API key.")
    advice = mark("Try again; if it goes on, check the keyring in its own program.")


class KeyProblem(BalanceTrayError):
    """A key is needed and there is none that could be used."""

    state = State.NO_KEY
    retry = Retry.RARELY
    remedy = Remedy.ENTER_KEY


class KeyMissing(KeyProblem):
    """The keyring works and holds no key for this account."""

    id = "key-missing"
    title = mark("This account has no API key yet")
    reason = mark("The keyring of this computer holds no key for it.")
    advice = mark(
        "Enter the key; you find it in the API settings of the account's panel."
    )


class KeyUnusable(KeyProblem):
    """What was typed or stored can't be a key."""

    id = "key-unusable"
    title = mark("This is not an API key")
    reason = mark(
        "A key has 8 to 256 plain letters, digits or signs, without blanks or accents."
    )
    advice = mark("Copy the key again from the API settings of the account's panel.")


# --- our own files -----------------------------------------------------------------


class StorageProblem(BalanceTrayError):
    """One of our own files could not be read or written."""

    remedy = Remedy.NONE


class ConfigBroken(StorageProblem):
    """The settings file can't be read as what it should be."""

    id = "config-broken"
    title = mark("The settings file can't be read")
    reason = mark("It is damaged or was edited by hand into something unknown.")
    advice = mark(
        "It was kept aside under a dated name. Please enter the accounts again; their "
        "keys are still in the keyring."
    )


class ConfigStuck(ConfigBroken):
    """The settings file is broken and can't be moved away; it is left as it is."""

    id = "config-stuck"
    reason = mark(
        "It is damaged, and its folder may not be written to, so it was not kept aside."
    )
    advice = mark(
        "Free some space or give the folder back to your user, then start Balance "
        "Tray again; until then nothing can be saved."
    )


class ConfigUnreadable(StorageProblem):
    """The settings file is there and may not be read; it is left as it is."""

    id = "config-unreadable"
    title = mark("The settings file may not be read")
    reason = mark(
        "It belongs to somebody else, its permissions forbid it, or something that is "
        "no file is in its place."
    )
    advice = mark("Give it back to your user; until then nothing can be saved.")


class ConfigTooNew(StorageProblem):
    """A newer version wrote the settings file; it is left as it is."""

    id = "config-too-new"
    title = mark("The settings were written by a newer version")
    reason = mark("This version does not know them and leaves them as they are.")
    advice = mark("Update Balance Tray; until then nothing can be saved.")


class ConfigUnwritable(StorageProblem):
    """The settings file can't be written; the old one still stands."""

    id = "config-unwritable"
    title = mark("The settings can't be saved")
    reason = mark("The disk is full, or the folder may not be written to.")
    advice = mark(
        "What was saved before still stands. Free some space, or give the folder back "
        "to your user, and save again."
    )


class HistoryProblem(StorageProblem):
    """The database can't be opened or written; balances are shown all the same."""

    id = "history"
    title = mark("The history can't be kept")
    reason = mark("Its database can't be opened or written.")
    advice = mark(
        "Check that its folder is there, is yours and may be written to. Balances are "
        "still shown and warned about."
    )


class HistoryBusy(HistoryProblem):
    """Another program holds the database; what waits is written when it lets go."""

    id = "history-busy"
    title = mark("The history is held by another program")
    reason = mark("It has been writing to it, or copying it, for a while.")
    advice = mark(
        "Nothing needs to be done: new balances are shown, and are written as soon as "
        "it lets go. If it never does, close what backs up or opens the file."
    )


class HistoryFull(HistoryProblem):
    """The disk is full; what waits is written when there is space again."""

    id = "history-full"
    title = mark("The disk is full")
    reason = mark("The history can't be written, so new balances are only remembered.")
    advice = mark(
        "Free some space: what was read meanwhile is then written, unless Balance Tray "
        "ends before."
    )


class HistoryDamaged(HistoryProblem):
    """A part of the database can't be read: it is kept aside, the rest taken over."""

    id = "history-damaged"
    title = mark("The history was damaged")
    reason = mark(
        "A part of its database can't be read, as after a power cut or on a failing "
        "disk. What could be read of it was taken over."
    )
    advice = mark(
        "Nothing needs to be done; the damaged file was kept beside the new one under "
        "a dated name. If it happens again, have the disk checked."
    )


class HistoryTooNew(HistoryProblem):
    """A newer version wrote the database; it is left as it is."""

    id = "history-too-new"
    title = mark("The history was written by a newer version")
    reason = mark("This version does not know it, leaves it as it is and keeps none.")
    advice = mark("Update Balance Tray. Balances are still shown and warned about.")


class ExportUnwritable(StorageProblem):
    """The file that a person chose for an export can't be written."""

    id = "export-unwritable"
    title = mark("The export can't be written")
    reason = mark("The disk is full, or the folder may not be written to.")
    advice = mark("Choose another folder, or free some space, and export again.")


class NotificationsUnseen(BalanceTrayError):
    """No notification server takes what there is to tell."""

    id = "notifications"
    remedy = Remedy.NONE
    title = mark("This desktop shows no notifications at the moment")
    reason = mark(
        "No notification service takes them, so warnings are seen in the icon and in "
        "this window only."
    )
    advice = mark(
        "Start or install one, such as the desktop's own, mako or dunst; what there "
        "was to tell is then told at once."
    )


class ProgramHangs(BalanceTrayError):
    """The program runs already and does not react to another start, or to `--quit`."""

    id = "program-hangs"
    remedy = Remedy.NONE
    title = mark("Balance Tray runs already, and does not answer")
    reason = mark("It hangs, or this computer is very busy at the moment.")
    advice = mark(
        "Wait a minute and try again. If it stays so, end its process in the system "
        "monitor and start it anew; accounts, keys and history stay as they are."
    )


class InternalFault(BalanceTrayError):
    """A fault of this program, caught at the thread's edge."""

    id = "internal-fault"
    retry = Retry.LATER
    remedy = Remedy.COPY_DETAILS
    title = mark("Balance Tray made a mistake")
    reason = mark("Something happened that the program was not built for.")
    advice = mark(
        "It goes on trying. Please report this to the makers of Balance Tray with the "
        "details, which hold no key."
    )
