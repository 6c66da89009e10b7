"""The outside world: network, keyring, files, database, desktop bus. No Qt."""
