"""Shows the icon first, then imports the rest of the program.

This module imports as little as it can. Half of a start is Python reading modules, and
Qt making the enums that they name.
"""

import argparse
import contextlib
import sys

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from trayapp import __version__
from trayapp.app.boot import Boot
from trayapp.core.program import PROGRAM
from trayapp.qt.interpreter import pause_garbage_collection, restore_import
from trayapp.qt.profile_lock import ProfileLock
from trayapp.services.files.paths import Paths, private_folder
from trayapp.ui.icons.first_icon import FirstIcon


def main(options: argparse.Namespace) -> int:
    """Run the program until a person ends it; give the exit code.

    The icon appears at once if no other program runs for the profile. Its picture
    comes later.
    """
    pause_garbage_collection()
    restore_import()
    if sys.platform == "win32":
        from trayapp.services.desktop.windows_identity import set_app_identity

        set_app_identity()
    runtime = Paths.runtime_of_user(demo=options.demo)
    boot = Boot(ProfileLock(Paths.lock_in(runtime)))
    qInstallMessageHandler(boot.keep_message)
    application = QApplication([sys.argv[0]])
    application.setApplicationName("balance-tray")
    application.setApplicationDisplayName(PROGRAM)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("balance-tray")
    application.setQuitOnLastWindowClosed(False)
    with contextlib.suppress(OSError):  # the next attempt reports it
        private_folder(runtime)
        if boot.lock.acquire():
            boot.icon = FirstIcon()
    from trayapp.app import run

    code = run.main(options, application, boot)
    from trayapp.qt import restart

    # Only now the lock is free for another program.
    return int(not restart.start_successor()) if code == restart.RESTART else code
