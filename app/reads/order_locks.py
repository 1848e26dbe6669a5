"""What is reserved for an order: of which code, how many, since when, and until when (F194)."""

from dataclasses import dataclass

from app.reads.book import ReadBook, frozen, marks
from app.reads.viewer import Viewer


@dataclass(frozen=True, slots=True)
class LockRow:
    """One standing reservation; times in UTC ms.

    ``expires_at`` is None for a firm one, which never lets go by itself. ``waits``: its order gave
    it up, and a breaker keeps it until a person has looked.
    """

    id: int
    order_id: int
    sku: str
    title: str
    place: str
    held: int
    kind: str
    since: int | None
    expires_at: int | None
    waits: int


def of_orders(book: ReadBook, viewer: Viewer, order_ids: tuple[int, ...]) -> tuple[LockRow, ...]:
    """The standing reservations of these orders, as far as they are in sight, oldest first."""
    if not order_ids:
        return ()
    where, values = viewer.scope()
    sql = (
        "SELECT k.id, k.order_id, k.sku, coalesce(p.title, k.sku) AS title,"
        " coalesce(l.name, '') AS place, k.quantity - k.released - k.used AS held, k.kind,"
        " (SELECT min(m.at) FROM stock_move m WHERE m.cause_kind = 'lock'"
        " AND m.cause_id = k.id) AS since, k.expires_at,"
        " EXISTS (SELECT 1 FROM waiting_release w JOIN breaker b ON b.id = w.breaker_id"
        " WHERE w.order_id = k.order_id AND w.sku = k.sku AND w.done_at IS NULL) AS waits"
        " FROM stock_lock k JOIN orders o ON o.id = k.order_id"
        " LEFT JOIN product p ON p.sku = k.sku LEFT JOIN location l ON l.id = k.location_id"
        f" WHERE k.state = 'held' AND k.order_id IN ({marks(len(order_ids))}) AND {where}"
        " ORDER BY k.order_id, k.id"
    )
    return frozen(LockRow, book.rows(sql, [*order_ids, *values]))


def stopped(book: ReadBook, viewer: Viewer, skus: frozenset[str]) -> frozenset[str]:
    """The codes among these whose releases wait for a person now."""
    if not skus or not viewer.may("order.read"):
        return frozenset()
    wanted = sorted(skus)
    sql = (
        "SELECT sku FROM breaker WHERE state = 'open' AND kind = 'releases'"
        f" AND sku IN ({marks(len(wanted))})"
    )
    return frozenset(row["sku"] for row in book.rows(sql, wanted))
