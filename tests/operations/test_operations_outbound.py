"""An order goes out: allocated, labelled, printed, scanned, shipped, written back."""

import pytest

from app.commands.channels import ReadPrinters
from app.commands.orders import CancelLines, CancelOrder, SetPolicy
from app.commands.parcels import PrintLabels, ReprintLabel, ScanLabel, TakeWaybills
from app.domain.actor import worker
from app.domain.errors import CopyExists, NotAllowed, OrderOnHold
from app.operations import effects, print_queue, waybill_answers
from app.store import outbox
from app.store.tables import line, lock, parcel, print_job, stock, waybill
from app.store.tables_record import case
from app.store.tables_record import outbox as outbox_table
from app.store.work import Book
from tests.operations.outbound_world import Shop, answer, open_shop, record


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book)
    made.receive(record())
    made.flow()
    return made


def take_number(shop: Shop) -> None:
    shop.do("lead", TakeWaybills((shop.order()["id"],)))
    with shop.book.work(worker("sync")) as work:
        row = waybill_answers.due(work, 5)[0]
        waybill_answers.begin(work, row, b"bytes", b"d" * 32)
        work.tell("asked")
        work.commit()
    with shop.book.work(worker("sync")) as work:
        waybill_answers.made_live(work, shop.door.laws.now, row["id"], answer(row["intent_key"]))
        work.tell("live")
        work.commit()


def print_first(shop: Shop) -> None:
    shop.do("packer", PrintLabels((shop.order()["id"],), "pdf:out"))
    with shop.book.work(worker("press")) as work:
        row = print_queue.queued(work, 5)[0]
        said = print_queue.claim(work, shop.door.laws.now, row)
        assert said is not None
        assert (said.receiver.name, said.receiver.phone) == ("张**", "138****5678")
        print_queue.spooled(work, row["id"])
        work.tell("printed")
        work.commit()


def test_a_paid_order_is_allocated_with_every_item_held(shop: Shop) -> None:
    row = shop.order()
    assert (row["state"], row["tab"], row["held"]) == ("allocated", "to_print", "")
    assert sorted(held["quantity"] for held in shop.all(lock)) == [1, 2]
    assert len(shop.all(parcel)) == 1


@pytest.mark.req("F183")
def test_taking_a_number_twice_leaves_one_waybill(shop: Shop) -> None:
    order_id = shop.order()["id"]
    for _ in range(3):
        shop.do("lead", TakeWaybills((order_id,)))
    take_number(shop)
    shop.do("lead", TakeWaybills((order_id,)))
    assert [w["state"] for w in shop.all(waybill)] == ["live"]


def test_an_order_travels_out_and_is_written_back(shop: Shop) -> None:
    take_number(shop)
    print_first(shop)
    done = shop.do("packer", ScanLabel("SF1426008733101", "weigh_out", 980))
    assert done["shipped"]
    row = shop.order()
    assert (row["state"], row["proofs"], row["tab"]) == ("shipped", 2, "shipped")
    assert {s["sku"]: (s["physical"], s["reserved"]) for s in shop.all(stock)} == {
        "LN-27": (8, 0),
        "HK-01": (9, 0),
    }
    with shop.book.work(worker("sync")) as work:
        due = outbox.due(work)
        assert [effects.sending_of(work, r).ask.waybill_no for r in due] == ["SF1426008733101"]
        effects.done(work, due[0], "501", already=False)
        work.tell("settled")
        work.commit()
    assert shop.all(parcel)[0]["written_back_at"] is not None


