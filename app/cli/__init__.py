"""Commands for the terminal: serve, doctor, backup, restore, audit, import."""
