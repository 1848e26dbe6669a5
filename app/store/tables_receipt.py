"""The book's tables about goods that came in: by whose paper, and in which lots."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from app.store.columns import Id, key, metadata, number, sealed, words

# A delivery as its supplier's paper names it: the same paper is taken in once.
receipt = Table(
    "receipt",
    metadata,
    key(),
    words("number"),  # R…, ours
    words("supplier"),
    words("paper_no"),
    words("paper_key"),  # supplier and paper number as they are compared
    Column("location_id", Id, ForeignKey("location.id"), nullable=False),
    number("at"),
    words("by"),
    number("version", 1),
    sealed(),
    UniqueConstraint("paper_key"),
)

# What of a merchant code came in one lot of a delivery; it is never changed afterwards.
lot = Table(
    "lot",
    metadata,
    key(),
    Column("receipt_id", Id, ForeignKey("receipt.id"), nullable=False),
    words("sku"),
    words("lot_no"),
    words("expires_on"),  # 2027-02-16, "" where it does not expire
    number("quantity"),
    sealed(),
    UniqueConstraint("receipt_id", "sku", "lot_no"),
    CheckConstraint("quantity > 0", name="quantity"),
    Index("ix_lot_sku", "sku", "expires_on"),
)
