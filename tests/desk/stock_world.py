"""A shop whose curtain oversold, whose hooks run low, and whose mugs are given back too often."""

from app.commands.orders import CancelOrder
from app.commands.stock import AdjustStock
from app.domain.actor import worker
from app.domain.breakers import Figures
from app.operations import exposure, replenishment
from app.store.exposure import all_figures
from app.store.tables import stock
from sync.records import LineRecord
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import record

SKU, HOOK = "LN-27", "HK-01"


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
