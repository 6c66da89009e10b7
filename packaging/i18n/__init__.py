"""The files of the translations: their update from the code, and their check."""
