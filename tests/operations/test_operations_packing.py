"""What is packed is what was ordered: each scan is judged, counted and written down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.commands.catalogue import AddProduct
from app.commands.orders import CancelLines, SetMemo, SetPolicy
from app.commands.packing import (
    FinishPacking,
    ForcePacking,
    OpenParcel,
    PackAgain,
    PutParcelAside,
    ScanItem,
    SeeMemo,
)
from app.commands.parcels import PrintLabels, ScanLabel
from app.domain.actor import worker
from app.domain.errors import NotAllowed, Refusal
from app.domain.scan_codes import CodeKind, code_of
from app.operations import print_queue, waybill_answers, waybill_intents
from app.store import stock_ledger
from app.store.tables import lock, parcel, print_job, proof
from app.store.tables_packing import pack_scan, packing
from app.store.tables_record import audit, case
from app.store.work import Book
from sync.records import LineRecord, Moment, RefundRecord
from tests.operations.outbound_world import Shop, answer, open_shop, record
from tests.worlds import NOON, FixedClock

LABEL = "SF1426008733101"
EAN, UPC = "4006381333931", "036000291452"
CURTAIN = LineRecord("1", "LN-27", "p1", "亚麻遮光窗帘", "米白 2.7m", 2, 10000, 20000)
HOOK = LineRecord("2", "HK-01", "p2", "窗帘挂钩", "加厚", 1, 5000, 5000)
ONE = LineRecord("1", "HK-01", "p2", "窗帘挂钩", "加厚", 1, 5000, 5000)


@dataclass
class Station:
    """A packer at a bench, with a parcel whose label is printed."""

    shop: Shop
    clock: FixedClock
    at: int = 0

    def open(self, code: str = LABEL, who: str = "packer") -> dict[str, Any]:
        said = self.shop.do(who, OpenParcel(code, "bench 3"))
        self.at = said["parcel_id"]
        return said

    def scan(self, code: str, after_ms: int = 1000, who: str = "packer") -> dict[str, Any]:
        self.clock.advance(after_ms)
        return self.shop.do(who, ScanItem(self.at, code, self.clock.now(), "bench 3"))

    def finish(self, code: str = "") -> dict[str, Any]:
        return self.shop.do("packer", FinishPacking(self.at, "bench 3", code))

    def box(self) -> dict[str, Any]:
        return self.shop.all(parcel)[-1]


def counts(said: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["sku"]: (one["packed"], one["wanted"]) for one in said["items"]}


def labelled(shop: Shop, external_id: str = "501", number: str = LABEL) -> None:
    """Give an order its number and print its label."""
    order_id, rules = shop.order(external_id)["id"], shop.door.laws.now
    with shop.book.work(worker("sync")) as work:
        (pk,) = waybill_intents.take(work, rules, order_id)
        waybill_answers.made_live(work, rules, pk, answer("WD", number))
        work.tell("live")
        work.commit()


def printed(shop: Shop) -> None:
    shop.do("lead", PrintLabels((shop.order()["id"],), "pdf:out"))
    with shop.book.work(worker("print")) as work:
        (row,) = print_queue.queued(work, 5)
        print_queue.claim(work, shop.door.laws.now, row, "x.pdf")
        work.tell("claimed")
        work.commit()


@pytest.fixture
def station(book: Book, clock: FixedClock) -> Station:
    shop = open_shop(book, "lead", "packer", "owner", "finance")
    shop.receive(record("501", lines=(CURTAIN, HOOK)))
    shop.flow()
    labelled(shop)
    return Station(shop, clock)


def test_a_parcel_of_several_goods_is_whole_only_when_every_thing_was_scanned(
    station: Station,
) -> None:
    said = station.open()
    assert (said["outcome"], counts(said)) == ("opened", {"LN-27": (0, 2), "HK-01": (0, 1)})
    with pytest.raises(Refusal, match="packing_incomplete"):
        station.finish()
    assert station.scan("LN-27")["outcome"] == "right"
    assert station.scan("hk-01")["outcome"] == "right"
    with pytest.raises(Refusal) as no:
        station.finish(LABEL)
    assert no.value.details == {"order_no": "501", "missing": "亚麻遮光窗帘 米白 2.7m ×1", "n": 1}
    assert station.box()["verified_at"] is None
    assert station.scan("LN-27")["outcome"] == "complete"
    assert station.box()["verified_at"] is None
    assert station.finish(LABEL)["state"] == "verified"
    assert station.box()["verified_at"] == station.clock.now()


@pytest.mark.req("F037")
def test_wrong_surplus_and_double_scans_are_told_apart_and_count_nothing(station: Station) -> None:
    station.shop.do("lead", AddProduct("LN-27G", "亚麻遮光窗帘", "灰色 2.7m", barcode=EAN))
    station.open()
    assert station.scan("HK-01")["outcome"] == "right"
    twice = station.scan("HK-01", after_ms=120)
    surplus = station.scan("HK-01")
    foreign = station.scan(EAN)
    unknown = station.scan("6901234567892")
    assert [one["outcome"] for one in (twice, surplus, foreign, unknown)] == [
        *("twice", "surplus", "wrong", "wrong")
    ]
    assert (foreign["title"], unknown["title"]) == ("亚麻遮光窗帘 灰色 2.7m", "")
    assert counts(unknown) == {"LN-27": (0, 2), "HK-01": (1, 1)}
    with pytest.raises(Refusal, match="packing_incomplete"):
        station.finish()


def test_every_scan_says_who_when_and_where(station: Station) -> None:
    station.open()
    station.scan("LN-27")
    station.scan("NOT-OURS")
    kept = station.shop.all(pack_scan)
    assert [(r["outcome"], r["code"], r["sku"], r["quantity"]) for r in kept] == [
        ("opened", LABEL, "", 0),
        ("right", "LN-27", "LN-27", 1),
        ("wrong", "NOT-OURS", "", 0),
    ]
    assert {(r["by"], r["station"]) for r in kept} == {("packer", "bench 3")}
    assert [r["at"] - NOON for r in kept] == [0, 1000, 2000]
    actions = [row["action"] for row in station.shop.all(audit)]
    assert actions[-3:] == ["parcel_opened", "item_scanned", "item_scanned"]


def test_a_scan_whose_answer_was_lost_is_not_counted_again(station: Station) -> None:
    station.open()
    ask = ScanItem(station.at, "LN-27", station.clock.now())
    first = station.shop.do("packer", ask, command_id=77)
    assert station.shop.do("packer", ask, command_id=77) == first
    assert counts(station.scan("HK-01"))["LN-27"] == (1, 2)


def test_barcodes_are_read_as_the_catalogue_names_them(station: Station) -> None:
    shop = station.shop
    shop.do("lead", AddProduct("MUG", "Mug", barcode=UPC))
    with shop.book.work(worker("test")) as work:
        stock_ledger.open_stock(work, shop.location_id, [("MUG", "Mug", 10, 300)])
        work.tell("stock_opened")
        work.commit()
    mug = LineRecord("1", "MUG", "p9", "Mug", "", 2, 900, 1800)
    shop.receive(record("777", lines=(mug,)))
    shop.flow()
    station.open("777")
    assert station.scan(UPC)["outcome"] == "right"
    assert station.scan(f"0{UPC}")["outcome"] == "complete"


def test_a_bundle_is_packed_by_its_pieces_or_whole(station: Station) -> None:
    shop = station.shop
    parts = (("LN-27", 1), ("HK-01", 2))
    shop.do("lead", AddProduct("SET", "窗帘套装", barcode=EAN, components=parts))
    two = LineRecord("1", "SET", "p7", "窗帘套装", "", 2, 30000, 60000)
    shop.receive(record("601", lines=(two,)))
    shop.flow()
    assert counts(station.open("601")) == {"HK-01": (0, 4), "LN-27": (0, 2)}
    assert counts(station.scan(EAN)) == {"HK-01": (2, 4), "LN-27": (1, 2)}
    assert station.scan("HK-01")["outcome"] == "right"
    assert station.scan(EAN)["outcome"] == "surplus"
    assert station.scan("LN-27")["outcome"] == "right"
    assert station.scan("HK-01")["outcome"] == "complete"
    assert station.finish()["state"] == "verified"


def test_what_was_cancelled_meanwhile_does_not_belong_in_the_box(station: Station) -> None:
    shop = station.shop
    station.open()
    held = next(row for row in shop.all(lock) if row["sku"] == "HK-01")
    lines = ((held["line_id"], 1, held["id"]),)
    shop.do("lead", CancelLines(shop.order()["id"], lines, "buyer asked"))
    assert station.scan("HK-01")["outcome"] == "wrong"
    station.scan("LN-27")
    assert station.scan("LN-27")["outcome"] == "complete"


def test_a_parcel_opens_by_its_own_code_its_orders_or_a_number_and_by_nothing_misread(
    station: Station,
) -> None:
    order, box = station.shop.order(), station.box()
    own = code_of(CodeKind.PARCEL, box["public_id"])
    good = (
        *(code_of(CodeKind.ORDER, order["number"]), own, own.replace(":", "："), LABEL.lower()),
        *(order["external_no"], order["number"].lower(), box["public_id"]),
    )
    for code in good:
        assert station.open(code)["order_id"] == order["id"], code
    with pytest.raises(Refusal, match="code_misread"):
        station.open(own[:-1] + ("0" if own[-1] != "0" else "1"))
    with pytest.raises(Refusal, match="nothing_packs_this"):
        station.open("6901234567892")


def test_a_verified_parcel_scanned_again_says_who_packed_it_and_when(station: Station) -> None:
    station.open()
    for code in ("LN-27", "LN-27", "HK-01"):
        station.scan(code)
    station.finish()
    done = station.clock.now()
    station.clock.advance(60_000)
    again = station.open(who="lead")
    assert (again["outcome"], again["by"], again["at"]) == ("already", "packer", done)
    with pytest.raises(Refusal, match="not_being_packed"):
        station.scan("LN-27")


def test_a_parcel_that_left_stops_red_when_its_label_comes_again(station: Station) -> None:
    station.shop.do("packer", ScanLabel(LABEL, "weigh_out", 900))
    with pytest.raises(Refusal, match="parcel_gone"):
        station.open()


@pytest.mark.req("F037")
def test_who_may_force_a_box_through_does_it_with_a_reason_and_in_their_name(
    station: Station,
) -> None:
    shop = station.shop
    station.open()
    station.scan("LN-27")
    with pytest.raises(Refusal, match="approval_needed"):
        shop.do("packer", ForcePacking(station.at, "hook sent before"))
    with pytest.raises(Refusal, match="reason_needed"):
        shop.do("lead", ForcePacking(station.at, " "))
    with pytest.raises(NotAllowed):
        shop.do("finance", ForcePacking(station.at, "because"))
    assert station.box()["verified_at"] is None
    said = shop.do("lead", ForcePacking(station.at, "hook sent before", "bench 3"))
    (check,) = shop.all(packing)
    assert (said["state"], check["by"], check["reason"]) == ("forced", "lead", "hook sent before")
    assert station.box()["verified_at"] == station.clock.now()


def test_a_parcel_put_aside_is_an_exception_until_it_is_packed(station: Station) -> None:
    shop = station.shop
    station.open()
    station.scan("LN-27")
    shop.do("packer", PutParcelAside(station.at, "hook not found", "bench 3"))
    found = [row for row in shop.all(case) if row["kind"] == "pack_problem"]
    assert [row["state"] for row in found] == ["open"]
    assert "窗帘挂钩 加厚 ×1" in found[0]["args_json"]
    assert counts(station.open()) == {"LN-27": (1, 2), "HK-01": (0, 1)}
    settled = [row["state"] for row in shop.all(case) if row["kind"] == "pack_problem"]
    assert settled == ["settled"]


def test_a_box_counted_again_begins_at_nothing_and_keeps_its_history(station: Station) -> None:
    station.open()
    station.scan("LN-27")
    said = station.shop.do("packer", PackAgain(station.at))
    assert counts(said) == {"LN-27": (0, 2), "HK-01": (0, 1)}
    assert station.scan("LN-27")["outcome"] == "right"
    assert [row["round"] for row in station.shop.all(pack_scan)] == [1, 1, 1, 2]


# --- gates ---------------------------------------------------------------------------------------


REFUND = RefundRecord("R-77", 25800, "changed my mind", Moment(NOON, "t", "UTC"))


@pytest.mark.req("F229")
def test_a_refund_stops_the_bench_at_every_scan_and_is_named(station: Station) -> None:
    shop = station.shop
    station.open()
    station.scan("HK-01")
    later = Moment(station.clock.now() + 1, "later", "UTC")
    shop.receive(
        record(lines=(CURTAIN, HOOK), version=later.utc_ms, modified=later, refunds=(REFUND,))
    )
    asks: list[Callable[[], Any]] = [
        station.open,
        lambda: station.scan("LN-27"),
        station.finish,
        lambda: shop.do("lead", ForcePacking(station.at, "no matter")),
    ]
    for ask in asks:
        with pytest.raises(Refusal) as no:
            ask()
        assert (no.value.code, no.value.details["refund"]) == ("refund_pending", "R-77")
    assert station.box()["verified_at"] is None


@pytest.mark.req("F229")
@pytest.mark.parametrize("where", ["platform", "here"])
def test_a_memo_changed_after_printing_stops_until_it_was_read(
    station: Station, where: str
) -> None:
    shop = station.shop
    printed(shop)
    station.open()
    station.clock.advance(1000)
    if where == "here":
        shop.do("lead", SetMemo(shop.order()["id"], "do not ship, grey instead", "red"))
    else:
        later = Moment(station.clock.now(), "later", "UTC")
        told = {"version": later.utc_ms, "modified": later, "seller_memo": "grey instead"}
        shop.receive(record(lines=(CURTAIN, HOOK), **told))
    for ask in (
        lambda: station.scan("LN-27"),
        station.open,
        lambda: shop.do("packer", ScanLabel(LABEL, "weigh_out", 900)),
    ):
        with pytest.raises(Refusal, match="memo_changed"):
            ask()
    assert station.box()["weighed_at"] is None
    shop.do("packer", SeeMemo(shop.order()["id"]))
    assert station.scan("LN-27")["outcome"] == "right"


def test_a_memo_from_before_the_print_stops_nothing(station: Station) -> None:
    station.shop.do("lead", SetMemo(station.shop.order()["id"], "a card, please", "red"))
    station.clock.advance(1000)
    printed(station.shop)
    assert station.open()["outcome"] == "opened"


def test_a_check_that_was_begun_is_finished_before_the_parcel_is_weighed_out(
    station: Station,
) -> None:
    station.open()
    station.scan("LN-27")
    for step in ("weigh_out", "hand_over"):
        with pytest.raises(Refusal, match="not_verified"):
            station.shop.do("packer", ScanLabel(LABEL, step, 900))
    station.scan("LN-27")
    station.scan("HK-01")
    station.finish()
    assert station.shop.do("packer", ScanLabel(LABEL, "weigh_out", 900))["shipped"]


def choose(shop: Shop, **choices: str) -> None:
    for name, value in choices.items():
        shop.do("owner", SetPolicy(name, value))


@pytest.mark.parametrize(("must", "stops"), [("begun", False), ("several", True)])
def test_the_shop_says_what_is_weighed_out_only_when_verified(
    station: Station, must: str, stops: bool
) -> None:
    choose(station.shop, must_verify=must)
    ask = ScanLabel(LABEL, "weigh_out", 900)
    if stops:
        with pytest.raises(Refusal, match="not_verified"):
            station.shop.do("packer", ask)
        assert station.box()["weighed_at"] is None
    else:
        assert station.shop.do("packer", ask)["shipped"]


# --- two modes -----------------------------------------------------------------------------------


def test_labels_first_one_thing_is_packed_by_one_scan_of_its_label(station: Station) -> None:
    shop = station.shop
    shop.receive(record("502", lines=(ONE,)))
    shop.flow()
    labelled(shop, "502", "SF1426008733102")
    said = station.open("SF1426008733102")
    assert (said["outcome"], said["state"], counts(said)) == (
        *("finished", "verified"),
        {"HK-01": (1, 1)},
    )
    assert station.open("501")["outcome"] == "opened"


def test_verified_first_one_thing_scanned_gets_its_label_by_that_one_scan(
    station: Station,
) -> None:
    shop = station.shop
    choose(shop, pack_mode="verify_first")
    for at, number in enumerate(("502", "503", "504")):
        shop.receive(record(number, lines=(ONE,)))
        shop.flow()
        labelled(shop, number, f"SF142600873320{at}")
    assert shop.all(print_job) == []
    said = station.open("HK-01")
    assert (said["outcome"], said["order_no"], said["label"]) == ("finished", "502", "queued")
    assert station.open("HK-01")["order_no"] == "503"
    jobs = {row["order_id"] for row in shop.all(print_job)}
    assert jobs == {shop.order("502")["id"], shop.order("503")["id"]}
    assert station.open("HK-01")["order_no"] == "504"
    with pytest.raises(Refusal, match="nothing_packs_this"):
        station.open("HK-01")


@pytest.mark.req("F034")
def test_verified_first_no_label_comes_before_the_check_is_whole(station: Station) -> None:
    shop = station.shop
    choose(shop, pack_mode="verify_first")
    said = shop.do("lead", PrintLabels((shop.order()["id"],), "pdf:out"))
    assert said["refused"] == [[shop.order()["id"], "check_first"]]
    station.open("501")
    for code in ("LN-27", "LN-27", "HK-01"):
        assert shop.all(print_job) == []
        station.scan(code)
    assert station.finish()["label"] == "queued"
    with shop.book.work(worker("print")) as work:
        (row,) = print_queue.queued(work, 5)
        paper = print_queue.claim(work, shop.door.laws.now, row, "x.pdf")
    assert paper is not None
    assert paper.goods == ("亚麻遮光窗帘 米白 2.7m ×2", "窗帘挂钩 加厚 ×1")


def test_a_packed_label_scanned_last_is_known_to_be_on_paper(station: Station) -> None:
    printed(station.shop)
    station.open("501")
    for code in ("LN-27", "LN-27", "HK-01"):
        station.scan(code)
    station.finish(LABEL)
    (job,) = station.shop.all(print_job)
    assert (job["state"], job["confirmed_by"]) == ("printed", "scan")


def test_packing_ships_where_verifying_is_the_shops_trigger(station: Station) -> None:
    choose(station.shop, ship_trigger="verify")
    station.open()
    for code in ("LN-27", "LN-27", "HK-01"):
        station.scan(code)
    assert station.finish()["shipped"]
    assert station.shop.order()["state"] == "shipped"
    assert {row["kind"] for row in station.shop.all(proof)} >= {"outbound_scan"}
