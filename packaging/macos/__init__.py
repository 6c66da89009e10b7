"""The application's description for macOS, and its disk image."""
