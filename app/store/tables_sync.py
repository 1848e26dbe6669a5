"""The book's tables about how well shops are read: figures, never an order.

Nothing here is sealed: they are measurements that a chart shows and nobody acts on alone, made
every minute by the keeper and gone after a season.
"""

from sqlalchemy import Index, Table, UniqueConstraint

from app.store.columns import key, metadata, moment, number, words

# How a shop stands now, as the keeper that reads it last saw it.
sync_state = Table(
    "sync_state",
    metadata,
    key("channel_id"),
    number("at"),
    number("up"),
    number("needs_person"),
    words("error"),  # the code whose sentence says why it is down
    moment("last_success_at"),
    moment("down_since"),
    moment("last_event_at"),  # when an order last came in or changed
    moment("offset_ms"),  # the platform's clock ahead of ours
    moment("answer_ms"),
    moment("limit_left"),
    number("retrying"),
)

# What passed over one link of one shop in some minutes, for charts and pass rates.
sync_sample = Table(
    "sync_sample",
    metadata,
    key(),
    number("channel_id"),
    words("link"),  # orders · ship · memo · stock · probe · reserve
    number("at"),
    number("span_ms"),
    number("asked"),
    number("failed"),
    number("again"),
    number("came"),
    number("median_ms"),
    number("p95_ms"),
    moment("answer_ms"),
    moment("offset_ms"),
    words("delays_json", "[]"),  # every delay, ms: a day's median is made of them, not of medians
    Index("ix_sync_sample_at", "at", "channel_id"),
)

# What a shop's platform said is there of a listing, and when: it holds nothing (F125).
shop_stock = Table(
    "shop_stock",
    metadata,
    key("listing_id"),
    number("channel_id"),
    moment("quantity"),  # None: its shop does not count it
    number("at"),
)

# One line of a day's report: how a link of a shop did, from midnight to midnight of the shop.
sync_day = Table(
    "sync_day",
    metadata,
    key(),
    words("day"),  # 2026-02-16
    number("channel_id"),
    words("link"),
    number("asked"),
    number("failed"),
    number("again"),
    number("came"),
    number("median_ms"),
    number("p95_ms"),
    number("at"),
    UniqueConstraint("day", "channel_id", "link"),
)

# How long orders have stood in a state, at a moment.
state_sample = Table(
    "state_sample",
    metadata,
    key(),
    number("at"),
    words("state"),
    number("n"),
    number("median_ms"),
    number("oldest_ms"),
    Index("ix_state_sample_at", "at"),
)

# Who waited for whom: orders for goods that others hold, and writes for the one that writes.
lock_sample = Table(
    "lock_sample",
    metadata,
    key(),
    number("at"),
    number("span_ms"),
    number("holding"),  # orders that hold goods
    number("waiting"),  # paid orders that wait for goods others hold
    number("writes"),
    number("waited"),  # writes that found another one under way
    number("longest_ms"),
    number("conflicts"),  # writes refused because the row had changed meanwhile
    Index("ix_lock_sample_at", "at"),
)

# How many orders the platform had and how many stood here, and which were missing.
order_count = Table(
    "order_count",
    metadata,
    key(),
    number("channel_id"),
    words("span"),  # hour · day
    number("at"),
    number("there"),
    number("here"),
    number("missing"),
    words("missing_json", "[]"),  # the first hundred of their numbers
    UniqueConstraint("channel_id", "span", "at"),
    Index("ix_order_count_at", "at", "channel_id"),
)
