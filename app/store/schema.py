"""The whole schema: every table of the book, from both files that spell them."""

from app.store.tables import orders
from app.store.tables_record import audit

metadata = orders.metadata
"""All tables, the orders' and the record's: importing this module spells both."""

SEALED = tuple(t for t in metadata.sorted_tables if "row_mac" in t.c and t is not audit)
"""The tables whose rows bear a seal."""
