"""One file per screen; screens know nothing of each other."""
