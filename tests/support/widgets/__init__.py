"""Helpers for tests that look at windows and use them like a person."""
