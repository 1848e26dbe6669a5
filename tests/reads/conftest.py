from tests.books import clock, ids
from tests.operations.conftest import quick_passphrases

__all__ = ["clock", "ids", "quick_passphrases"]
