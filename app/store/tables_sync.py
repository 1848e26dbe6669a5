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
    words("link"),  # orders · ship · memo · stock · probe
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
    Index("ix_sync_sample_at", "at", "channel_id"),
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
