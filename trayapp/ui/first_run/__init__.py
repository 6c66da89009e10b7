"""The dialog that sets up the first account in three steps."""
