"""How far a shop has been set up, so that a set-up that was stopped goes on where it was."""

from dataclasses import dataclass

from sqlalchemy import Table

from app.domain.actor import worker
from app.store.tables import carrier_account, channel, location, stock
from app.store.tables_record import operator, setting
from app.store.work import Book, Work


@dataclass(frozen=True, slots=True)
class Founded:
    """What is there: staff, the first warehouse's id (0: none), stock, sender, carrier, shop."""

    staff: bool
    warehouse: int
    stock: bool
    sender: bool
    carrier: bool
    shop: bool


def founded(book: Book) -> Founded:
    """Look at the book; nothing is written. A shop made for order files is no connected shop."""
    with book.work(worker("setup", host=book.host)) as work:
        places = work.rows(location.select().order_by(location.c.id).limit(1))
        live = ~channel.c.platform.startswith("file:")
        return Founded(
            staff=_any(work, operator),
            warehouse=int(places[0]["id"]) if places else 0,
            stock=_any(work, stock),
            sender=work.find(setting, "sender") is not None,
            carrier=_any(work, carrier_account),
            shop=bool(work.rows(channel.select().where(live).limit(1))),
        )


def _any(work: Work, table: Table) -> bool:
    return bool(work.rows(table.select().limit(1)))
