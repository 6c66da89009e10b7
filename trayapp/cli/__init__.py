"""Commands without a screen: they print and exit. No Qt."""
