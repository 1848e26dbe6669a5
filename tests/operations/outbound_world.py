"""A shop with one paid order, ready to go out, on whichever engine the test runs."""

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from sqlalchemy import select

from app.commands.approvals import ConsentTo, StepUp
from app.commands.people import CreateOperator, SignIn
from app.domain.actor import worker
from app.domain.approval import ApprovalNeeded
from app.operations import allocation, intake
from app.operations.all_verbs import VERBS
from app.operations.door import Door
from app.operations.laws import Laws
from app.operations.people import add_operator
from app.store import accounts, orders, status_rows, stock_ledger
from app.store.seal import Row
from app.store.tables import channel
from app.store.work import Book
from sync.records import NO_MOMENT, Batch, LineRecord, Moment, OrderRecord, ReceiverRecord
from sync.waybill_records import WaybillAnswer
from tests.worlds import NOON

PASSPHRASE = "a long passphrase"


def record(external_id: str = "501", **more: Any) -> OrderRecord:
    """One paid order of two items for a buyer in Hangzhou."""
    at = Moment(NOON, "2026-02-16T12:00:00", "Asia/Shanghai")
    values: dict[str, Any] = {
        "external_id": external_id,
        "external_no": external_id,
        "version": NOON,
        "raw_status": "processing",
        "raw_payment": "paid",
        "placed": at,
        "paid": at,
        "modified": at,
        "completed": NO_MOMENT,
        "promise": None,
        "currency": "CNY",
        "total_minor": 25800,
        "freight_minor": 800,
        "discount_minor": 0,
        "tax_minor": 0,
        "lines": (
            LineRecord("1", "LN-27", "p1", "亚麻遮光窗帘", "米白 2.7m", 2, 10000, 20000),
            LineRecord("2", "HK-01", "p2", "窗帘挂钩", "加厚", 1, 5000, 5000),
        ),
        "receiver": ReceiverRecord(
            "张小满", "13812345678", "", "CN", "浙江省", "杭州市", "萧山区", "市心中路 1 号"
        ),
        "payment_proofs": ("settled",),
        "transaction_ref": f"T{external_id}",
        "raw": b"{}",
    }
    return OrderRecord(**(values | more))


@dataclass(slots=True)
class Shop:
    """The shop's door, its people's sessions, and what a test asks of the book."""

    book: Book
    door: Door
    channel_id: int = 0
    location_id: int = 0
    sessions: dict[str, str] = field(default_factory=dict)
    commands: int = 5_000_000

    def do(self, who: str, ask: msgspec.Struct, command_id: int = 0) -> Any:
        """Do a command in somebody's name and give its reply, decoded."""
        self.commands += 1
        session = self.sessions.get(who, "")
        answer = self.door.do(command_id or self.commands, ask, session)
        return msgspec.msgpack.decode(answer.result)

    def agreed(self, who: str, ask: msgspec.Struct, by: str, command_id: int = 0) -> Any:
        """Do a command that somebody else must consent to, who does so at the same desk."""
        try:
            self.do(who, ask)
        except ApprovalNeeded as needed:
            self.do(who, ConsentTo(int(needed.details["approval_id"]), by, PASSPHRASE))
        else:
            raise AssertionError("nobody's consent was needed")
        return self.do(who, ask, command_id)

    def one_suffices(self) -> None:
        """Let one person do what the law wants two for: it is not what this test is about."""
        law = self.door.laws.now
        alone = {n: replace(one, two_people=False) for n, one in law.roles.permissions.items()}
        self.door.laws.now = replace(law, roles=replace(law.roles, permissions=alone))

    def prove(self, *people: str) -> None:
        """Have somebody give their passphrase again."""
        for one in people:
            self.do(one, StepUp(PASSPHRASE))

    def hire(self, login: str, *roles: str) -> None:
        """Give the shop a member of staff and sign them in."""
        with self.book.work(worker("setup")) as work:
            add_operator(work, CreateOperator(login, login, PASSPHRASE, roles), self.door.laws.now)
            work.tell("operator_created", "operator")
            work.commit()
        self.sessions[login] = self.do("", SignIn(login, PASSPHRASE))["session"]

    def receive(self, *records: OrderRecord) -> None:
        """Let orders come in from the shop's channel."""
        way = intake.Way(self.book, self.door.laws.now, self.channel_id)
        intake.take(way, Batch(records, (), "cursor", False))

    def flow(self) -> None:
        """Let what may go on by itself be allocated."""
        with self.book.work(worker("timer")) as work:
            if allocation.flow(work, self.door.laws.now):
                work.commit()

    def order(self, external_id: str = "501") -> Row:
        """The order's row as it stands."""
        with self.book.work(worker("test")) as work:
            query = select(orders.orders).where(orders.orders.c.external_id == external_id)
            return work.rows(query)[0]

    def all(self, table: Any) -> list[Row]:
        """Every row of a table, oldest first."""
        with self.book.work(worker("test")) as work:
            return work.rows(select(table).order_by(*table.primary_key.columns))


def answer(reference: str, number: str = "SF1426008733101") -> WaybillAnswer:
    """What a carrier answers to a good request."""
    return WaybillAnswer(reference, number, (), "571-A1", "B2", "571", "MMM=1", "标快", None, b"")


PEOPLE = ("lead", "agent", "packer", "finance")


def open_shop(book: Book, *people: str, platform: str = "woocommerce") -> Shop:
    """A shop with a channel, a warehouse, two stocked codes, a carrier, a sender and staff."""
    shop = Shop(book, Door(book, Laws(book), VERBS))
    with book.work(worker("setup")) as work:
        shop.channel_id = work.ids.next()
        row = {"id": shop.channel_id, "platform": platform, "name": "Shop"}
        work.insert(channel, row | {"zone": "Asia/Shanghai", "currency": "CNY"})
        status_rows.seed(work, shop.door.laws.now.status, platform, "en")
        shop.location_id = stock_ledger.add_location(work, "Main")
        goods = [("LN-27", "亚麻遮光窗帘", 10, 900), ("HK-01", "窗帘挂钩", 10, 50)]
        stock_ledger.open_stock(work, shop.location_id, goods)
        accounts.put_carrier(work, "sf", "SF", {"partner_id": "X", "checkword": "Y"})
        accounts.put_sender(
            work,
            {"name": "仓库", "phone": "057188886666", "province": "浙江省", "city": "杭州市"}
            | {"district": "萧山区", "address": "仓前路 9 号"},
        )
        work.tell("shop_opened", "channel", shop.channel_id)
        work.commit()
    for role in people or PEOPLE:
        shop.hire(role, role)
    return shop


def second_channel(shop: Shop, name: str = "Second") -> int:
    """Another shop of the same people; its id."""
    with shop.book.work(worker("setup")) as work:
        pk = work.ids.next()
        row = {"id": pk, "platform": "woocommerce", "name": name}
        work.insert(channel, row | {"zone": "Asia/Shanghai", "currency": "CNY"})
        work.tell("channel_added", "channel", pk)
        work.commit()
    return pk


def receive_at(shop: Shop, channel_id: int, *records: OrderRecord) -> None:
    """Let orders come in from another of the shop's channels."""
    here, shop.channel_id = shop.channel_id, channel_id
    shop.receive(*records)
    shop.channel_id = here
