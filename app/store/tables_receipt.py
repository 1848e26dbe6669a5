"""The book's tables about goods that came in, by whose paper and lot, and that came back."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from app.store.columns import Id, key, metadata, number, personal, sealed, words

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

# What somebody saw of an item that came back: only what can be sold again went to the shelf.
inspection = Table(
    "inspection",
    metadata,
    key(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    Column("line_id", Id, ForeignKey("line.id"), nullable=False, index=True),
    Column("location_id", Id, ForeignKey("location.id"), nullable=False),
    number("sellable"),
    number("damaged"),
    number("supplier"),  # goes back to whom it was bought from
    personal("reason"),
    number("at"),
    words("by"),
    sealed(),
    CheckConstraint("sellable + damaged + supplier > 0", name="some"),
)
