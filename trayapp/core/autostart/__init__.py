"""What a login entry means, and how its text changes. It touches no file."""
