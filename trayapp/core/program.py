"""What the program is called."""

from typing import Final

PROGRAM: Final = "Balance Tray"
"""The same in every language."""
