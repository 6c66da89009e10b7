"""What a login entry means and how its text changes. No file is touched here."""
