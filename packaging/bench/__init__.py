"""The benchmark of `dev.py bench`; desktops are in `desktop`."""
