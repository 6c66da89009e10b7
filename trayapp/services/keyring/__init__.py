"""The API keys in the operating system's keyring. No other place holds a key."""
