"""What comes back is on the shelf again once somebody called it sellable, and only that."""

import pytest

from app.commands.inspection import Inspected, InspectReturn
from app.commands.stock import AdjustStock
from app.domain.actor import worker
from app.domain.errors import BadValue, NotAllowed, NotFound, ReasonNeeded
from app.store import stock_release
from app.store.stock_ledger import drifts
from app.store.tables import line, stock, stock_move
from app.store.tables_receipt import inspection
from app.store.tables_record import event
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.outbound_world import Shop, open_shop, record

SKU = "LN-27"


@pytest.fixture
def shop(book: Book) -> Shop:
    """Five of ten have left with an order of two items."""
    made = open_shop(book)
    lines = (
        LineRecord("1", SKU, "p", "窗帘", "", 4, 100, 400),
        LineRecord("2", "HK-01", "h", "挂钩", "", 1, 100, 100),
    )
    made.receive(record("1", lines=lines))
    with made.book.work(worker("test")) as work:
        order_id = made_order(work)
        for item in work.of(line, "order_id", order_id):
            stock_release.use(work, order_id, [(item["id"], item["quantity"])])
            work.update(line, item["id"], shipped=item["quantity"])
        work.tell("shipped", "order", order_id)
        work.commit()
    return made


def made_order(work) -> int:
    return int(work.rows(line.select())[0]["order_id"])


def item(shop: Shop, sku: str = SKU) -> int:
    return int(next(r["id"] for r in shop.all(line) if r["sku"] == sku))


def inspect(shop: Shop, *items: Inspected, who: str = "lead", reason: str = "it came back"):
    order_id = shop.order("1")["id"]
    return shop.do(who, InspectReturn(order_id, shop.location_id, items, reason))


def physical(shop: Shop, sku: str = SKU) -> int:
    return int(next(r["physical"] for r in shop.all(stock) if r["sku"] == sku))


def adds_up(shop: Shop) -> bool:
    with shop.book.work(worker("test")) as work:
        return drifts(work) == ()


@pytest.mark.req("F254")
def test_only_what_is_sellable_goes_back_to_the_shelf_and_all_of_it_is_kept(shop: Shop) -> None:
    assert physical(shop) == 6
    told = inspect(shop, Inspected(item(shop), 1, 1, 1), Inspected(item(shop, "HK-01"), 0, 1))
    assert told["units"] == 1
    assert (physical(shop), physical(shop, "HK-01")) == (7, 9)
    kept = [(r["sellable"], r["damaged"], r["supplier"], r["by"]) for r in shop.all(inspection)]
    assert kept == [(1, 1, 1, "lead"), (0, 1, 0, "lead")]
    moved = [r for r in shop.all(stock_move) if r["cause_kind"] == "returned"]
    assert [(r["cause_id"], r["d_physical"]) for r in moved] == [(shop.all(inspection)[0]["id"], 1)]
    assert "return_inspected" in {r["kind"] for r in shop.all(event)}
    assert adds_up(shop)


@pytest.mark.req("F254")
def test_no_more_comes_back_than_had_left_however_often_it_is_told(shop: Shop) -> None:
    inspect(shop, Inspected(item(shop), 3))
    for told in (Inspected(item(shop), 2), Inspected(item(shop), 1, 1), Inspected(item(shop), 0)):
        with pytest.raises(BadValue):
            inspect(shop, told)
    with pytest.raises(BadValue):
        inspect(shop, Inspected(item(shop), 2, -1))
    with pytest.raises(BadValue):
        inspect(shop, Inspected(item(shop), 1), Inspected(item(shop), 1))
    inspect(shop, Inspected(item(shop), 0, 1))
    assert physical(shop) == 9
    assert adds_up(shop)


def test_goods_that_came_back_serve_the_orders_that_wait_for_them(shop: Shop) -> None:
    lines = (LineRecord("1", SKU, "p", "窗帘", "", 7, 100, 700),)
    shop.receive(record("2", lines=lines))
    assert shop.order("2")["held_reason"] == "short_stock"
    inspect(shop, Inspected(item(shop), 0, 1))
    assert shop.order("2")["held"] == "locked"
    inspect(shop, Inspected(item(shop), 1))
    assert shop.order("2")["held"] == ""
    assert adds_up(shop)


def test_what_is_not_of_the_order_or_by_nobody_who_may_changes_nothing(shop: Shop) -> None:
    shop.receive(record("2"))
    foreign = next(r["id"] for r in shop.all(line) if r["order_id"] == shop.order("2")["id"])
    for told in (Inspected(foreign, 1), Inspected(77, 1)):
        with pytest.raises(BadValue):
            inspect(shop, told)
    with pytest.raises(BadValue):
        inspect(shop)
    with pytest.raises(NotFound):
        shop.do("lead", InspectReturn(shop.order("1")["id"], 77, (Inspected(1, 1),), "x"))
    with pytest.raises(ReasonNeeded):
        inspect(shop, Inspected(item(shop), 1), reason=" ")
    with pytest.raises(NotAllowed):
        inspect(shop, Inspected(item(shop), 1), who="packer")
    assert (physical(shop), shop.all(inspection)) == (6, [])
    shop.do("lead", AdjustStock(SKU, shop.location_id, 8, "counted"))
    assert adds_up(shop)
