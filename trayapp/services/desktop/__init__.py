"""The desktop session: the running instance, D-Bus, and Windows' app identity."""
