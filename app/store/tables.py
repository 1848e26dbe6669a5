"""The book's tables about orders, stock and parcels; one schema for SQLite and PostgreSQL.

Every table with a `row_mac` column is sealed: a change from outside Waydesk is named by
`waydesk audit verify` (security.md 3.7).
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.columns import Id, key, metadata, moment, number, personal, sealed, secret, words

channel = Table(
    "channel",
    metadata,
    key(),
    words("platform"),
    words("name"),
    words("zone", "UTC"),
    words("currency", "CNY"),
    words("state", "on"),  # on · paused (by a person) · off (its keys were retired)
    number("every_s"),  # seconds between two readings; 0: as often as Waydesk reads by itself
    words("config_json", "{}"),
    secret("credentials_ct"),
    number("version", 1),
    sealed(),
)

carrier_account = Table(
    "carrier_account",
    metadata,
    key(),
    words("carrier"),  # sf, zto …
    words("name"),
    words("state", "on"),
    words("service"),
    number("warn_below", 100),  # numbers left at an outlet at which somebody should buy more
    secret("credentials_ct"),
    number("version", 1),
    sealed(),
)

orders = Table(
    "orders",
    metadata,
    key(),
    words("number"),  # SO20260216000892, ours
    Column("channel_id", Id, ForeignKey("channel.id"), nullable=False),
    words("external_id"),
    words("external_no"),  # what people search and paste
    number("external_version"),  # the channel's modified time, UTC ms
    words("kind", "normal"),
    words("intake", "pending"),
    words("state"),
    words("payment"),
    words("logistics", "none"),
    words("tab"),  # the one board tab the row stands in (domain.board)
    words("raw_status"),
    words("platform_state"),  # our word for raw_status; '' while nobody knows it
    words("ends"),  # '' while platform, book and carrier agree, else who is behind (domain.ends)
    words("held", ""),  # '' · hold (by a person) · locked (a guard failed) · risk
    personal("held_reason"),
    number("platform_cancelled"),
    moment("placed_at"),
    moment("paid_at"),
    moment("promise_at"),
    moment("shipped_at"),
    moment("completed_at"),
    words("stood_as"),  # the state it was last seen in, and since when
    moment("state_at"),
    moment("paid_here_at"),  # its payment became known here; its goods were reserved
    moment("reserved_at"),
    words("currency"),
    number("total_minor"),
    number("paid_minor"),
    number("refunded_minor"),
    number("freight_minor"),
    number("discount_minor"),
    number("items"),
    words("summary"),  # first line's title, what a packer looks for
    words("summary_variant"),
    words("summary_sku"),
    personal("buyer_mask"),
    personal("phone_mask"),
    personal("phone_tail"),
    words("country"),
    words("province"),
    personal("city"),
    personal("buyer_message_mask"),
    personal("seller_memo"),
    words("flag"),
    words("carrier"),
    words("waybill_no"),
    words("print_state"),
    number("proofs"),
    number("open_cases"),
    number("location_id"),  # the warehouse it goes out from; 0 while nothing is reserved
    moment("reviewed_at"),
    words("counted_tab"),  # what the counters hold for this row, to take it back exactly
    number("counted_minor"),
    number("version", 1),
    number("updated_at"),
    sealed(),
    UniqueConstraint("channel_id", "external_id"),
    UniqueConstraint("number"),
)
# One index for every sortable column, with the id behind it: keyset pages need a total order.
SORTABLE = (
    *("placed_at", "promise_at", "external_no", "summary", "buyer_mask"),
    *("waybill_no", "state", "total_minor", "updated_at"),
)
for _name in SORTABLE:
    Index(f"ix_orders_{_name}", orders.c[_name], orders.c.id)
for _name in ("placed_at", "promise_at"):
    Index(f"ix_orders_tab_{_name}", orders.c.tab, orders.c[_name], orders.c.id)
Index("ix_orders_phone_tail", orders.c.phone_tail, orders.c.id)
Index("ix_orders_city", orders.c.city, orders.c.id)
Index("ix_orders_channel", orders.c.channel_id, orders.c.placed_at, orders.c.id)
Index("ix_orders_paid_here", orders.c.paid_here_at)
Index("ix_orders_location", orders.c.location_id, orders.c.placed_at, orders.c.id)
HELD = text("held <> ''")
APART = text("ends <> ''")
Index("ix_orders_ends", orders.c.ends, orders.c.id, sqlite_where=APART, postgresql_where=APART)
Index("ix_orders_held", orders.c.held, orders.c.id, sqlite_where=HELD, postgresql_where=HELD)

receiver = Table(
    "receiver",
    metadata,
    key("order_id"),
    secret("name_ct"),
    secret("phone_ct"),
    secret("email_ct"),
    secret("address_ct"),
    secret("nick_ct"),
    secret("message_ct"),
    secret("cipher_ct"),  # a platform's opaque receiver (oaid), kept, never guessed
    personal("address_mask"),
    personal("district"),
    personal("postcode"),
    Column("phone_index", LargeBinary, nullable=True, index=True),
    Column("email_index", LargeBinary, nullable=True, index=True),
    Column("tokens", LargeBinary, nullable=True),  # the name tokens written, to take them back
    number("version", 1),
    sealed(),
)

# Keyed bigrams of names: HMAC cut to 64 bits. Equal names look equal; the handbook says so.
name_token = Table(
    "name_token",
    metadata,
    Column("token", Id, primary_key=True, autoincrement=False),
    Column("order_id", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

line = Table(
    "line",
    metadata,
    key(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    words("external_id"),
    words("sku", ""),
    words("listing_ref"),
    words("title"),
    words("variant"),
    number("quantity"),
    number("cancelled"),
    number("shipped"),
    number("unit_price_minor"),
    number("total_minor"),
    number("gift"),
    number("sku_known", 1),
    number("listing_id"),  # 0: told before listings were kept
    number("units", 1),  # how many of the merchant code one sold item is
    number("version", 1),
    sealed(),
    UniqueConstraint("order_id", "external_id"),
    CheckConstraint("quantity >= 0", name="quantity"),
    CheckConstraint("cancelled >= 0 AND cancelled <= quantity", name="cancelled"),
    Index("ix_line_sku", "sku", "order_id"),
    Index("ix_line_listing", "listing_id", "order_id"),
)

location = Table("location", metadata, key(), words("name"), number("version", 1), sealed())

stock = Table(
    "stock",
    metadata,
    key(),
    words("sku"),
    Column("location_id", Id, ForeignKey("location.id"), nullable=False),
    number("physical"),
    number("reserved"),
    number("opening"),
    number("closed"),  # 1: the breaker is open, nothing more is allocated
    number("version", 1),
    sealed(),
    UniqueConstraint("sku", "location_id"),
    CheckConstraint("physical >= 0", name="physical"),
    CheckConstraint("reserved >= 0", name="reserved"),
)

lock = Table(
    "stock_lock",
    metadata,
    key(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    Column("line_id", Id, ForeignKey("line.id"), nullable=False, index=True),
    words("sku"),
    Column("location_id", Id, nullable=False),
    number("quantity"),
    number("released"),
    number("used"),
    words("state", "held"),
    words("kind", "firm"),
    moment("expires_at"),
    number("version", 1),
    sealed(),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("released + used <= quantity", name="balance"),
    Index("ix_stock_lock_sku", "sku", "state", "id"),
    Index(
        "ix_stock_lock_expires",
        "expires_at",
        sqlite_where=text("expires_at IS NOT NULL AND state = 'held'"),
        postgresql_where=text("expires_at IS NOT NULL AND state = 'held'"),
    ),
)

stock_move = Table(
    "stock_move",
    metadata,
    key(),
    words("sku"),
    Column("location_id", Id, nullable=False),
    number("d_physical"),
    number("d_reserved"),
    words("cause_kind"),
    Column("cause_id", Id, nullable=False),
    number("at"),
    sealed(),
    UniqueConstraint("cause_kind", "cause_id", "sku", "location_id"),
    Index("ix_stock_move_sku", "sku", "location_id", "id"),
    Index("ix_stock_move_at", "at", "sku"),
)

parcel = Table(
    "parcel",
    metadata,
    key(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    words("public_id"),  # the parcel's own QR
    words("state", "open"),  # open · shipped · void
    words("carrier"),
    number("weight_g"),
    moment("printed_at"),
    moment("verified_at"),
    moment("weighed_at"),
    moment("handed_at"),
    moment("written_back_at"),
    moment("picked_up_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("public_id"),
)

parcel_line = Table(
    "parcel_line",
    metadata,
    key(),
    Column("parcel_id", Id, ForeignKey("parcel.id"), nullable=False, index=True),
    Column("line_id", Id, ForeignKey("line.id"), nullable=False),
    number("quantity"),
    sealed(),
    UniqueConstraint("parcel_id", "line_id"),
    CheckConstraint("quantity > 0", name="quantity"),
)

OPEN_WAYBILL = text("state NOT IN ('voided', 'rejected')")
waybill = Table(
    "waybill",
    metadata,
    key(),
    Column("parcel_id", Id, ForeignKey("parcel.id"), nullable=False, index=True),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    number("generation", 1),
    words("intent_key"),
    words("carrier_account"),
    secret("request_ct"),  # the exact bytes sent, so that a resend is the same bytes
    Column("request_digest", LargeBinary, nullable=True),
    words("state", "intent"),
    Column("carrier_no", Text, nullable=True),
    words("route_json", "{}"),  # routing mark, sort code, two-dimension code, product
    words("source", "api"),  # api · typed (by a person, F182)
    words("rejected_code"),
    personal("rejected_text"),
    number("lookups"),
    moment("first_sent_at"),
    moment("not_found_at"),
    moment("next_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("intent_key"),
    # One open waybill per parcel: held by the database, not by code.
    Index(
        "one_open_waybill",
        "parcel_id",
        unique=True,
        sqlite_where=OPEN_WAYBILL,
        postgresql_where=OPEN_WAYBILL,
    ),
    Index(
        "one_carrier_no",
        "carrier_account",
        "carrier_no",
        unique=True,
        sqlite_where=text("carrier_no IS NOT NULL"),
        postgresql_where=text("carrier_no IS NOT NULL"),
    ),
    Index("ix_waybill_carrier_no", "carrier_no"),
    Index("ix_waybill_due", "state", "next_at"),
)

print_job = Table(
    "print_job",
    metadata,
    key(),
    Column("waybill_id", Id, ForeignKey("waybill.id"), nullable=False, index=True),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    number("copy_no", 1),
    words("reason"),
    words("state", "queued"),
    words("desk"),
    words("printer"),
    words("template"),
    words("batch"),  # one selection printed together, for its progress
    words("spool_job"),
    number("order_version"),  # re-checked when the print is claimed
    moment("claimed_at"),
    moment("printed_at"),
    words("confirmed_by"),
    personal("error"),
    number("version", 1),
    sealed(),
    UniqueConstraint("waybill_id", "copy_no"),
    Index("ix_print_job_state", "state", "id"),
)

proof = Table(
    "proof",
    metadata,
    key(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    Column("parcel_id", Id, nullable=True),
    words("kind"),
    number("at"),
    words("source"),
    words("reference"),
    sealed(),
    UniqueConstraint("order_id", "kind", "reference"),
)

tracking = Table(
    "tracking",
    metadata,
    key(),
    Column("parcel_id", Id, ForeignKey("parcel.id"), nullable=False, index=True),
    words("waybill_no"),
    words("code"),
    words("status"),
    number("at"),
    personal("place"),
    personal("said"),
    words("dedupe_key"),
    sealed(),
    UniqueConstraint("waybill_no", "dedupe_key"),
)

refund = Table(
    "refund",
    metadata,
    key(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False, index=True),
    words("external_id"),
    number("amount_minor"),
    words("currency"),
    personal("reason"),
    moment("at"),
    sealed(),
    UniqueConstraint("order_id", "external_id"),
)
