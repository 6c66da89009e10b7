"""D-Bus: a private bus, and fakes of the services on it."""
