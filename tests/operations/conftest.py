import pytest
from argon2 import PasswordHasher

from app.operations import passphrases
from tests.books import book, clock, engine, ids, postgres, sqlite_template

__all__ = ["book", "clock", "engine", "ids", "postgres", "quick_passphrases", "sqlite_template"]


@pytest.fixture(autouse=True)
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a guess takes is not what these tests are about."""
    monkeypatch.setattr(passphrases, "HASHER", PasswordHasher(1, 8, 1))
