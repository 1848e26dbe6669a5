"""The book's tables about personal data and its keys: what was erased, which key closes what."""

from sqlalchemy import Table

from app.store.columns import key, metadata, moment, number, sealed, words

# An order whose personal data is gone, or will be once it is over. The row is what keeps a
# platform's next reading of the same order from bringing the person back.
erasure = Table(
    "erasure",
    metadata,
    key("order_id"),
    words("state", "wanted"),  # wanted · done
    words("cause", "asked"),  # asked (by the person) · retention
    words("asked_by"),
    number("asked_at"),
    moment("done_at"),
    sealed(),
)

# One change of the data key, from its command to the end of the key before it.
key_rotation = Table(
    "key_rotation",
    metadata,
    key(),  # the new data key's id
    words("state", "moving"),  # moving · waiting (for old backups to go) · checking · done
    words("place"),  # the table in hand, "" before the first
    number("after"),  # the last key of it that was looked at
    number("moved"),
    number("total"),
    number("left_behind"),  # rows that do not open or bear no seal: they keep the old key alive
    number("began_at"),
    moment("moved_at"),
    moment("ended_at"),
    sealed(),
)

# How old the keys of a shop or carrier account are, and when they last served; no secret is here.
credential = Table(
    "credential",
    metadata,
    key("owner_id"),  # the shop's or the account's id
    words("kind"),  # channel · carrier
    number("put_at"),
    words("put_by"),
    moment("used_at"),
    moment("good_at"),  # when the other side last accepted them
    moment("retired_at"),
    sealed(),
)
