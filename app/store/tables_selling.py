"""The book's tables about how each shop sells from the shelf: when it holds, and its share."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from app.store.columns import Id, key, metadata, number, sealed, words

# What one shop does otherwise than the shop's own rules say; '' and 0 are as they say.
selling = Table(
    "selling",
    metadata,
    key("channel_id"),
    words("lock_moment"),  # '' · at_order · at_payment · nightly
    number("soft_minutes"),
    number("uploads"),  # 1: this shop is told of every change of what it may sell
    number("since"),  # since when its sales are merged at night, UTC ms; 0: they are not
    number("version", 1),
    sealed(),
)

# The share of a merchant code that one shop may sell; sku '' is every code it has no row for.
pool = Table(
    "pool",
    metadata,
    key(),
    Column("channel_id", Id, ForeignKey("channel.id"), nullable=False),
    words("sku"),
    number("share"),  # percent of what the fixed pools leave; 0: a fixed pool of `most`
    number("most"),  # units at most; 0: no limit
    number("version", 1),
    sealed(),
    UniqueConstraint("channel_id", "sku"),
    Index("ix_pool_sku", "sku"),
)
