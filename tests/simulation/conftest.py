from tests.books import book, clock, engine, ids, postgres, sqlite_template

__all__ = ["book", "clock", "engine", "ids", "postgres", "sqlite_template"]
