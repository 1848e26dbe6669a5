from tests.books import clock, ids

__all__ = ["clock", "ids"]
