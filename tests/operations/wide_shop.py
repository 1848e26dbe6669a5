"""A shop on two channels with two warehouses, and one order in each corner of it."""

from typing import Any

from app.domain.actor import worker
from app.store import status_rows, stock_ledger
from app.store.tables import channel
from app.store.tables_people import department, department_shop
from sync.records import LineRecord
from tests.operations.outbound_world import Shop, record

EAST_ONLY = (LineRecord("1", "EA-01", "p9", "雨伞", "蓝", 1, 5000, 5000),)
UNPAID = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
#: (shop, warehouse) of each order: A and B are shops, M and E warehouses, - none yet
CORNERS = {"am": "A M", "ae": "A E", "bm": "B M", "be": "B E", "b0": "B -"}


class WideShop:
    """Where things are: shops ``a`` and ``b``, warehouses ``main`` and ``east``, a department."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.a, self.main = shop, shop.channel_id, shop.location_id
        with shop.book.work(worker("setup")) as work:
            self.b, self.team = work.ids.next(), work.ids.next()
            row = {"id": self.b, "platform": "woocommerce", "name": "Shop B"}
            work.insert(channel, row | {"zone": "Asia/Shanghai", "currency": "CNY"})
            status_rows.seed(work, shop.door.laws.now.status, "woocommerce", "en")
            self.east = stock_ledger.add_location(work, "East")
            stock_ledger.open_stock(work, self.east, [("EA-01", "雨伞", 50, 300)])
            work.insert(department, {"id": self.team, "name": "Team B"})
            of_team = {"id": work.ids.next(), "department_id": self.team, "channel_id": self.b}
            work.insert(department_shop, of_team)
            work.tell("widened", "channel", self.b)
            work.commit()
        self.receive(self.a, record("am"), record("ae", lines=EAST_ONLY))
        many = record("b0", **UNPAID)
        self.receive(self.b, record("bm"), record("be", lines=EAST_ONLY), many)

    @property
    def scopes(self) -> dict[str, tuple[str, set[str]]]:
        """Each kind of scope as it is asked for, and the orders within it."""
        return {
            "everywhere": ("", set(CORNERS)),
            "shop": (f"@shop:{self.a}", {"am", "ae"}),
            "department": (f"@department:{self.team}", {"bm", "be", "b0"}),
            "warehouse": (f"@warehouse:{self.east}", {"ae", "be"}),
        }

    def hire(self, login: str, *roles: str) -> None:
        """Hire somebody into such a part of the shop: ``agent warehouse``."""
        said = [role.partition(" ") for role in roles]
        self.shop.hire(login, *(r + self.scopes[where or "everywhere"][0] for r, _, where in said))

    def id(self, name: str) -> int:
        """The id of the order of this corner."""
        return int(self.shop.order(name)["id"])

    def receive(self, channel_id: int, *records: Any) -> None:
        """Let orders come in from one of the shops."""
        before, self.shop.channel_id = self.shop.channel_id, channel_id
        self.shop.receive(*records)
        self.shop.channel_id = before
