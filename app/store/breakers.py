"""Breakers in the book: what opened over a merchant code, and what it is measured by."""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import func, select

from app.domain.breakers import BreakerKind
from app.domain.errors import NotInState
from app.store.seal import Row
from app.store.tables import stock_move
from app.store.tables_breaker import breaker, buyer_notice, waiting_release
from app.store.tables_record import case
from app.store.work import CHUNK, Work

SHORT = "short_stock"
FAILED = (SHORT, "ledger_drift")
"""The exceptions that say that goods could not be reserved."""


def open_over(work: Work, skus: Iterable[str]) -> dict[str, dict[BreakerKind, Row]]:
    """The open breakers of these merchant codes, each seal checked."""
    found: dict[str, dict[BreakerKind, Row]] = {}
    wanted = sorted(set(skus))
    for start in range(0, len(wanted), CHUNK):
        query = select(breaker).where(
            breaker.c.state == "open", breaker.c.sku.in_(wanted[start : start + CHUNK])
        )
        for row in work.rows(query):
            kind = BreakerKind(work.checked(breaker, row)["kind"])
            found.setdefault(row["sku"], {})[kind] = row
    return found


def open_it(work: Work, sku: str, kind: BreakerKind, why: Mapping[str, int]) -> int:
    """Open a breaker; its id."""
    pk = work.ids.next()
    row = {
        "id": pk,
        "sku": sku,
        "kind": kind.value,
        "why_json": msgspec.json.encode(why).decode(),
        "opened_at": work.now,
        "opened_by": work.actor.name,
    }
    work.insert(breaker, row)
    work.mark("breakers", pk)
    return pk


def close(work: Work, breaker_id: int, reason: str) -> Row:
    """Close a breaker in the name of who does it; :class:`NotInState` when it is closed."""
    row = work.row(breaker, breaker_id)
    if row["state"] != "open":
        raise NotInState(machine="breaker", state=row["state"], action="resume")
    closed = {"closed_at": work.now, "closed_by": work.actor.name, "closed_reason": reason}
    work.update(breaker, breaker_id, row["version"], state="closed", **closed)
    work.mark("breakers", breaker_id)
    return row


def shortages(work: Work, sku: str, since: int, kinds: tuple[str, ...] = (SHORT,)) -> int:
    """How many exceptions of these kinds were opened about a code after ``since`` (UTC ms)."""
    query = select(func.count()).where(
        case.c.subject == sku, case.c.kind.in_(kinds), case.c.opened_at > since
    )
    return int(work.conn.execute(query).scalar_one())


def short_orders(work: Work, sku: str) -> list[int]:
    """The orders that stand short of a code, the oldest first."""
    query = (
        select(case.c.order_id)
        .where(case.c.subject == sku, case.c.kind == SHORT, case.c.state != "settled")
        .order_by(case.c.order_id)
    )
    return [row["order_id"] for row in work.rows(query) if row["order_id"]]


def moved(work: Work, sku: str, kind: str, since: int) -> int:
    """How many movements of a kind a code had after ``since``: ``lock``, ``released``."""
    query = select(func.count()).where(
        stock_move.c.at > since, stock_move.c.sku == sku, stock_move.c.cause_kind == kind
    )
    return int(work.conn.execute(query).scalar_one())


def let_wait(work: Work, breaker_id: int, order_id: int, sku: str) -> bool:
    """Keep that an order's release waits for a person; whether that was not known before."""
    known = select(waiting_release.c.id).where(
        waiting_release.c.breaker_id == breaker_id,
        waiting_release.c.order_id == order_id,
        waiting_release.c.sku == sku,
    )
    if work.rows(known):
        return False
    row = {"id": work.ids.next(), "breaker_id": breaker_id, "order_id": order_id, "sku": sku}
    work.insert(waiting_release, row | {"at": work.now})
    work.mark("breakers", breaker_id)
    return True


def waiting(work: Work, breaker_id: int) -> list[Row]:
    """The releases a breaker keeps waiting, the oldest first."""
    rows = work.of(waiting_release, "breaker_id", breaker_id)
    return [row for row in rows if row["done_at"] is None]


def waited(work: Work, row: Row) -> None:
    """Say of a release that it waits no more."""
    work.update(waiting_release, row["id"], done_at=work.now)


def draft_notice(work: Work, order_id: int, sku: str, expected_at: int) -> bool:
    """Draft what an order's buyer is told, once; whether there was none before."""
    known = select(buyer_notice.c.id).where(
        buyer_notice.c.order_id == order_id, buyer_notice.c.sku == sku
    )
    if work.rows(known):
        return False
    row = {"id": work.ids.next(), "order_id": order_id, "sku": sku, "expected_at": expected_at}
    work.insert(buyer_notice, row | {"made_at": work.now})
    work.mark("breakers")
    return True


def buyer_told(work: Work, notice_id: int) -> Row:
    """Say that a buyer was told, and by whom; :class:`NotInState` when that is known already."""
    row = work.row(buyer_notice, notice_id)
    if row["state"] != "draft":
        raise NotInState(machine="buyer_notice", state=row["state"], action="tell")
    by = {"told_at": work.now, "told_by": work.actor.name}
    work.update(buyer_notice, notice_id, row["version"], state="told", **by)
    work.mark("breakers")
    return row
