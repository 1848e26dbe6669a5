"""The book's tables about whether its stock figures are true."""

from sqlalchemy import Index, Table, UniqueConstraint

from app.store.columns import key, metadata, moment, number, personal, sealed, words

# One day's report of stock differences, also where there were none. Figures, nothing a person said.
stock_day = Table(
    "stock_day",
    metadata,
    key(),
    words("day"),  # 2026-02-16
    number("counts"),  # places counted
    number("differences"),  # of them, those that differed
    number("units"),  # units that were booked or found in the places counted
    number("units_off"),
    moment("accuracy_ppm"),  # None: nothing was counted
    number("drifts"),  # figures that their movements do not add up to, when it was made
    number("unmatched"),  # cancellations and releases that do not match, when it was made
    number("orders_in"),
    number("oversold"),  # orders of that day that found nothing left
    number("at"),
    UniqueConstraint("day"),
)

# Why a count found another number, whose task it is and what is done about it.
variance = Table(
    "variance",
    metadata,
    key("move_id"),  # the movement of the count
    words("cause"),  # domain.stock_truth.VarianceCause
    words("owner"),
    personal("action"),
    words("due"),  # 2026-02-20, '' for none
    words("explained_by"),
    number("explained_at"),
    moment("done_at"),
    words("done_by"),
    number("version", 1),
    sealed(),
    Index("ix_variance_done", "done_at", "move_id"),
)
