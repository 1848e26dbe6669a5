"""Labels on paper: claimed before a byte leaves, never a copy in silence (consistency.md 2.2)."""

from pathlib import Path

import pytest

from app.commands.cases import SettleCase
from app.commands.orders import CancelOrder, EditAddress, HoldOrder, ReleaseOrder
from app.commands.parcels import PrintLabels, ReprintLabel, ScanLabel, SettlePrint, VoidWaybill
from app.domain.errors import NotInState, ReasonNeeded, WaybillNotLive
from app.store.tables import parcel, waybill
from app.store.tables_record import case
from app.store.work import Book
from sync.records import ReceiverRecord
from tests.operations.outbound_world import record
from tests.operations.press_world import make_live, number_of, print_room
from tests.worlds import FixedClock


async def test_every_label_is_claimed_in_the_book_before_the_press_sees_it(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("501", "502"))
    desk.ask("501", "502")
    await desk.pump().round()
    assert desk.seen == [{"claimed"}]
    assert desk.states() == [(1, "spooled"), (1, "spooled")]
    assert desk.saved() == [f"{number_of('501')} 1", f"{number_of('502')} 1"]


@pytest.mark.parametrize("fate", ["before", "after", "away"])
async def test_a_press_that_died_over_a_file_makes_no_second_copy_and_loses_none(
    book: Book, clock: FixedClock, tmp_path: Path, fate: str
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("501", "502"))
    desk.ask("501", "502")
    pump = desk.pump()
    desk.press.fate = fate
    for _ in range(3):
        await pump.round()
    assert desk.states() == [(1, "spooled"), (1, "spooled")]
    assert desk.saved() == [f"{number_of('501')} 1", f"{number_of('502')} 1"]
    assert not desk.open_cases()


@pytest.mark.parametrize("made", [True, False])
async def test_a_keeper_that_died_over_a_file_asks_the_file(
    book: Book, clock: FixedClock, tmp_path: Path, made: bool
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("501", "502"))
    desk.shop.do("lead", HoldOrder(desk.shop.order("502")["id"], "look"))
    desk.shop.do("lead", ReleaseOrder(desk.shop.order("502")["id"], "fine"))
    desk.ask("501", "502")
    pump = desk.pump()
    claimed = await desk.room.write(pump._claim)
    if made:
        (tmp_path / "labels" / claimed[0].spool_job).write_text(
            "\n".join(f"{one.document.waybill_no} 1" for one in claimed)
        )
    again = await desk.started()
    for _ in range(2):
        await again.round()
    assert desk.states() == [(1, "spooled"), (1, "spooled")]
    assert desk.saved() == [f"{number_of('501')} 1", f"{number_of('502')} 1"]


async def test_a_stale_first_label_does_not_hide_the_file_of_the_others(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("501", "502"))
    desk.ask("501", "502")
    desk.shop.do("lead", HoldOrder(desk.shop.order("501")["id"], "look"))
    claimed = await desk.room.write(desk.pump()._claim)
    (tmp_path / "labels" / claimed[0].spool_job).write_text(f"{number_of('502')} 1")
    again = await desk.started()
    await again.round()
    assert desk.states() == [(1, "failed"), (1, "spooled")]
    assert desk.saved() == [f"{number_of('502')} 1"]


@pytest.mark.parametrize("fate", ["before", "after"])
async def test_what_may_have_left_a_real_printer_is_never_printed_again_by_itself(
    book: Book, clock: FixedClock, tmp_path: Path, fate: str
) -> None:
    desk = print_room(book, clock, tmp_path / "labels")
    desk.ask(printer="Zebra")
    desk.press.fate = fate
    pump = desk.pump()
    for _ in range(3):
        await pump.round()
    assert desk.states() == [(1, "unknown")]
    assert desk.open_cases() == {"print_unknown"}
    assert len(desk.press.paper) == (fate == "after")
    again = await desk.started()
    await again.round()
    assert desk.states() == [(1, "unknown")]


