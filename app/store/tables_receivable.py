"""The book's table about what is owed to the shop for goods that left."""

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint

from app.store.columns import Id, key, metadata, number, sealed, words

# One row an order, booked once when it counts as shipped; what goes back stands in `refund`.
receivable = Table(
    "receivable",
    metadata,
    key(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False),
    number("amount_minor"),
    words("currency"),
    words("cause"),  # scan · carrier · platform
    words("reference"),  # the waybill number it left with, "" where the platform alone says so
    number("booked_at"),
    sealed(),
    UniqueConstraint("order_id"),
)
