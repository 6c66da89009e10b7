"""Decides, collects and delivers alerts. The rules are in `core.alerts`."""
