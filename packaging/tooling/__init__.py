"""Modules that `dev.py` and its commands share; they need only the standard library."""
