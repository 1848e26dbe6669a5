"""An order whose buyer wants something back, in each standing an answer can have."""

from typing import Any

from app.domain.actor import worker
from app.operations import after_sales
from app.store.seal import Row
from app.store.tables import orders
from app.store.tables_after_sale import after_sale
from sync.records import AfterSaleBatch, AfterSaleRecord, Moment
from tests.desk.desk_world import DeskWorld
from tests.worlds import NOON


def asked_back(desk: DeskWorld, number: str = "900", **more: Any) -> Row:
    """Let a buyer ask for a refund of an order; the after-sale's row."""
    at = Moment(NOON - 3_600_000, "t", "UTC")
    values: dict[str, Any] = {
        "external_id": "AS-1",
        "order_id": number,
        "line_id": "1",
        "raw_status": "asked",
        "kind": "refund",
        "version": "v1",
        "amount_minor": 10_000,
        "currency": "CNY",
        "quantity": 1,
        "reason": "不想要了",
        "words": "颜色和图片不一样",
        "created": at,
        "modified": at,
        "may": frozenset({"agree", "refuse"}),
    }
    record = AfterSaleRecord(**(values | more))
    with desk.shop.book.work(worker("sync")) as work:
        batch = AfterSaleBatch((record,), (), "c", False)
        after_sales.take(work, desk.shop.door.laws.now, desk.shop.channel_id, batch)
        work.commit()
    return desk.shop.all(after_sale)[-1]


def answer_stands(desk: DeskWorld, row: Row, state: str, code: str = "") -> None:
    """Let an answer be sent, lost or refused."""
    with desk.shop.book.work(worker("sync")) as work:
        work.update(after_sale, row["id"], answer="agree", answer_state=state, answer_code=code)
        work.mark("orders", row["order_id"])
        work.tell("after_sales_taken")
        work.commit()


def order_of(desk: DeskWorld, number: str = "900") -> int:
    return next(row["id"] for row in desk.shop.all(orders) if row["external_id"] == number)
