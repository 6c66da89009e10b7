"""The log file without keys, the recent errors, and the barrier that logs faults."""
