"""The program's name."""

from typing import Final

PROGRAM: Final = "Balance Tray"
"""The same in every language."""
