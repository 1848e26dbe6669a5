"""A shop whose curtain oversold, whose hooks run low, and whose mugs are given back too often."""

from app.commands.orders import CancelOrder
from app.commands.stock import AdjustStock
from app.commands.stock_truth import ExplainVariance
from app.domain.actor import worker
from app.domain.breakers import Figures
from app.operations import exposure, replenishment, stock_truth
from app.store.exposure import all_figures
from app.store.tables import stock, stock_move
from sync.records import LineRecord
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import record

SKU, HOOK = "LN-27", "HK-01"
DAY = 86_400_000


def lines(sku: str, quantity: int, title: str = "亚麻遮光窗帘 米白 2.7m") -> tuple[LineRecord, ...]:
    return (LineRecord("1", sku, f"p-{sku}", title, "", quantity, 100, 100 * quantity),)


def stopped_codes(desk: DeskWorld) -> None:
    """Five orders found no curtain; thirty hooks are left; the hooks' releases wait."""
    shop = desk.shop
    shop.do("lead", AdjustStock(HOOK, shop.location_id, 400, "counted"))
    taken = [record(f"H{n}", lines=lines(HOOK, 1, "窗帘挂钩 加厚")) for n in range(25)]
    shop.receive(*taken)
    shop.receive(*(record(f"L{n}", lines=lines(SKU, 60)) for n in range(5)))
    desk.behind.clock.advance(3 * 3_600_000)
    for n in range(23):
        shop.do("lead", CancelOrder(shop.order(f"H{n}")["id"], "not wanted"))
    held = next(r for r in shop.all(stock) if r["sku"] == HOOK)["reserved"]
    shop.do("lead", AdjustStock(HOOK, shop.location_id, held + 3, "counted"))
    look(desk)


def look(desk: DeskWorld) -> dict[str, Figures]:
    """What the keeper's watch does once a minute."""
    rules = desk.shop.door.laws.now
    with desk.shop.book.work(worker("sync")) as work:
        known = all_figures(work)
        replenishment.follow(work, replenishment.low_of(rules, known))
        exposure.tell(work, rules, exposure.to_look_at(work, rules, known))
        work.tell("shops_told_stock", "stock")
        work.commit()
    return known


def counted_codes(desk: DeskWorld) -> None:
    """A week of counts: a small difference each day, one explained; and the nights' reports."""
    shop, rules = desk.shop, desk.shop.door.laws.now
    now = desk.behind.clock.now()
    shop.do("lead", AdjustStock(HOOK, shop.location_id, 20_000, "a pallet came"))
    for back, found in ((5, 19_999), (4, 20_000), (2, 20_000), (1, 19_990)):
        shop.do("lead", AdjustStock(HOOK, shop.location_id, found, "counted"))
        move = max(row["id"] for row in shop.all(stock_move) if row["cause_kind"] == "count")
        with shop.book.work(worker("sync")) as work:
            work.update(stock_move, move, at=now - back * DAY)
            work.tell("shops_told_stock", "stock")
            work.commit()
    first = min(r["id"] for r in shop.all(stock_move) if r["d_physical"] == -1)
    todo = "scan out before the truck leaves"
    shop.do("lead", ExplainVariance(first, "late_outbound", "Lin", todo, "2026-02-20"))
    with shop.book.work(worker("sync")) as work:
        for back in range(6, -1, -1):
            stock_truth.report(work, rules, now - back * DAY)
        work.commit()
