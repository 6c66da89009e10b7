"""Commands without a screen, which print and exit. No Qt."""
