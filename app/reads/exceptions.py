"""The list of exceptions, the most urgent first."""

from dataclasses import dataclass

from app.reads.book import ReadBook, frozen
from app.reads.viewer import EVERYTHING, Viewer


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One exception as the list shows it; its sentence is made of ``kind`` and ``args_json``."""

    id: int
    number: str
    kind: str
    priority: str
    state: str
    subject: str
    args_json: str
    party: str
    owner: str
    order_id: int
    external_no: str
    shop: str
    buyer_mask: str
    amount_minor: int | None
    currency: str
    opened_at: int
    due_at: int | None


def standing(
    book: ReadBook, viewer: Viewer, priority: str = "", mine: bool = False, limit: int = 1000
) -> tuple[CaseRow, ...]:
    """Exceptions that are not settled and that this person may see."""
    if not viewer.may("exception.read"):
        return ()
    where, values = _where(viewer, priority)
    if mine:
        where, values = f"{where} AND k.owner_id = ?", [*values, viewer.operator_id]
    amount = f"{viewer.amount('k.amount_minor')} AS amount_minor"
    sql = (
        "SELECT k.id, k.number, k.kind, k.priority, k.state, k.subject, k.args_json, k.party,"
        " coalesce(p.name, '') AS owner, k.order_id, coalesce(o.external_no, '') AS external_no,"
        " coalesce(c.name, '') AS shop, coalesce(o.buyer_mask, '') AS buyer_mask,"
        f" {amount}, k.currency, k.opened_at, k.due_at"
        " FROM cases k LEFT JOIN operator p ON p.id = k.owner_id"
        " LEFT JOIN orders o ON o.id = k.order_id LEFT JOIN channel c ON c.id = k.channel_id"
        f" WHERE {where} ORDER BY k.priority, k.due_at IS NULL, k.due_at, k.id LIMIT ?"
    )
    return frozen(CaseRow, book.rows(sql, [*values, limit]))


def counts(book: ReadBook, viewer: Viewer) -> dict[str, int]:
    """How many stand open by priority."""
    if not viewer.may("exception.read"):
        return {}
    where, values = _where(viewer, "")
    sql = f"SELECT k.priority, count(*) AS n FROM cases k WHERE {where} GROUP BY k.priority"
    return {row["priority"]: row["n"] for row in book.rows(sql, values)}


def _where(viewer: Viewer, priority: str) -> tuple[str, list[int | str]]:
    """What stands open and is in sight: a case of an order with its order, another by its shop."""
    where, (orders, values) = "k.state <> 'settled'", viewer.scope("i")
    if orders != EVERYTHING:
        mine = f"k.order_id IN (SELECT i.id FROM orders i WHERE {orders})"
        shops = ",".join(str(int(shop)) for shop in sorted(viewer.orders.shops))
        alone = f"k.order_id = 0 AND k.channel_id IN ({shops})"
        where = f"{where} AND ({mine} OR ({alone}))"
    if priority:
        where, values = f"{where} AND k.priority = ?", [*values, priority]
    return where, values