async def test_a_keeper_that_died_over_a_real_printer_leaves_the_question_to_a_person(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels")
    desk.ask(printer="Zebra")
    await desk.room.write(desk.pump()._claim)
    again = await desk.started()
    await again.round()
    assert (desk.states(), desk.press.paper) == ([(1, "unknown")], [])
    assert desk.open_cases() == {"print_unknown"}
    job = desk.jobs()[0]["id"]
    desk.shop.do("packer", SettlePrint(job, on_paper=False))
    assert not desk.open_cases()
    await again.round()
    assert desk.press.paper == [(number_of("501"), 1)]
    desk.shop.do("packer", SettlePrint(job, on_paper=True))
    assert [(row["state"], row["confirmed_by"]) for row in desk.jobs()] == [("printed", "operator")]
    with pytest.raises(NotInState):
        desk.shop.do("packer", SettlePrint(job, on_paper=False))


async def test_a_scan_of_the_paper_is_the_strongest_answer(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels")
    desk.ask(printer="Zebra")
    desk.press.fate = "after"
    await desk.pump().round()
    desk.shop.do("packer", ScanLabel(number_of("501").lower(), "verify"))
    assert [(row["state"], row["confirmed_by"]) for row in desk.jobs()] == [("printed", "scan")]
    assert not desk.open_cases()
    assert desk.shop.all(parcel)[0]["printed_at"] == clock.now()


def edit(order_id: int) -> EditAddress:
    place = ("浙江省", "杭州市", "滨江区", "江南大道 1 号")
    return EditAddress(order_id, "李四", "13900002222", *place, "the buyer moved")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("cancelled", "cancelled_after_label"),
        ("held", "changed_after_label"),
        ("moved", "changed_after_label"),
        ("moved before", "changed_after_label"),
        ("voided", "cancelled_after_label"),
    ],
)
async def test_a_label_gone_stale_becomes_a_case_and_no_paper(
    book: Book, clock: FixedClock, tmp_path: Path, change: str, kind: str
) -> None:
    desk = print_room(book, clock, tmp_path / "labels")
    order_id = desk.shop.order()["id"]
    if change == "moved before":
        desk.shop.do("lead", edit(order_id))
    desk.ask()
    if change == "cancelled":
        desk.shop.do("lead", CancelOrder(order_id, "buyer"))
    elif change == "held":
        desk.shop.do("lead", HoldOrder(order_id, "look"))
    elif change == "moved":
        desk.shop.do("lead", edit(order_id))
    elif change == "voided":
        desk.shop.do("lead", VoidWaybill(desk.shop.all(waybill)[0]["id"], "wrong box"))
    await desk.pump().round()
    assert desk.states() == [(1, "failed")]
    assert kind in desk.open_cases()
    assert desk.saved() == desk.seen == []


async def test_a_first_copy_that_surely_is_no_paper_prints_as_the_first(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("501", "502"))
    order_id = desk.shop.order("501")["id"]
    desk.ask("501", "502")
    desk.shop.do("lead", HoldOrder(order_id, "look"))
    pump = desk.pump()
    await pump.round()
    assert desk.saved() == [f"{number_of('502')} 1"]
    desk.shop.do("lead", ReleaseOrder(order_id, "fine"))
    for one in desk.shop.all(case):
        if one["state"] != "settled":
            desk.shop.do("lead", SettleCase(one["id"], "looked at it"))
    assert desk.ask("501")["done"] == [order_id]
    await pump.round()
    assert desk.states() == [(1, "spooled"), (1, "spooled")]
    assert desk.saved() == [f"{number_of('501')} 1", f"{number_of('502')} 1"]


async def test_a_further_copy_is_asked_for_with_a_reason_and_bears_its_number(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels")
    desk.ask()
    pump = desk.pump()
    await pump.round()
    label = desk.shop.all(waybill)[0]["id"]
    assert desk.ask()["refused"] == [[desk.shop.order()["id"], "copy_exists"]]
    with pytest.raises(ReasonNeeded):
        desk.shop.do("lead", ReprintLabel(label, "", " "))
    for reason in ("smudged", "lost"):
        desk.shop.do("lead", ReprintLabel(label, "", reason))
    await pump.round()
    assert desk.saved() == [f"{number_of('501')} {copy}" for copy in (1, 2, 3)]
    assert [row["reason"] for row in desk.jobs()] == ["", "smudged", "lost"]
    desk.shop.do("lead", VoidWaybill(label, "wrong box"))
    with pytest.raises(WaybillNotLive):
        desk.shop.do("lead", ReprintLabel(label, "", "again"))


@pytest.mark.parametrize(
    ("receiver", "kind"),
    [
        (
            ReceiverRecord("张小满", "1381", "", "CN", "浙江省", "杭州市", "", "路 \U0002b820 号"),
            "missing_glyph",
        ),
        (
            ReceiverRecord("张小满", "1381", "", "CN", "浙江省", "杭州市", "", "很长的路" * 200),
            "address_too_long",
        ),
    ],
)
async def test_what_a_label_cannot_show_is_a_case_before_printing_and_stops_nobody_else(
    book: Book, clock: FixedClock, tmp_path: Path, receiver: ReceiverRecord, kind: str
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("502",))
    desk.shop.receive(record("501", receiver=receiver))
    desk.shop.flow()
    make_live(desk.shop, "501")
    desk.ask("501", "502")
    await desk.pump().round()
    states = {row["order_id"]: row["state"] for row in desk.jobs()}
    assert states[desk.shop.order("501")["id"]] == "failed"
    assert states[desk.shop.order("502")["id"]] == "spooled"
    assert desk.open_cases() == {kind}
    assert desk.saved() == [f"{number_of('502')} 1"]


async def test_labels_of_many_orders_are_refused_one_by_one(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    desk = print_room(book, clock, tmp_path / "labels", ("501", "502"))
    held = desk.shop.order("501")["id"]
    desk.shop.do("lead", HoldOrder(held, "look"))
    said = desk.shop.do("packer", PrintLabels((held, desk.shop.order("502")["id"], 999), ""))
    assert said["done"] == [desk.shop.order("502")["id"]]
    assert said["refused"] == [[held, "order_on_hold"], [999, "not_found"]]
