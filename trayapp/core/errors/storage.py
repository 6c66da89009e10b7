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
        "Correct it in a text editor; Balance Tray then reads it by itself. If you "
        "save the settings here instead, the file is kept aside under a dated name. "
        "The keys are still in the keyring."
    )


class ConfigReplaced(StorageProblem):
    """Settings were saved over a file that can't be parsed; that is kept aside."""

    id = "config-replaced"
    title = mark("The settings are saved, in place of a file that could not be read")
    reason = mark("It was damaged or edited by hand into something unknown.")
    advice = mark("It is kept beside the new one under a dated name.")


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


class ConfigOfNobody(ConfigUnreadable):
    """The settings file belongs to "nobody", who may be anybody; it is not believed."""

    id = "config-of-nobody"
    title = mark("The settings file belongs to nobody")
    reason = mark(
        "This happens on a network folder whose server does not know your user. So "
        "Balance Tray can't tell who wrote the file."
    )
    advice = mark(
        "Ask the administrator to map your user on that server. Or set XDG_CONFIG_HOME "
        "to a folder on a local disk, and start Balance Tray again."
    )


class ConfigUntrusted(StorageProblem):
    """Another user may have written the settings file; it is not believed."""

    id = "config-untrusted"
    title = mark("Others may write to the settings file")
    reason = mark(
        "They may write to it or to a folder above it. Somebody could have put another "
        "address there, which would get your API key. So the file is not used."
    )
    advice = mark(
        "Look whether the accounts and addresses in it are yours. Then take this "
        "permission away in a terminal, with the command at the end."
    )


class ConfigTooNew(StorageProblem):
    """A newer version wrote the settings file; it is left unchanged."""

    id = "config-too-new"
    title = mark("The settings were written by a newer version")
    reason = mark("This version does not know them and leaves them as they are.")
    advice = mark("Update Balance Tray; until then nothing can be saved.")


class ConfigChanged(StorageProblem):
    """The dialog and another program changed the same; nothing is saved yet."""

    id = "config-changed"
    title = mark("The settings were changed elsewhere meanwhile")
    reason = mark(
        "A command or a text editor changed the same as you, since this dialog opened."
    )
    advice = mark(
        "OK keeps what you entered here. Cancel keeps what is in the settings file."
    )


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
