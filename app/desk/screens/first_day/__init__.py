"""The first day: from an empty data folder to a shop that prints its first label."""
