"""The book's tables of the packing station: the check of each parcel, and every scan in it."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from app.store.columns import Id, key, metadata, moment, number, sealed, words

packing = Table(
    "packing",
    metadata,
    key(),
    Column("parcel_id", Id, ForeignKey("parcel.id"), nullable=False),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    words("state", "open"),  # open · verified · forced · aside
    number("round", 1),  # counts from the beginning again raise it; older scans stay
    words("station"),
    words("by"),  # who began it, then who closed it
    words("reason"),
    number("opened_at"),
    moment("closed_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("parcel_id"),
    Index("ix_packing_closed_at", "closed_at"),
)

# One row for each merchant code a scan counted; a scan that counted nothing has a row too.
pack_scan = Table(
    "pack_scan",
    metadata,
    key(),
    Column("parcel_id", Id, ForeignKey("parcel.id"), nullable=False),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    number("round", 1),
    words("code"),  # as the scanner read it
    words("sku"),
    words("outcome"),  # right · complete · wrong · surplus · twice …
    number("quantity"),
    words("station"),
    words("by"),
    number("at"),  # when it was taken, UTC ms
    number("read_at"),  # when the scanner read it, by the desk's clock
    sealed(),
    Index("ix_pack_scan_parcel", "parcel_id", "round", "id"),
    Index("ix_pack_scan_at", "at"),
)
