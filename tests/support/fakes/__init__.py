"""Fakes of what the program talks to: clock, keyring, gateway and history."""
