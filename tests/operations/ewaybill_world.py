"""A shop whose platform hides its buyers, and what a test connects to take its numbers."""

from dataclasses import replace
from typing import Any

from app.domain.actor import worker
from app.domain.label_routes import LabelRoute, LabelRoutes
from app.store import accounts
from app.store.tables_record import case
from app.store.work import Book
from sync.records import OrderRecord, ReceiverRecord
from tests.operations.outbound_world import Shop, open_shop, record

CIPHER = '{"address":"~AgAA=~x","name":"~AgAB=~y","phone":"~AgAC=~z"}'
HIDDEN = ReceiverRecord(
    *("张**", "138****5678", "", "CN", "浙江省", "杭州市", "萧山区", "市**"), cipher=CIPHER
)
ROUTES = LabelRoutes(
    {
        one: LabelRoute(one, (carrier,), "-", "-")
        for one, carrier in (("pinduoduo", "pdd_ewaybill"), ("taobao", "cainiao"))
    }
)


TO_SHIP = {
    "pinduoduo": {"raw_status": "order_status.1", "raw_payment": "refund_status.1"},
    "taobao": {"raw_status": "WAIT_SELLER_SEND_GOODS", "raw_payment": "PAID"},
    "woocommerce": {},
}


def order(platform: str, external_id: str, **more: Any) -> OrderRecord:
    """A paid order as its platform says so, by default of a hidden buyer."""
    return record(external_id, **({"receiver": HIDDEN} | TO_SHIP[platform] | more))


def sealed_shop(book: Book, platform: str = "pinduoduo", **more: Any) -> Shop:
    """A shop of one platform with one allocated order, by default of a hidden buyer."""
    shop = open_shop(book, "lead", "packer", "owner", platform=platform)
    shop.door.laws.now = replace(shop.door.laws.now, label_routes=ROUTES)
    shop.receive(order(platform, "501", **more))
    shop.flow()
    return shop


def connect(shop: Shop, carrier: str, **fields: str) -> int:
    """Connect one account; its id."""
    with shop.book.work(worker("setup")) as work:
        pk = accounts.put_carrier(work, carrier, carrier, fields)
        work.tell("carrier_connected", "carrier", pk)
        work.commit()
    return pk


def disconnect_all(shop: Shop) -> None:
    """No account takes numbers any more."""
    with shop.book.work(worker("setup")) as work:
        for row in accounts.carriers(work):
            work.update(accounts.carrier_account, row["id"], state="off")
        work.tell("carriers_gone", "carrier")
        work.commit()


def open_cases(shop: Shop) -> list[tuple[str, int]]:
    """Kind and shop of what is open."""
    rows = shop.all(case)
    return [(row["kind"], row["channel_id"]) for row in rows if row["state"] != "settled"]
