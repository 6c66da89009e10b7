"""The SQLite database: store, schema, recovery, and what waits to be written."""
