"""The translations' files, kept in step with the code."""
