"""Balance Tray: the credit left on an SMS-gateway account, in the system tray."""

# The only place of the version. Asking importlib.metadata for it would take a tenth of
# the start: it imports the parsers of mails and archives.
__version__ = "0.1.0"
