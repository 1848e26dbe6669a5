"""The book's tables about merchant codes that are stopped or run low, and what shops are told."""

from sqlalchemy import Index, Table, UniqueConstraint, text

from app.store.columns import key, metadata, moment, number, personal, sealed, words

# One breaker that opened over a merchant code: when, why, and who closed it with which reason.
breaker = Table(
    "breaker",
    metadata,
    key(),
    words("sku"),
    words("kind"),  # oversell · lock_failures · releases
    words("state", "open"),  # open · closed
    words("why_json", "{}"),  # how many within which time, and what would have passed
    number("opened_at"),
    words("opened_by"),
    moment("closed_at"),
    words("closed_by"),
    personal("closed_reason"),
    number("version", 1),
    sealed(),
    Index(
        "one_open_breaker",
        "sku",
        "kind",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_breaker_at", "opened_at", "id"),
)

# An order whose goods would have been given back while a breaker was open: they wait for a person.
waiting_release = Table(
    "waiting_release",
    metadata,
    key(),
    number("breaker_id"),
    number("order_id"),
    words("sku"),
    number("at"),
    moment("done_at"),
    sealed(),
    UniqueConstraint("breaker_id", "order_id", "sku"),
    Index("ix_waiting_release_order", "order_id"),
)

# What the buyer of an oversold order is to be told, and who told them.
buyer_notice = Table(
    "buyer_notice",
    metadata,
    key(),
    number("order_id"),
    words("sku"),
    words("kind", "presale"),
    moment("expected_at"),  # by when it ships, as far as the shop knows
    words("state", "draft"),  # draft · told
    number("made_at"),
    moment("told_at"),
    words("told_by"),
    number("version", 1),
    sealed(),
    UniqueConstraint("order_id", "sku", "kind"),
    Index("ix_buyer_notice_state", "state", "id"),
)

# A merchant code that runs low: one open ticket at a time, closed once there is enough again.
replenishment = Table(
    "replenishment",
    metadata,
    key(),
    words("number"),
    words("sku"),
    words("state", "open"),  # open · done
    number("free"),  # what was free when it was opened
    number("opened_at"),
    number("ordered"),  # how many a person ordered, who, when and where
    moment("ordered_at"),
    words("ordered_by"),
    words("ordered_reason"),
    moment("done_at"),
    number("version", 1),
    sealed(),
    Index(
        "one_open_replenishment",
        "sku",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_replenishment_state", "state", "free", "id"),
)

# What the shop of a listing was last told that it may sell, and how the code was offered then.
listing_told = Table(
    "listing_told",
    metadata,
    key("listing_id"),
    number("channel_id"),
    words("sku"),
    number("quantity"),
    words("offer"),  # open · lowered · limited · presale · paused
    number("outbox_id"),
    number("at"),
    Index("ix_listing_told_sku", "sku"),
    Index("ix_listing_told_offer", "offer", "sku"),
)