@pytest.mark.req("F230")
@pytest.mark.parametrize("trigger", ["print", "verify", "weigh_out", "hand_over"])
def test_the_shops_trigger_ships_and_no_earlier_scan(shop: Shop, trigger: str) -> None:
    shop.hire("owner", "owner")
    shop.do("owner", SetPolicy("ship_trigger", trigger))
    take_number(shop)
    print_first(shop)
    steps = ["print", "verify", "weigh_out", "hand_over"]
    for step in steps[: steps.index(trigger)]:
        assert not shop.do("packer", ScanLabel("SF1426008733101", step))["shipped"]
        assert shop.order()["state"] == "allocated"
        assert not shop.all(outbox_table)
    assert shop.do("packer", ScanLabel("SF1426008733101", trigger))["shipped"]
    assert [row["kind"] for row in shop.all(outbox_table)] == ["ship_writeback"]


def test_a_cancelled_order_does_not_leave_and_its_label_does_not_print(shop: Shop) -> None:
    take_number(shop)
    shop.do("packer", PrintLabels((shop.order()["id"],), "pdf:out"))
    shop.do("lead", CancelOrder(shop.order()["id"], "buyer changed their mind"))
    with shop.book.work(worker("press")) as work:
        row = print_queue.queued(work, 5)[0]
        assert print_queue.claim(work, shop.door.laws.now, row) is None
        work.tell("not printed")
        work.commit()
    assert [j["state"] for j in shop.all(print_job)] == ["failed"]
    assert "cancelled_after_label" in {c["kind"] for c in shop.all(case)}
    assert {s["reserved"] for s in shop.all(stock)} == {0}
    with pytest.raises(OrderOnHold):
        shop.do("packer", ScanLabel("SF1426008733101", "weigh_out"))


def test_a_second_copy_needs_the_lead_and_a_reason(shop: Shop) -> None:
    take_number(shop)
    print_first(shop)
    again = shop.do("packer", PrintLabels((shop.order()["id"],), "pdf:out"))
    assert again["refused"] == [[shop.order()["id"], CopyExists.code]]
    label = shop.all(waybill)[0]["id"]
    with pytest.raises(NotAllowed):
        shop.do("agent", ReprintLabel(label, "pdf:out", "smudged"))
    shop.do("lead", ReprintLabel(label, "pdf:out", "smudged"))
    assert [j["copy_no"] for j in shop.all(print_job)] == [1, 2]


@pytest.mark.req("F192")
def test_an_item_cancelled_after_packing_is_not_told_as_shipped(shop: Shop) -> None:
    take_number(shop)
    print_first(shop)
    order_id = shop.order()["id"]
    curtain = next(r for r in shop.all(line) if r["sku"] == "LN-27")
    held = next(r for r in shop.all(lock) if r["line_id"] == curtain["id"])
    shop.do("lead", CancelLines(order_id, ((curtain["id"], 1, held["id"]),), "one too many"))
    shop.do("packer", ScanLabel("SF1426008733101", "weigh_out"))
    with shop.book.work(worker("sync")) as work:
        asked = effects.sending_of(work, outbox.due(work)[0]).ask
    assert dict(asked.lines) == {"1": 1, "2": 1}
    assert {s["sku"]: s["physical"] for s in shop.all(stock)} == {"LN-27": 9, "HK-01": 9}


@pytest.mark.req("F192")
def test_with_its_last_item_cancelled_the_order_is_cancelled(shop: Shop) -> None:
    rows = {r["line_id"]: r for r in shop.all(lock)}
    every = tuple((line_id, r["quantity"], r["id"]) for line_id, r in rows.items())
    shop.do("lead", CancelLines(shop.order()["id"], every, "sold out"))
    assert shop.order()["state"] == "cancelled"
    assert {s["reserved"] for s in shop.all(stock)} == {0}


def test_labels_go_to_the_shops_own_printer_where_nobody_chose(shop: Shop) -> None:
    shop.hire("owner", "owner")
    shop.do("owner", SetPolicy("label_printer", "raw:127.0.0.1:9100"))
    assert shop.do("packer", ReadPrinters())["usual"] == "raw:127.0.0.1:9100"
    take_number(shop)
    shop.do("packer", PrintLabels((shop.order()["id"],), ""))
    assert [job["printer"] for job in shop.all(print_job)] == ["raw:127.0.0.1:9100"]
