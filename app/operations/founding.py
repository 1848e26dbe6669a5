"""A shop's first hour: its first admin, before anybody can sign in."""

from app.commands.people import CreateOperator
from app.domain.actor import worker
from app.domain.errors import NotInState
from app.operations import people
from app.operations.laws import Laws
from app.store import shops
from app.store.tables_record import operator
from app.store.work import Book


def found(book: Book, first: CreateOperator, *, demo: bool = False) -> int:
    """Give a new book its first member of staff; a book that has one is not founded again.

    Raises :class:`NotInState` for a shop that has staff already.
    """
    laws = Laws(book)
    with book.work(worker("setup", host=book.host)) as work:
        if work.rows(operator.select().limit(1)):
            raise NotInState(machine="shop", state="founded", action="found")
        pk = people.add_operator(work, first, laws.now)
        if demo:
            shops.mark_demo(work)
        work.tell("shop_founded", "operator", pk)
        work.commit()
    return pk
