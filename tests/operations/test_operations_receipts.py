"""Goods come in by lot under the supplier's paper number: booked once, whole, and in the ledger."""

import pytest

from app.commands.receipts import LotReceived, ReceiveGoods
from app.domain.actor import worker
from app.domain.errors import BadValue, NotAllowed, NotFound, WaydeskError
from app.domain.errors_catalogue import BundleRefused
from app.domain.errors_receipts import PaperTaken
from app.store.stock_ledger import drifts
from app.store.tables import stock, stock_move
from app.store.tables_receipt import lot, receipt
from app.store.tables_record import audit
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.outbound_world import Shop, open_shop, record

SKU = "LN-27"


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def came(shop: Shop, *lots: LotReceived, paper: str = "DN-8871", supplier: str = "绍兴织造"):
    place = shop.location_id
    return shop.do("lead", ReceiveGoods(place, supplier, paper, lots))


def figures(shop: Shop, sku: str = SKU) -> tuple[int, int, int]:
    row = next(r for r in shop.all(stock) if r["sku"] == sku)
    return row["physical"], row["reserved"], row["closed"]


def adds_up(shop: Shop) -> bool:
    with shop.book.work(worker("test")) as work:
        return drifts(work) == ()


@pytest.mark.req("F257")
def test_a_delivery_raises_the_stock_by_each_lot_and_keeps_whose_paper_it_came_by(
    shop: Shop,
) -> None:
    first, second = LotReceived(SKU, 30, "A-1", "2027-02-16"), LotReceived(SKU, 12, "A-2")
    told = came(shop, first, second, LotReceived("HK-01", 5), supplier=" 绍兴织造 ")
    assert told["units"] == 47
    assert figures(shop) == (52, 0, 0)
    assert figures(shop, "HK-01") == (15, 0, 0)
    paper = shop.all(receipt)[0]
    assert (paper["supplier"], paper["paper_no"], paper["by"]) == ("绍兴织造", "DN-8871", "lead")
    assert paper["number"] == told["number"]
    lots = {(r["sku"], r["lot_no"], r["expires_on"], r["quantity"]) for r in shop.all(lot)}
    assert lots == {
        (SKU, "A-1", "2027-02-16", 30),
        (SKU, "A-2", "", 12),
        ("HK-01", "", "", 5),
    }
    causes = {r["id"] for r in shop.all(lot)}
    moves = [r for r in shop.all(stock_move) if r["cause_kind"] == "receipt"]
    assert {r["cause_id"] for r in moves} == causes
    assert sorted(r["d_physical"] for r in moves) == [5, 12, 30]
    assert adds_up(shop)


@pytest.mark.req("F257")
def test_the_same_paper_is_booked_once_however_it_is_typed(shop: Shop) -> None:
    number = came(shop, LotReceived(SKU, 30), supplier="Silk Ltd")["number"]
    with pytest.raises(PaperTaken) as refused:
        came(shop, LotReceived(SKU, 30), paper="dn-8871 ", supplier="SILK LTD")
    assert refused.value.details["number"] == number
    assert figures(shop) == (40, 0, 0)
    assert [r["result"] for r in shop.all(audit) if r["action"] == "goods_received"] == [
        "ok",
        "failed",
    ]
    came(shop, LotReceived(SKU, 1), paper="DN-8872", supplier="Silk Ltd")
    came(shop, LotReceived(SKU, 1), supplier="Another")
    assert figures(shop) == (42, 0, 0)


def test_a_paper_and_number_that_only_together_read_the_same_are_two_papers(shop: Shop) -> None:
    came(shop, LotReceived(SKU, 1), supplier="AB", paper="C")
    came(shop, LotReceived(SKU, 1), supplier="A", paper="BC")
    assert figures(shop) == (12, 0, 0)


def test_goods_that_come_serve_the_orders_that_waited_and_open_a_code_that_was_short(
    shop: Shop,
) -> None:
    eight = (LineRecord("1", SKU, "p", "t", "", 8, 100, 800),)
    shop.receive(record("1", lines=eight), record("2", lines=eight))
    assert shop.order("2")["held_reason"] == "short_stock"
    came(shop, LotReceived(SKU, 6))
    assert figures(shop) == (16, 16, 0)
    assert shop.order("2")["held"] == ""
    with shop.book.work(worker("test")) as work:
        row = next(r for r in work.rows(stock.select()) if r["sku"] == SKU)
        work.update(stock, row["id"], physical=4, opening=-2, closed=1)
        work.tell("broken", "stock")
        work.commit()
    came(shop, LotReceived(SKU, 11), paper="DN-2")
    assert figures(shop) == (15, 16, 1), "one is still missing"
    came(shop, LotReceived(SKU, 1), paper="DN-3")
    assert figures(shop) == (16, 16, 0)
    assert adds_up(shop)


@pytest.mark.parametrize(
    ("supplier", "paper", "lots"),
    [
        (" ", "DN-1", (LotReceived(SKU, 1),)),
        ("A", " ", (LotReceived(SKU, 1),)),
        ("A", "x" * 101, (LotReceived(SKU, 1),)),
        ("A", "DN-1", ()),
        ("A", "DN-1", (LotReceived(SKU, 0),)),
        ("A", "DN-1", (LotReceived(SKU, 1), LotReceived(SKU, -1, "B"))),
        ("A", "DN-1", (LotReceived(SKU, 1, "L"), LotReceived(SKU, 2, " L "))),
        ("A", "DN-1", (LotReceived(SKU, 1, "L", "2027-02-30"),)),
        ("A", "DN-1", (LotReceived(SKU, 1), LotReceived("NEVER", 1))),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_whole(shop: Shop, supplier, paper, lots) -> None:
    with pytest.raises(WaydeskError) as refused:
        came(shop, *lots, supplier=supplier, paper=paper)
    assert isinstance(refused.value, (BadValue, NotFound, BundleRefused))
    assert (figures(shop), shop.all(receipt), shop.all(lot)) == ((10, 0, 0), [], [])


def test_who_only_packs_takes_no_delivery_in(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.do("packer", ReceiveGoods(shop.location_id, "A", "1", (LotReceived(SKU, 1),)))
