"""Read-only SQL on the local SQLite file, as frozen rows."""
