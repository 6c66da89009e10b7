"""Start at login: reads and changes the login entry of each operating system."""
