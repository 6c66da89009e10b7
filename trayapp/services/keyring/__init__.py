"""The API keys in the operating system's keyring. No other folder stores a key."""
