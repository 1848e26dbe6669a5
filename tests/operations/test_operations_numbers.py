"""Tracking numbers of a forwarder's list go to their parcels, each row explained (F244)."""

from pathlib import Path

import pytest

from app.commands.numbers import LookAtNumbers, TakeBackNumbers, TakeNumbers
from app.commands.orders import CancelOrder, HoldOrder, SetPolicy
from app.commands.parcels import ScanLabel, TypeWaybill, VoidWaybill
from app.domain.actor import Actor
from app.domain.approval import ApprovalNeeded
from app.domain.errors import BadValue, ImportUnreadable, NotAllowed, ReadOnlyShop
from app.operations.number_rows import MOST_ROWS, read_table
from app.operations.numbers import TakingBack
from app.store.tables import parcel, parcel_line, waybill
from app.store.tables_record import audit, outbox
from app.store.work import Book
from tests.operations.number_world import (
    HEAD,
    give,
    look,
    number_of,
    pasted,
    stocked,
    text,
    verdicts,
    waiting,
    wanted,
    workbook,
)
from tests.operations.outbound_world import Shop
from tests.operations.press_world import make_live
from tests.operations.upload_world import Uploads, seed, uploads
from tests.worlds import FixedClock

FIFTY = [f"{600 + n},顺丰,{number_of(n)}" for n in range(50)]


def with_four_bad() -> list[str]:
    rows = list(FIFTY)
    rows[7] = "999,顺丰,SF142600879999"  # no such order
    rows[13] = f"613,顺丰,{number_of(13)[:-1]}"  # a digit short
    rows[21] = "621,顺丰,1.4260087E+12"  # damaged by a spreadsheet
    rows[34] = f"634,飞毛腿,{number_of(34)}"  # nobody is called that
    return rows


