"""The installer for Windows, and the version that Windows shows."""
