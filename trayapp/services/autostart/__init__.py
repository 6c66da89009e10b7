"""Reads and changes the login entry of each operating system."""
