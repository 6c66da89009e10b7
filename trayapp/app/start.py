"""Brings the icon up before all else, which is imported behind it.

So this module, and what it imports, is as little as can be: half of a start is Python
reading modules, and Qt making the enums that they name.
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

    The icon comes up at once where nothing else runs for the same profile. What it is
    of is found out later.
    """
    pause_garbage_collection()
    restore_import()
    if sys.platform == "win32":
        from trayapp.services.desktop.windows_identity import set_app_identity

        set_app_identity()
    runtime = Paths.runtime_of_user(demo=options.demo)
    begun = Boot(ProfileLock(Paths.lock_in(runtime)))
    qInstallMessageHandler(begun.hear)
    application = QApplication([sys.argv[0]])
    application.setApplicationName("balance-tray")
    application.setApplicationDisplayName(PROGRAM)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("balance-tray")
    application.setQuitOnLastWindowClosed(False)
    with contextlib.suppress(OSError):  # whoever takes it again hears why
        private_folder(runtime)
        if begun.lock.acquire():
            begun.icon = FirstIcon()
    from trayapp.app import run

    code = run.main(options, application, begun)
    from trayapp.qt import restart

    # Only now another one finds the place free.
    return int(not restart.start_successor()) if code == restart.RESTART else code
