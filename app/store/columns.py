"""The kinds of columns every table is made of, equal on SQLite and PostgreSQL.

Ids are Snowflake integers and SQLite's own rowid, times UTC milliseconds, money integer minor
units, weights grams, lengths millimetres. Truths are 0/1 integers and JSON is text, so that a
row reads back byte for byte on both engines and its `row_mac` stays comparable.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Text, text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Id = BigInteger().with_variant(Integer, "sqlite")


def key(name: str = "id") -> Column[int]:
    """A Snowflake primary key, handed in, never made by the database."""
    return Column(name, Id, primary_key=True, autoincrement=False)


def sealed() -> Column[bytes]:
    """HMAC-SHA-256/128 over the row's business columns; NULL only inside a transaction."""
    return Column("row_mac", LargeBinary, nullable=True)


def number(name: str, default: int = 0) -> Column[int]:
    """A whole number that is always there."""
    return Column(name, Id, nullable=False, server_default=text(str(default)))


def words(name: str, default: str = "") -> Column[str]:
    """Text that is always there, empty when nothing is known."""
    return Column(name, Text, nullable=False, server_default=text(f"'{default}'"))


def personal(name: str, default: str = "") -> Column[str]:
    """Text about a person, masked or said of them: it goes when they are erased.

    The record never repeats it, since its lines outlive an erasure (`app.store.changes`).
    """
    told = words(name, default)
    told.info["personal"] = True
    return told


def moment(name: str) -> Column[int]:
    """A UTC time in milliseconds, NULL when it has not happened."""
    return Column(name, Id, nullable=True)


def secret(name: str) -> Column[bytes]:
    """Ciphertext bound to this row and column (security.md 3.4), NULL when there is none."""
    return Column(name, LargeBinary, nullable=True, info={"closed": True})
