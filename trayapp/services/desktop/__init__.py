"""Other programs of the session: the running instance, D-Bus, Windows itself."""
