"""The whole schema: every table of the book, from every file that spells some."""

from app.store import (
    tables_after_sale,
    tables_approval,
    tables_breaker,
    tables_catalogue,
    tables_labels,
    tables_master,
    tables_notice,
    tables_packing,
    tables_people,
    tables_privacy,
    tables_receipt,
    tables_receivable,
    tables_record,
    tables_selling,
    tables_stock_truth,
    tables_sync,
)
from app.store.tables import orders

FILES = (
    tables_after_sale,
    tables_approval,
    tables_breaker,
    tables_catalogue,
    tables_labels,
    tables_master,
    tables_notice,
    tables_packing,
    tables_people,
    tables_privacy,
    tables_receipt,
    tables_receivable,
    tables_record,
    tables_selling,
    tables_stock_truth,
    tables_sync,
)
"""What is imported for its tables alone."""

metadata = orders.metadata
"""All tables, the orders' and the record's: importing this module spells them."""

SEALED = tuple(
    t for t in metadata.sorted_tables if "row_mac" in t.c and t is not tables_record.audit
)
"""The tables whose rows bear a seal."""
