"""Errors of the program itself, or of the desktop."""

from trayapp.core.errors.base import BalanceTrayError, Remedy, Retry
from trayapp.core.i18n.language import mark


class NotificationsUnseen(BalanceTrayError):
    """No notification server accepts notifications."""

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


class LoginUnchanged(BalanceTrayError):
    """Start at login can't be switched."""

    id = "login-unchanged"
    remedy = Remedy.NONE
    title = mark("Start at login can't be changed")
    reason = mark(
        "The disk is full, or the list of what starts at login (on Linux the folder "
        "~/.config/autostart) may not be written to."
    )
    advice = mark(
        "Nothing was saved. Free some space, or give the list back to your user, and "
        "save again; or leave start at login as it was, to save the rest."
    )


class ProgramHangs(BalanceTrayError):
    """The running program does not react to another start or to `--quit`."""

    id = "program-hangs"
    remedy = Remedy.NONE
    title = mark("Balance Tray runs already, and does not answer")
    reason = mark("It hangs, or this computer is very busy at the moment.")
    advice = mark(
        "Wait a minute and try again. If it stays so, end its process in the system "
        "monitor and start it anew; accounts, keys and history stay as they are."
    )


class RunsElsewhere(BalanceTrayError):
    """The program runs already, and shows its windows on another display."""

    id = "runs-elsewhere"
    remedy = Remedy.NONE
    title = mark("Balance Tray runs already, on another screen")
    reason = mark(
        "You are logged in more than once, and one program runs for each person."
    )
    advice = mark(
        "Use it on that screen, or move it to this one. In a terminal, "
        "`balance-tray --quit` ends it; then start it here."
    )


class InternalFault(BalanceTrayError):
    """A bug of this program, caught at the thread's edge."""

    id = "internal-fault"
    retry = Retry.LATER
    remedy = Remedy.COPY_DETAILS
    title = mark("Balance Tray made a mistake")
    reason = mark("Something happened that the program was not built for.")
    advice = mark(
        "It goes on trying. Please report this to the makers of Balance Tray with the "
        "details, which hold no key."
    )
