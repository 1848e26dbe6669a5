"""The only process that writes and the only one that talks to the world."""
