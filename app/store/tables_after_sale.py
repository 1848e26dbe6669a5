"""The book's table about what buyers ask back after paying, as their platform tells it."""

from sqlalchemy import Index, Table, UniqueConstraint

from app.store.columns import key, metadata, moment, number, personal, sealed, words

after_sale = Table(
    "after_sale",
    metadata,
    key(),
    number("channel_id"),
    number("order_id"),
    words("external_id"),
    words("kind"),  # refund · return · exchange · repair · resend · other
    words("raw_status"),
    words(
        "told_version"
    ),  # the platform's name for the state that was read; goes back with answers
    number("amount_minor"),
    words("currency"),
    number("quantity"),
    personal("reason"),
    personal("said"),
    words("may"),  # what the seller may answer: agree,refuse; '' once it is over
    words("return_carrier"),
    words("return_no"),
    moment("asked_at"),
    moment("changed_at"),
    words("answer"),  # '' · agree · refuse
    words("answer_state"),  # '' · sending · done · unknown · refused
    words("answer_code"),  # why the platform said no, or why nobody knows
    moment("answered_at"),
    number("version", 1),
    sealed(),
    UniqueConstraint("channel_id", "external_id"),
    Index("ix_after_sale_order", "order_id"),
)
