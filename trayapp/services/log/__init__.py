"""The log file without keys, the recent errors, and a context manager for faults."""
