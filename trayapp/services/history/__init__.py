"""The SQLite store, its schema and recovery, the state cache and the write queue."""
