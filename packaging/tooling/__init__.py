"""What `dev.py` and its commands share; nothing but the standard library."""
