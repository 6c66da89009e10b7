"""A file of the program could not be read or written."""

from trayapp.core.errors.base import BalanceTrayError, Remedy
from trayapp.core.i18n.language import mark


class StorageProblem(BalanceTrayError):
    """A file of the program could not be read or written."""

    remedy = Remedy.NONE


class ConfigBroken(StorageProblem):
    """The settings file can't be parsed."""

    id = "config-broken"
    title = mark("The settings file can't be read")
    reason = mark("It is damaged or was edited by hand into something unknown.")
    advice = mark(
        "It was kept aside under a dated name. Please enter the accounts again; their "
        "keys are still in the keyring."
    )


class ConfigStuck(ConfigBroken):
    """The settings file can't be parsed or moved away; it is left unchanged."""

    id = "config-stuck"
    reason = mark(
        "It is damaged, and its folder may not be written to, so it was not kept aside."
    )
    advice = mark(
        "Free some space or give the folder back to your user, then start Balance "
        "Tray again; until then nothing can be saved."
    )


class ConfigUnreadable(StorageProblem):
    """The settings file exists and may not be read; it is left unchanged."""

    id = "config-unreadable"
    title = mark("The settings file may not be read")
    reason = mark(
        "It belongs to somebody else, its permissions forbid it, or something that is "
        "no file is in its place."
    )
    advice = mark("Give it back to your user; until then nothing can be saved.")


class ConfigTooNew(StorageProblem):
    """A newer version wrote the settings file; it is left unchanged."""

    id = "config-too-new"
    title = mark("The settings were written by a newer version")
    reason = mark("This version does not know them and leaves them as they are.")
    advice = mark("Update Balance Tray; until then nothing can be saved.")


class ConfigUnwritable(StorageProblem):
    """The settings file can't be written; the old one stays valid."""

    id = "config-unwritable"
    title = mark("The settings can't be saved")
    reason = mark("The disk is full, or the folder may not be written to.")
    advice = mark(
        "What was saved before still stands. Free some space, or give the folder back "
        "to your user, and save again."
    )


class HistoryProblem(StorageProblem):
    """The database can't be opened or written; balances are still shown."""

    id = "history"
    title = mark("The history can't be kept")
    reason = mark("Its database can't be opened or written.")
    advice = mark(
        "Check that its folder is there, is yours and may be written to. Balances are "
        "still shown and warned about."
    )


class HistoryBusy(HistoryProblem):
    """Another program locks the database; pending changes are written afterwards."""

    id = "history-busy"
    title = mark("The history is held by another program")
    reason = mark("It has been writing to it, or copying it, for a while.")
    advice = mark(
        "Nothing needs to be done: new balances are shown, and are written as soon as "
        "it lets go. If it never does, close what backs up or opens the file."
    )


class HistoryFull(HistoryProblem):
    """The disk is full; pending changes are written when there is space."""

    id = "history-full"
    title = mark("The disk is full")
    reason = mark("The history can't be written, so new balances are only remembered.")
    advice = mark(
        "Free some space: what was read meanwhile is then written, unless Balance Tray "
        "ends before."
    )


class HistoryDamaged(HistoryProblem):
    """A part of the database can't be read; the rest moves to a new database."""

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
    """A newer version wrote the database; it is left unchanged."""

    id = "history-too-new"
    title = mark("The history was written by a newer version")
    reason = mark("This version does not know it, leaves it as it is and keeps none.")
    advice = mark("Update Balance Tray. Balances are still shown and warned about.")


class ExportUnwritable(StorageProblem):
    """The chosen file of an export can't be written."""

    id = "export-unwritable"
    title = mark("The export can't be written")
    reason = mark("The disk is full, or the folder may not be written to.")
    advice = mark("Choose another folder, or free some space, and export again.")
