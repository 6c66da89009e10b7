"""The keyring can't be used, or it has no usable key."""

from trayapp.core.errors.base import BalanceTrayError, Remedy, Retry
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import mark

_UNLOCK_AND_REPEAT = mark(
    "Unlock the keyring on the screen of this computer, then run the command again."
)


class KeyringProblem(BalanceTrayError):
    """The key could not be read or written; this does not mean that it is missing."""

    counts_as_outage = False
    status = Status.LOCKED
    retry = Retry.KEYRING


class KeyringAbsent(KeyringProblem):
    """No keyring service runs, or only an unsafe one."""

    id = "keyring-absent"
    title = mark("There is no keyring on this desktop")
    reason = mark(
        "API keys are kept in the system's keyring and nowhere else, and none answers."
    )
    advice = mark(
        "Start or install a keyring that speaks Secret Service, such as GNOME Keyring, "
        "KeePassXC or KWallet; the program notices by itself."
    )


class SessionBusAbsent(KeyringProblem):
    """No session bus can be reached, so it is unknown whether a keyring runs."""

    id = "session-bus-absent"
    title = mark("No desktop session can be reached")
    reason = mark(
        "API keys are in the keyring of your desktop session, and the session's bus "
        "(D-Bus) can't be found."
    )
    advice = mark(
        "Log in to the desktop of this computer and try again. Without a desktop, "
        "start a session bus and a keyring for this user."
    )


class KeyringLocked(KeyringProblem):
    """The keyring waits for its password."""

    id = "keyring-locked"
    remedy = Remedy.UNLOCK
    title = mark("The keyring is locked")
    reason = mark("The API key is in it, safe and out of reach.")
    advice = mark("Unlock the keyring with its password; the program then goes on.")
    terminal_advice = _UNLOCK_AND_REPEAT


class KeyringDenied(KeyringProblem):
    """A person dismissed the prompt, or the system denied access."""

    id = "keyring-denied"
    remedy = Remedy.UNLOCK
    title = mark("Access to the keyring was denied")
    reason = mark("The keyring's question was answered with no, or was closed.")
    advice = mark("Choose Unlock and allow Balance Tray to read its own key.")
    terminal_advice = mark(
        "Run the command again, and answer the keyring's question on the screen of "
        "this computer."
    )


class KeyringSlow(KeyringProblem):
    """No reply in time; the call continues on its daemon thread."""

    id = "keyring-slow"
    title = mark("The keyring does not answer")
    reason = mark("It was asked for the API key and has said nothing for a while.")
    advice = mark(
        "Look for a question from the keyring behind other windows. If there is none, "
        "log out and in again."
    )
    terminal_advice = _UNLOCK_AND_REPEAT


class KeyringFailed(KeyringProblem):
    """The keyring reported a fault."""

    id = "keyring-failed"
    title = mark("The keyring reports a fault")
    reason = mark("It answered, but could not give or keep the API key.")
    advice = mark("Try again; if it goes on, check the keyring in its own program.")


class KeyNotKept(KeyringProblem):
    """The keyring accepted a key, and returned none or another one when it was read."""

    id = "key-not-kept"
    title = mark("The keyring did not keep the API key")
    reason = mark("It accepted the key and then returned none, or another one.")
    advice = mark(
        "Check the keyring in its own program, then save the key again. An earlier key "
        "of this account was put back."
    )


class KeyRemains(KeyringProblem):
    """The key of a removed account could not be removed; the program tries again."""

    id = "key-remains"
    title = mark("The key of a removed account is still in the keyring")
    reason = mark("The keyring is locked, or it did not remove the API key.")
    advice = mark("Unlock the keyring; the program then removes the key by itself.")


class KeyProblem(BalanceTrayError):
    """There is no usable key."""

    counts_as_outage = False
    status = Status.NO_KEY
    retry = Retry.DAILY
    remedy = Remedy.ENTER_KEY


class KeyMissing(KeyProblem):
    """The keyring works, and has no key for this account."""

    id = "key-missing"
    title = mark("This account has no API key yet")
    reason = mark("The keyring of this computer holds no key for it.")
    advice = mark(
        "Enter the key; you find it in the API settings of the account's panel."
    )
    terminal_advice = mark(
        "Enter the key in the window of Balance Tray, or remove the account and add it "
        "again with its key."
    )


class KeyUnusable(KeyProblem):
    """The typed or stored text can't be a key."""

    id = "key-unusable"
    title = mark("This is not an API key")
    reason = mark(
        "A key has 8 to 256 plain letters, digits or signs, without blanks or accents."
    )
    advice = mark("Copy the key again from the API settings of the account's panel.")
