"""Looking at what is closed: with a reason, so often and no more, and never without a line."""

from pathlib import Path

import pytest

from app.commands.orders import ChangeAmount, HoldOrder, SetPolicy
from app.commands.people import RevealField
from app.commands.record import ReadAudit
from app.domain.errors import BadValue, DecryptFailed, NotAllowed, QuotaSpent, ReasonNeeded
from app.store.tables import line, orders, receiver
from app.store.tables_record import audit, case, event
from app.store.verify import verify
from app.store.work import Book
from sync.records import ReceiverRecord
from tests.operations.outbound_world import Shop, open_shop, record
from tests.operations.press_world import print_room
from tests.worlds import MEI, FixedClock


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "agent", "lead", "auditor", "owner")
    made.receive(record())
    made.flow()
    return made


@pytest.mark.req("F099")
def test_one_field_is_shown_for_a_reason_and_the_look_stands_in_the_record(shop: Shop) -> None:
    order_id = shop.order()["id"]
    with pytest.raises(ReasonNeeded):
        shop.do("agent", RevealField(order_id, "phone", "  "))
    with pytest.raises(NotAllowed):
        shop.do("auditor", RevealField(order_id, "phone", "curious"))
    with pytest.raises(BadValue):
        shop.do("agent", RevealField(order_id, "row_mac", "curious"))
    told = shop.do("agent", RevealField(order_id, "phone", "the courier asks"))
    assert (told["text"], told["seconds"]) == ("13812345678", 30)
    lines = [row for row in shop.all(audit) if row["action"] == "field_revealed"]
    assert [(row["actor"], row["result"], row["reason"]) for row in lines] == [
        ("agent", "denied", "  "),
        ("auditor", "denied", "curious"),
        ("agent", "failed", "curious"),
        ("agent", "ok", "the courier asks"),
    ]
    assert lines[-1]["object_id"] == order_id
    kept = str([*shop.all(audit), *shop.all(event)])
    assert "13812345678" not in kept
    assert "张小满" not in kept


def test_reveals_are_counted_by_the_hour_and_the_day_and_by_person(
    shop: Shop, clock: FixedClock
) -> None:
    shop.do("owner", SetPolicy("reveals_per_hour", "3"))
    shop.do("owner", SetPolicy("reveals_per_day", "5"))
    order_id = shop.order()["id"]

    def look(who: str = "agent") -> None:
        shop.do(who, RevealField(order_id, "name", "asked by phone"))

    for _ in range(3):
        look()
    with pytest.raises(QuotaSpent):
        look()
    look("lead")
    clock.advance(3_600_001)
    shop.prove("agent")
    look()
    look()
    with pytest.raises(QuotaSpent):
        look()
    clock.advance(3_600_001)
    shop.prove("agent")
    with pytest.raises(QuotaSpent):
        look()


@pytest.mark.req("F174")
def test_who_reads_the_record_stands_in_it(shop: Shop) -> None:
    shop.do("agent", HoldOrder(shop.order()["id"], "look"))
    for who in ("agent", "lead"):
        with pytest.raises(NotAllowed):
            shop.do(who, ReadAudit())
    page = shop.do("auditor", ReadAudit(who="agent", limit=10))
    held = next(one for one in page["lines"] if one["action"] == "order_held")
    assert (held["actor"], held["reason"], held["result"]) == ("agent", "look", "ok")
    assert held["at"]
    assert held["ip"]
    mine = shop.do("auditor", ReadAudit(who="auditor", limit=100_000))["lines"]
    assert "audit_read" in {one["action"] for one in mine}


@pytest.mark.req("F172")
async def test_a_row_changed_behind_waydesks_back_is_named_after_a_real_day(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("501", "502"))
    desk.shop.hire("finance", "finance")
    desk.ask("501", "502")
    await desk.pump().round()
    other = desk.shop.order("502")["id"]
    desk.shop.hire("owner", "owner")
    desk.shop.agreed("finance", ChangeAmount(other, 25000, "agreed discount"), "owner")
    assert verify(book).ok
    victim = desk.shop.order("501")["id"]
    item = desk.shop.all(line)[0]["id"]
    with book.engine.connect() as conn, conn.begin():
        conn.execute(orders.update().where(orders.c.id == victim).values(total_minor=1))
        conn.execute(line.update().where(line.c.id == item).values(quantity=9))
        conn.info["audited"] = True
    found = {(one.table, one.key) for one in verify(book).findings if one.table}
    assert {("orders", str(victim)), ("line", str(item))} <= found
    assert ("orders", str(other)) not in found


@pytest.mark.req("F172")
def test_a_closed_field_moved_from_another_row_is_refused_with_an_exception(shop: Shop) -> None:
    shop.receive(record("502", receiver=ReceiverRecord("李四海", "13911112222", country="CN")))
    one, two = shop.order("501")["id"], shop.order("502")["id"]
    keys = shop.book.keys
    with shop.book.work(MEI) as work:  # by somebody who can seal a row, but not close a field
        other = work.row(receiver, two)
        work.update(receiver, one, phone_ct=other["phone_ct"])
        work.tell("forged")
        work.commit()
    with pytest.raises(DecryptFailed):
        shop.do("agent", RevealField(one, "phone", "the courier asks"))
    assert [(row["kind"], row["subject"]) for row in shop.all(case)] == [
        ("row_changed_outside", f"receiver:{one}")
    ]
    last = [row for row in shop.all(audit) if row["action"] == "field_revealed"][-1]
    assert (last["result"], last["object_id"]) == ("failed", one)
    assert keys.decrypt("receiver", two, "phone_ct", other["phone_ct"]) == b"13911112222"
