"""Four signs that a shop needs its systems joined, as far as the book knows them (F148).

What Waydesk cannot know it does not guess: chats with buyers and the platforms' statements of
account do not come in here, so the last two signs say what stands for them, or that nothing does.
"""

from dataclasses import dataclass

from app.domain.roles import EVERY_SHOP
from app.reads.book import ReadBook
from app.reads.viewer import Viewer

RIGHT = "support.read"
DAY_MS = 86_400_000
WEEK = 7
MOST_EXPORTS = 3
MANY_SHOPS = 2
CONFLICTS = ("gap_found", "platform_backwards", "push_differs", "address_differs")
"""Exceptions that say a platform and the book tell different things."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: whether it shows, and the figures it rests on.

    Attributes:
        shows: None where nothing that is known here tells.
        n: what was counted, and ``of`` what it is held against.
    """

    name: str
    shows: bool | None
    n: int = 0
    of: int = 0
    names: tuple[str, ...] = ()


def signs(book: ReadBook, viewer: Viewer, now: int) -> tuple[Sign, ...]:
    """The four signs over the last seven days; none for whoever may not look after the shop.

    Counted over the whole shop: a role that holds for a part of it sees none.
    """
    if not viewer.reach(RIGHT).everywhere or EVERY_SHOP not in viewer.shops:
        return ()
    since = now - WEEK * DAY_MS
    return (
        _exports(book, since),
        _conflicts(book, since),
        _complaints(book, now),
        _statements(book, since),
    )


def _exports(book: ReadBook, since: int) -> Sign:
    """Files of orders by hand: the busiest day of the week, written or uploaded."""
    sql = (
        "SELECT max(n) AS n FROM (SELECT (at - ?) / ? AS day, count(*) AS n FROM export_file"
        " WHERE state = 'written' AND at > ? GROUP BY day)"
    )
    found = book.row(sql, (since, DAY_MS, since))
    n = int((found and found["n"]) or 0)
    return Sign("exports", n > MOST_EXPORTS, n, MOST_EXPORTS)


def _conflicts(book: ReadBook, since: int) -> Sign:
    """Shops of which platform and book tell different things: open exceptions, orders apart."""
    kinds = ", ".join("?" * len(CONFLICTS))
    sql = (
        "SELECT c.name FROM channel c WHERE EXISTS (SELECT 1 FROM cases k WHERE"
        f" k.channel_id = c.id AND k.kind IN ({kinds}) AND k.opened_at > ?)"
        " OR EXISTS (SELECT 1 FROM orders o WHERE o.channel_id = c.id AND o.ends <> '')"
        " ORDER BY c.name, c.id"
    )
    names = tuple(str(row["name"]) for row in book.rows(sql, (*CONFLICTS, since)))
    return Sign("conflicts", len(names) >= MANY_SHOPS, len(names), MANY_SHOPS, names)


def _complaints(book: ReadBook, now: int) -> Sign:
    """Paid, not shipped, and the buyer wants the money back or the ship-by time is over.

    What buyers write in a platform's chat does not come in; these are what does.
    """
    sql = (
        "SELECT count(*) AS n FROM orders o WHERE o.state IN ('paid', 'allocated') AND"
        " ((o.promise_at IS NOT NULL AND o.promise_at < ?) OR EXISTS (SELECT 1 FROM cases k"
        " WHERE k.order_id = o.id AND k.kind = 'refund_open' AND k.state <> 'settled'))"
    )
    found = book.row(sql, (now,))
    n = int(found["n"]) if found else 0
    return Sign("complaints", n > 0, n)


def _statements(book: ReadBook, since: int) -> Sign:
    """What the platforms settled is not read here; payments that did not add up are counted."""
    sql = (
        "SELECT count(*) AS n FROM cases k WHERE k.opened_at > ? AND k.kind IN"
        " ('payment_unconfirmed', 'impossible_amount', 'rounded_amount')"
    )
    found = book.row(sql, (since,))
    return Sign("statements", None, int(found["n"]) if found else 0)
