"""A sale of more wants than pieces: its shop, its buyers, and what became of the ledger.

An attempt is what a keeper does with an order: one transaction that reserves all of it or nothing.
On the way some orders are cancelled, and some more pieces are counted in, so that goods come back
and are sold again; nothing of that after the half, so that the end is a shop that is sold out.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import func, select

from app.domain.actor import worker
from app.store import stock as shelf
from app.store import stock_ledger, stock_release
from app.store.tables import channel, line, lock, orders, stock
from app.store.work import Book

SOME = 500  # rows written at once
SALE, SETUP = worker("sale"), worker("setup")


@dataclass(frozen=True, slots=True)
class Sale:
    """How many workers try how often for how many pieces of how many merchant codes.

    ``basket`` is the most codes an order wants; one of ``cancel_every`` orders that got its goods
    gives them back, and one of ``count_every`` attempts counts one more piece in.
    """

    workers: int
    attempts: int
    codes: int
    pieces: int
    basket: int = 1
    cancel_every: int = 5
    count_every: int = 50
    seed: int = 7

    def sku(self, n: int) -> str:
        """The n-th merchant code."""
        return f"HOT-{n:04d}"

    def orders_of(self, number: int) -> range:
        """The ids of the orders a worker tries for."""
        return range(number * 1_000_000 + 1, number * 1_000_000 + 1 + self.attempts)

    def wants(self, order_id: int) -> tuple[str, ...]:
        """What an order wants, one piece of each, in no particular order."""
        chance = random.Random(self.seed * 1_000_003 + order_id)
        some = chance.randint(1, min(self.basket, self.codes))
        return tuple(self.sku(n) for n in chance.sample(range(self.codes), some))


@dataclass(slots=True)
class Tally:
    """What a worker did: orders served and short, cancelled, pieces counted in, and errors."""

    served: int = 0
    short: int = 0
    cancelled: int = 0
    counted: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.served + other.served,
            self.short + other.short,
            self.cancelled + other.cancelled,
            self.counted + other.counted,
            self.errors + other.errors,
        )


def open_sale(book: Book, sale: Sale) -> int:
    """Open the shop and take every order in, nothing reserved yet; the warehouse's id."""
    with book.work(SETUP) as work:
        shop = work.ids.next()
        work.insert(channel, {"id": shop, "platform": "woocommerce", "name": "Sale"})
        place = stock_ledger.add_location(work, "Main")
        rows = [(sale.sku(n), "t", sale.pieces, 1) for n in range(sale.codes)]
        stock_ledger.open_stock(work, place, rows)
        work.tell("shop_opened", "channel", shop)
        work.commit()
    wanted = [pk for number in range(1, sale.workers + 1) for pk in sale.orders_of(number)]
    for start in range(0, len(wanted), SOME):
        _place(book, sale, shop, wanted[start : start + SOME])
    return place


def _place(book: Book, sale: Sale, shop: int, some: list[int]) -> None:
    paid = {"channel_id": shop, "intake": "booked", "state": "paid", "payment": "paid"}
    with book.work(SETUP) as work:
        work.insert(
            orders, *({"id": pk, "number": f"SO{pk}", "external_id": str(pk)} | paid for pk in some)
        )
        items = ((pk, n, sku) for pk in some for n, sku in enumerate(sale.wants(pk)))
        work.insert(
            line,
            *(
                {"id": pk * 10 + n, "order_id": pk, "external_id": str(n), "sku": sku}
                | {"quantity": 1}
                for pk, n, sku in items
            ),
        )
        work.tell("orders_placed", "order", n=len(some))
        work.commit()


class Worker:
    """One of those who try; each step is one transaction."""

    def __init__(self, book: Book, sale: Sale, number: int, place: int) -> None:
        self._book, self._sale, self._place = book, sale, place
        self._chance = random.Random(sale.seed * 31 + number)
        self._mine = sale.orders_of(number)
        self.tally = Tally()

    def steps(self) -> Iterator[None]:
        """Try for every order, a transaction at a time."""
        for done, order_id in enumerate(self._mine):
            early = done * 2 < len(self._mine)
            if early and self._chance.randrange(self._sale.count_every) == 0:
                self._safely(self._count_in)
                yield
            served = self._safely(partial(self._try_for, order_id))
            yield
            if served and early and self._chance.randrange(self._sale.cancel_every) == 0:
                self._safely(partial(self._cancel, order_id))
                yield

    def _safely(self, act: Callable[[], bool]) -> bool:
        """Do one transaction; one that fails is counted, and judged at the end."""
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - its name is the finding
            cause = getattr(error, "orig", None) or error
            self.tally.errors[type(cause).__name__] += 1
            return False

    def _try_for(self, order_id: int) -> bool:
        with self._book.work(SALE) as work:
            if shelf.hold(work, order_id):
                self.tally.short += 1
                return False
            work.tell("reserved", "order", order_id)
            work.commit()
        self.tally.served += 1
        return True

    def _cancel(self, order_id: int) -> bool:
        with self._book.work(SALE) as work:
            for item in work.of(line, "order_id", order_id):
                work.update(line, item["id"], item["version"], cancelled=item["quantity"])
            stock_release.release_order(work, order_id)
            work.tell("order_cancelled", "order", order_id)
            work.commit()
        self.tally.cancelled += 1
        return True

    def _count_in(self) -> bool:
        """Count one piece more of a code than stands there."""
        sku = self._sale.sku(self._chance.randrange(self._sale.codes))
        with self._book.work(SALE) as work:
            query = select(stock.c.physical).where(stock.c.sku == sku).with_for_update()
            there = work.rows(query)[0]["physical"]
            stock_ledger.adjust(work, sku, self._place, there + 1, work.ids.next())
            work.tell("stock_adjusted", "product")
            work.commit()
        self.tally.counted += 1
        return True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the book says afterwards, in pieces.

    ``oversold`` were promised and are not there, ``apart`` are figures the ledger does not add up
    to, ``owed`` orders count as served that hold less than they want, ``left`` nobody has taken.
    """

    physical: int
    reserved: int
    oversold: int
    apart: int
    owed: int
    left: int


def judge(book: Book) -> Verdict:
    """Look at every figure and every seal once the last worker is done."""
    with book.work(SETUP) as work:
        rows = [work.checked(stock, row) for row in work.rows(select(stock))]
        held = [work.checked(lock, row) for row in work.rows(select(lock))]
        standing = {row["order_id"] for row in held if row["state"] == "held"}
        wanted = select(line.c.order_id, func.count().label("n")).group_by(line.c.order_id)
        wants = {row["order_id"]: row["n"] for row in work.rows(wanted)}
        has = Counter(row["order_id"] for row in held if row["state"] == "held")
        apart = len(stock_ledger.drifts(work))
    over = sum(max(0, row["reserved"] - row["physical"]) for row in rows)
    physical, reserved = (sum(row[name] for row in rows) for name in ("physical", "reserved"))
    owed = sum(has[pk] != wants[pk] for pk in standing)
    return Verdict(physical, reserved, over, apart, owed, physical - reserved)
