"""No test of the rules is timed: a slow computer must not turn a promise red."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
