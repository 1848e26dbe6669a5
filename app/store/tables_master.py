"""The book's table of another system's masters: read from its files, never changed here."""

from sqlalchemy import Table, UniqueConstraint

from app.store.columns import key, metadata, number, sealed, words

# One row a customer, material or price of the other system, as its last file told it.
erp_master = Table(
    "erp_master",
    metadata,
    key(),
    words("system"),  # kingdee_k3
    words("kind"),  # customers · materials · prices
    words("code"),
    words("facts_json", "{}"),  # name, unit, price …: text, as it stood
    number("read_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("system", "kind", "code"),
)
