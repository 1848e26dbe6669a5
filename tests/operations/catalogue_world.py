"""A shop on three channels with a bundle of two components, for the tests of the catalogue."""

from app.commands.catalogue import AddProduct
from app.commands.stock import AdjustStock
from app.domain.actor import worker
from app.operations import intake
from app.store import status_rows
from app.store.stock_ledger import drifts
from app.store.tables import channel, stock
from app.store.tables_record import case
from sync.records import Batch, LineRecord, OrderRecord
from tests.operations.outbound_world import Shop, record

SET = "SET-1"
BUNDLE = (("HK-01", 4), ("LN-27", 1))


def with_bundle(shop: Shop, components=BUNDLE, sku: str = SET) -> int:
    """Name a bundle; its product's id."""
    return shop.do("lead", AddProduct(sku, "窗帘套装", components=components))["id"]


def three_shops(shop: Shop) -> tuple[int, ...]:
    """The shop's channel and two more; their ids."""
    ids = [shop.channel_id]
    with shop.book.work(worker("setup")) as work:
        for name in ("Second", "Third"):
            pk = work.ids.next()
            row = {"id": pk, "platform": "woocommerce", "name": name}
            work.insert(channel, row | {"zone": "Asia/Shanghai", "currency": "CNY"})
            ids.append(pk)
        status_rows.seed(work, shop.door.laws.now.status, "woocommerce", "en")
        work.tell("shop_opened", "channel", shop.channel_id)
        work.commit()
    return tuple(ids)


def receive_at(shop: Shop, channel_id: int, *records: OrderRecord) -> None:
    """Let orders come in from one of the shops."""
    way = intake.Way(shop.book, shop.door.laws.now, channel_id)
    intake.take(way, Batch(records, (), "cursor", False))


def sold(external_id: str, sku: str = SET, quantity: int = 1, **more) -> OrderRecord:
    """A paid order of one item."""
    ref = more.pop("ref", f"ref-{sku}")
    title = more.pop("title", "窗帘套装 含挂钩")
    line = LineRecord("1", sku, ref, title, "", quantity, 100, 100 * quantity)
    return record(external_id, lines=(line,), **more)


def figures(shop: Shop) -> dict[str, tuple[int, int]]:
    """On hand and reserved by merchant code."""
    return {r["sku"]: (r["physical"], r["reserved"]) for r in shop.all(stock)}


def counted(shop: Shop, **on_hand: int) -> None:
    """Count the shelves: LN_27=1 counts LN-27."""
    for name, n in on_hand.items():
        shop.do("lead", AdjustStock(name.replace("_", "-"), shop.location_id, n, "counted"))


def open_cases(shop: Shop) -> list[tuple[str, str]]:
    """(kind, subject) of every case that stands open."""
    return [(r["kind"], r["subject"]) for r in shop.all(case) if r["state"] != "settled"]


def sound(shop: Shop) -> None:
    """The ledger adds up."""
    with shop.book.work(worker("test")) as work:
        assert drifts(work) == ()
