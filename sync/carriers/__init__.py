"""One file per carrier."""
