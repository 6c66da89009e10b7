"""Sets the program's identity on Windows, for notifications and the taskbar."""

import sys
from typing import Final, Protocol

APP_USER_MODEL_ID: Final = "BalanceTray.BalanceTray"
"""The installer's Start-menu shortcut has the same one. Otherwise Windows shows
notifications under a file's name, or not at all."""
_LIBRARY: Final = "shell32"  # a variable, so that PyInstaller on Linux ignores it


class Shell(Protocol):
    """The function of shell32 that is used here."""

    def SetCurrentProcessExplicitAppUserModelID(  # noqa: N802  # Windows' name
        self, app_id: str, /
    ) -> int:
        """Set the identity of this process, before its first window."""


def set_app_identity(shell: Shell | None = None) -> bool:
    """Set the identity of this process; False on other systems or after a refusal.

    After a refusal only the name on notifications is wrong.
    """
    if shell is None:
        shell = _shell32()
    return (
        shell is not None
        and shell.SetCurrentProcessExplicitAppUserModelID(APP_USER_MODEL_ID) == 0
    )


def _shell32() -> Shell | None:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  # only Windows needs it

        shell: Shell = ctypes.WinDLL(_LIBRARY)
        return shell
    return None
