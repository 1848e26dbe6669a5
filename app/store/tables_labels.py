"""The book's tables about platforms' own labels, and what is left at carriers' outlets."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from app.store.columns import Id, key, metadata, moment, number, sealed, secret, words
from app.store.tables import carrier_account, orders, waybill

# What a platform's print component draws a label from, as the platform gave it.
print_data = Table(
    "print_data",
    metadata,
    Column("waybill_id", Id, ForeignKey(waybill.c.id), primary_key=True, autoincrement=False),
    Column("order_id", Id, ForeignKey(orders.c.id), nullable=False, index=True),
    words("component"),  # whose component: pdd, cainiao …
    words("template_url"),
    secret("content_ct"),  # NULL until the platform gave it, and again once the buyer was erased
    number("tries"),
    moment("next_at"),  # when it is asked for again; NULL: it is here, or not to be had
    moment("got_at"),
    number("version", 1),
    sealed(),
    Index("ix_print_data_next_at", "next_at"),
)

# How the outlets of an account were last read: a measurement, nobody's word.
outlet_reading = Table(
    "outlet_reading",
    metadata,
    Column(
        "account_id", Id, ForeignKey(carrier_account.c.id), primary_key=True, autoincrement=False
    ),
    moment("asked_at"),  # when somebody last wanted it read
    moment("read_at"),
    words("error"),  # the code of the sentence that says why it could not be read
)

# The branches an account takes numbers of, and what is left there; read anew, whole.
outlet = Table(
    "outlet",
    metadata,
    key(),
    Column("account_id", Id, ForeignKey(carrier_account.c.id), nullable=False),
    number("place"),  # in the carrier's order
    words("courier"),
    words("code"),
    words("name"),
    Column("remaining", Id, nullable=True),  # numbers; NULL where nothing is counted
    words("senders", "[]"),  # the addresses parcels may come from, without a person's name
    UniqueConstraint("account_id", "place"),
)
