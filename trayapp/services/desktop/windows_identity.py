"""Tells Windows who this program is, for notifications and the taskbar."""

import sys
from typing import Final, Protocol

APP_USER_MODEL_ID: Final = "BalanceTray.BalanceTray"
"""Without the same one on the Start-menu shortcut, which the installer makes, Windows
shows notifications under the name of a file or not at all."""


_LIBRARY: Final = "shell32"  # named here, PyInstaller does not look for it on Linux


class Shell(Protocol):
    """What is used of shell32."""

    def SetCurrentProcessExplicitAppUserModelID(  # noqa: N802  # Windows' name
        self, app_id: str, /
    ) -> int:
        """Give this process its identity, before its first window."""


def take_identity(shell: Shell | None = None) -> bool:
    """Give this process its identity; False where there is none to take.

    A refusal costs no more than the right name on notifications.
    """
    if shell is None:
        shell = _shell32()
    return (
        shell is not None
        and shell.SetCurrentProcessExplicitAppUserModelID(APP_USER_MODEL_ID) == 0
    )


def _shell32() -> Shell | None:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  # nobody else has shell32, nor needs ctypes here

        shell: Shell = ctypes.WinDLL(_LIBRARY)
        return shell
    return None