@pytest.mark.req("F244")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_of_fifty_rows_forty_six_are_uploaded_four_explained_and_a_repeat_changes_nothing(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        shop = stocked(desk.shop)
        for number in range(600, 650):
            desk.sandbox.shop.place(seed(number))
        batch = await desk.outlets[shop.channel_id].channel.pull("")
        shop.receive(*batch.records)
        shop.flow()
        ask = LookAtNumbers(text=text(*with_four_bad()))
        seen = look(shop, ask)
        told = {row.row: row.verdict for row in seen.rows if row.verdict != "new"}
        assert told == {9: "no_order", 15: "bad_number", 23: "digits_lost", 36: "no_courier"}
        took = give(shop, wanted(seen, handed=True))
        assert (took.done, took.told, took.refused) == (46, 46, ())
        for _ in range(12):
            await desk.pump().round()
        there = desk.shipped()
        assert len(there) == 46
        assert there["600"] == [number_of(0)]
        before = (shop.all(waybill), shop.all(outbox), shop.all(parcel))
        again = look(shop, ask)
        assert sorted(set(verdicts(again))) == [
            *("bad_number", "digits_lost", "no_courier", "no_order", "same"),
        ]
        repeat = give(shop, wanted(again, handed=True))
        assert (repeat.done, repeat.told) == (0, 0)
        assert (shop.all(waybill), shop.all(outbox), shop.all(parcel)) == before


@pytest.mark.req("F244")
def test_without_the_word_that_they_left_nothing_is_told_before_a_scan(book: Book) -> None:
    shop = waiting(book, 2)
    seen = pasted(shop, f"600,SF,{number_of(1)}", f"601,,{number_of(2)}")
    assert [(row.courier, row.verdict) for row in seen.rows] == [("sf", "new")] * 2
    assert give(shop, wanted(seen)).told == 0
    assert shop.all(outbox) == []
    assert shop.do("packer", ScanLabel(number_of(1), "weigh_out"))["shipped"]
    assert [row["kind"] for row in shop.all(outbox)] == ["ship_writeback"]
    assert shop.order("601")["state"] == "allocated"


@pytest.mark.req("F244")
@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ("６００\t顺丰\tＳＦ１４２６００８７００００１", "new"),  # full-width signs
        ("600，顺丰，SF142600870 0001", "new"),  # Chinese commas, a blank within
        ('="600";顺丰;="SF1426008700001"', "new"),  # guarded against a spreadsheet
        ("'600|顺丰|SF-1426-0087-00001", "new"),
        ("600\t中通\t7.7E+13", "digits_lost"),
        ("600\tEMS\tEA123456785CN", "new"),
        ("600\tEMS\tEA123456784CN", "bad_number"),  # its check digit is wrong
        ("600\t\t986578788855", "which_courier"),  # SF's older form, FedEx's too
        ("600\t\tZZ1", "courier_missing"),
        ("600\t百世\t12345678901234", "no_form"),
        ("\t顺丰\tSF1426008700001", "order_missing"),
        ("600\t顺丰\t", "number_missing"),
        ("6000000000000000000\t顺丰\tSF1426008700001", "order_rounded"),
        ("600\t中通\t75000000000000000000", "number_rounded"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_row_is_read_as_it_was_meant_or_refused_with_the_reason(
    book: Book, told: str, verdict: str
) -> None:
    shop = waiting(book, 1)
    columns = (("order", 0), ("courier", 1), ("number", 2))
    seen = pasted(shop, told, head="", columns=columns, headed="no")
    assert verdicts(seen) == [verdict]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_leading_zero_is_part_of_the_number(book: Book) -> None:
    shop = waiting(book, 1)
    seen = pasted(shop, "600,顺丰,021234567897")
    assert (seen.rows[0].verdict, seen.rows[0].number) == ("new", "021234567897")


@pytest.mark.req("F244")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_columns_are_told_by_headings_by_cells_or_by_the_person(book: Book) -> None:
    shop = waiting(book, 2)
    english = pasted(shop, f"{number_of(1)},600,SF", head="Tracking number,Reference No,Carrier")
    assert english.columns == {"number": 0, "order": 1, "courier": 2}
    bare = pasted(shop, f"顺丰,{number_of(1)},600", f"顺丰,{number_of(2)},601", head="")
    assert (bare.headed, bare.columns) == (False, {"courier": 0, "number": 1, "order": 2})
    assert [row.row for row in bare.rows] == [1, 2]
    both = pasted(shop, f"600,FW1,{number_of(1)}", head="客户单号,运单号,转单号")
    assert both.columns["number"] == 2
    mine = pasted(shop, "600,x,y", head="a,b,c", columns=(("order", 0),), headed="yes")
    assert (mine.lacking, mine.rows) == (("number",), ())


@pytest.mark.req("F244")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_spreadsheets_own_numbers_are_taken_where_they_are_exact(
    book: Book, tmp_path: Path
) -> None:
    shop = waiting(book, 2)
    rows = (("订单号", "快递", "单号"), (600, "中通", 75123456789012), (601, "中通", 7.5e20))
    seen = look(shop, LookAtNumbers(workbook(tmp_path, *rows)))
    assert [(row.number, row.verdict) for row in seen.rows] == [
        ("75123456789012", "new"),
        ("", "digits_lost"),
    ]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_list_too_long_or_without_a_row_is_refused_whole(book: Book, tmp_path: Path) -> None:
    long = text(*(f"{n},顺丰,{number_of(1)}" for n in range(MOST_ROWS + 1)))
    for ask in (LookAtNumbers(text=long), LookAtNumbers(text="\n\n"), LookAtNumbers("/no/x.csv")):
        with pytest.raises(ImportUnreadable):
            read_table(ask)
    with pytest.raises(BadValue):
        read_table(LookAtNumbers(text="x" * 2_000_001))


@pytest.mark.req("F244")
def test_a_number_of_another_order_is_explained_and_one_at_two_orders_goes_to_neither(
    book: Book,
) -> None:
    shop = waiting(book, 4)
    shop.do("lead", TypeWaybill(shop.order("603")["id"], "sf", number_of(9), "counter"))
    seen = pasted(
        shop,
        f"600,顺丰,{number_of(9)}",
        f"601,顺丰,{number_of(1)}",
        f"602,顺丰,{number_of(1)}",
    )
    assert verdicts(seen) == ["number_taken", "number_twice", "number_twice"]
    assert (seen.rows[0].said, seen.rows[2].said) == ({"other": "603"}, {"first": 3})


def held(shop: Shop) -> None:
    shop.do("lead", HoldOrder(shop.order("600")["id"], "waits"))


def cancelled(shop: Shop) -> None:
    shop.do("lead", CancelOrder(shop.order("600")["id"], "buyer"))


def bought(shop: Shop) -> None:
    make_live(shop, "600")


@pytest.mark.req("F244")
@pytest.mark.parametrize(
    ("happened", "verdict"), [(held, "blocked"), (cancelled, "blocked"), (bought, "bought")]
)
def test_an_order_that_may_not_get_one_says_why_and_gets_none(
    book: Book, happened: object, verdict: str
) -> None:
    shop = waiting(book, 2)
    seen = pasted(shop, f"600,顺丰,{number_of(1)}", f"601,顺丰,{number_of(2)}")
    assert verdicts(seen) == ["new", "new"]
    happened(shop)  # type: ignore[operator]
    assert verdicts(pasted(shop, f"600,顺丰,{number_of(1)}")) == [verdict]
    took = give(shop, wanted(seen))
    assert (took.done, [one.verdict for one in took.refused]) == (1, [verdict])
    assert number_of(1) not in [row["carrier_no"] for row in shop.all(waybill)]


@pytest.mark.req("F244")
def test_an_order_in_two_parcels_takes_two_numbers_once_its_rows_say_what_is_in_each(
    book: Book,
) -> None:
    shop = waiting(book, 1)
    head = f"{HEAD},商家编码,数量"
    one, two = number_of(1), number_of(2)
    bare = pasted(shop, f"600,顺丰,{one}", f"600,顺丰,{two}")
    assert verdicts(bare) == ["split_unsaid"] * 2
    short = pasted(shop, f"600,顺丰,{one},LN-27,1", f"600,顺丰,{two},HK-01,1", head=head)
    assert verdicts(short) == ["items_differ"] * 2
    rows = (f"600,顺丰,{one},LN-27,2", f"600,顺丰,{two},HK-01,1")
    split = pasted(shop, *rows, head=head)
    assert verdicts(split) == ["new", "new"]
    assert give(shop, wanted(split, handed=True)).told == 2
    assert [row["quantity"] for row in shop.all(parcel_line)] == [2, 1]
    bodies = [row["state"] for row in shop.all(outbox)]
    assert (bodies, shop.order("600")["state"]) == (["ready", "ready"], "shipped")
    assert verdicts(pasted(shop, *rows, head=head)) == ["same", "same"]


@pytest.mark.req("F244")
async def test_a_changed_number_is_told_with_the_one_it_replaces_and_once(
    book: Book, clock: FixedClock
) -> None:
    async with uploads(book, clock) as desk:
        await desk.order(600)
        shop, first, second = desk.shop, number_of(1), number_of(2)
        give(shop, wanted(pasted(shop, f"600,顺丰,{first}"), handed=True))
        await desk.until("done")
        seen = pasted(shop, f"600,顺丰,{second}")
        assert [(row.verdict, row.before) for row in seen.rows] == [("told", first)]
        took = give(shop, wanted(seen, reason="relabelled by the forwarder"))
        assert (took.done, took.told) == (1, 1)
        asks = sent(desk)
        await desk.until("done")
        assert [(ask.waybill_no, ask.replaces) for ask in asks] == [(second, first)]
        assert (shop.order("600")["waybill_no"], desk.told()) == (second, [True])
        assert give(shop, wanted(seen)).done == 0
        back = give(shop, wanted(pasted(shop, f"600,顺丰,{first}")))
        await desk.until("done")
        assert (back.told, asks[-1].replaces) == (1, second)


def sent(desk: Uploads) -> list[object]:
    """What the channel is asked to ship from now on."""
    asked: list[object] = []
    channel = desk.outlets[desk.shop.channel_id].channel
    ship = channel.ship

    async def heard(ask: object) -> object:
        asked.append(ask)
        return await ship(ask)

    channel.ship = heard  # type: ignore[method-assign]
    return asked


@pytest.mark.req("F244")
def test_an_upload_of_the_old_number_that_has_not_left_is_withdrawn(book: Book) -> None:
    shop = waiting(book, 1)
    give(shop, wanted(pasted(shop, f"600,顺丰,{number_of(1)}"), handed=True))
    give(shop, wanted(pasted(shop, f"600,顺丰,{number_of(2)}")))
    assert [row["state"] for row in shop.all(outbox)] == ["withdrawn", "ready"]


@pytest.mark.req("F244")
def test_numbers_taken_in_are_taken_back_until_they_were_told_and_may_then_go_elsewhere(
    book: Book,
) -> None:
    shop = waiting(book, 3)
    crossed = pasted(shop, f"600,顺丰,{number_of(1)}", f"601,顺丰,{number_of(2)}")
    took = give(shop, wanted(crossed))
    assert taken_back(shop, took.order_ids, took.waybill_ids) == (2, 0)
    assert shop.order("600")["logistics"] == "none"
    right = pasted(shop, f"601,顺丰,{number_of(1)}", f"600,顺丰,{number_of(2)}")
    assert verdicts(right) == ["new", "new"]
    took = give(shop, wanted(right, handed=True))
    assert taken_back(shop, took.order_ids, took.waybill_ids) == (0, 2)
    with pytest.raises(BadValue):
        shop.do("lead", TakeBackNumbers((), took.waybill_ids, "not these"))


def taken_back(shop: Shop, orders: tuple[int, ...], labels: tuple[int, ...]) -> tuple[int, int]:
    ask = TakeBackNumbers(orders, labels, "the rows were crossed")
    shop.do("lead", ask)
    back = TakingBack(ask)
    with shop.book.work(Actor("lead")) as work:
        back.step(work, shop.door.laws.now, 50)
        if work.has_told:
            work.commit()
    return back.taken().done, back.taken().same


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_split_that_is_taken_back_is_one_parcel_again(book: Book) -> None:
    shop = waiting(book, 1)
    rows = (f"600,顺丰,{number_of(1)},LN-27,2", f"600,顺丰,{number_of(2)},HK-01,1")
    took = give(shop, wanted(pasted(shop, *rows, head=f"{HEAD},商家编码,数量")))
    assert taken_back(shop, took.order_ids, took.waybill_ids) == (2, 0)
    assert [row["state"] for row in shop.all(parcel)] == ["open", "void"]
    assert verdicts(pasted(shop, f"600,顺丰,{number_of(3)}")) == ["new"]


def test_a_number_typed_voided_and_typed_again_is_taken(book: Book) -> None:
    shop = waiting(book, 1)
    ask = TypeWaybill(shop.order("600")["id"], "sf", number_of(1), "counter")
    shop.do("lead", ask)
    shop.do("lead", VoidWaybill(shop.all(waybill)[0]["id"], "wrong"))
    shop.do("lead", ask)
    assert [row["state"] for row in shop.all(waybill)] == ["voided", "live"]


@pytest.mark.req("F244")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_who_may_not_type_numbers_is_refused_and_whoever_may_ask_needs_a_yes_to_these_rows(
    book: Book,
) -> None:
    shop = waiting(book, 2, "lead", "packer", "agent")
    ask = LookAtNumbers(text=text(f"600,顺丰,{number_of(1)}"))
    with pytest.raises(NotAllowed):
        shop.do("agent", ask)
    mine = wanted(look(shop, ask, "packer"))
    with pytest.raises(ApprovalNeeded):
        shop.do("packer", mine)
    other = TakeNumbers(mine.order_ids, mine.given * 2, False, mine.reason)
    shop.agreed("packer", mine, "lead")
    with pytest.raises(ApprovalNeeded):
        shop.do("packer", other)
    with pytest.raises(BadValue):
        shop.do("lead", TakeNumbers((), mine.given, False, "an order left out"))
    done = [row for row in shop.all(audit) if row["action"] == "numbers_taken_in"]
    assert [row["result"] for row in done] == ["denied", "denied", "ok", "denied", "failed"]


@pytest.mark.req("F244", "F216")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_shop_that_only_watches_lets_numbers_in_and_no_parcel_out(book: Book) -> None:
    shop = waiting(book, 1, "lead", "owner")
    shop.do("owner", SetPolicy("read_only", "true"))
    seen = pasted(shop, f"600,顺丰,{number_of(1)}")
    with pytest.raises(ReadOnlyShop):
        shop.do("lead", wanted(seen, handed=True))
    assert (give(shop, wanted(seen)).done, shop.all(outbox)) == (1, [])
