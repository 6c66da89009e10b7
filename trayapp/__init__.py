"""Balance Tray: the credit left on an SMS-gateway account, in the system tray."""

from importlib.metadata import version

__version__ = version("balance-tray")
