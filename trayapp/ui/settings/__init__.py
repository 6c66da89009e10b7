"""The settings dialog, its pages and the account dialog."""
