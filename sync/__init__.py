"""A leaf library that speaks to channels and carriers; it knows nothing of the app."""
