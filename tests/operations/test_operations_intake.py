"""What comes in from a shop: nothing lost, nothing doubled, nothing guessed."""

from dataclasses import replace

import msgspec
import pytest

from app.commands.cases import SettleCase
from app.commands.orders import CancelOrder, EditAddress
from app.domain.actor import worker
from app.domain.states import ProofKind
from app.operations import intake
from app.store import intake_rows, stock_release
from app.store.stock_ledger import drifts
from app.store.tables import line, lock, name_token, orders, proof, receiver, refund, stock
from app.store.tables_record import (
    audit,
    case,
    counter,
    cursor,
    event,
    kept_aside,
    raw_record,
    time_reading,
)
from app.store.verify import verify
from app.store.work import Book
from sync.records import (
    NO_MOMENT,
    Batch,
    KeptAside,
    LineRecord,
    Moment,
    Problem,
    ReceiverRecord,
    RefundRecord,
)
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import NOON

LATER = NOON + 60_000


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def take(shop: Shop, *records, cursor="c1", aside=(), most=500) -> intake.Taken:
    way = intake.Way(shop.book, shop.door.laws.now, shop.channel_id)
    return intake.take(way, Batch(tuple(records), tuple(aside), cursor, False), most=most)


def open_cases(shop: Shop) -> list[tuple[str, str]]:
    return [(r["kind"], r["subject"]) for r in shop.all(case) if r["state"] != "settled"]


def figures(shop: Shop, sku: str = "LN-27") -> tuple[int, int]:
    row = next(r for r in shop.all(stock) if r["sku"] == sku)
    return row["physical"], row["reserved"]


def sound(shop: Shop) -> None:
    """The ledger adds up and the counters equal what they count."""
    with shop.book.work(worker("test")) as work:
        assert drifts(work) == ()
    tabs: dict[str, int] = {}
    for row in shop.all(orders):
        tabs[row["tab"]] = tabs.get(row["tab"], 0) + 1
        assert row["open_cases"] == len(
            [c for c in shop.all(case) if c["order_id"] == row["id"] and c["state"] != "settled"]
        )
    counted: dict[str, int] = {}
    for row in shop.all(counter):
        kind, _, tab = row["name"].partition(":")
        if kind == "tab" and row["n"]:
            counted[tab] = counted.get(tab, 0) + row["n"]
    assert counted == tabs


@pytest.mark.req("F145")
def test_a_paid_order_comes_in_whole_with_its_stock_held(shop: Shop) -> None:
    taken = take(shop, record())
    assert (taken.new, taken.changed, taken.same) == (1, 0, 0)
    row = shop.order()
    assert (row["intake"], row["state"], row["payment"]) == ("booked", "paid", "paid")
    assert row["number"] == "SO20260216000001"
    assert (row["tab"], row["items"], row["summary"]) == ("to_review", 3, "亚麻遮光窗帘")
    assert (row["buyer_mask"], row["phone_mask"], row["phone_tail"]) == (
        "张**",
        "138****5678",
        "5678",
    )
    held = {(r["sku"], r["quantity"], r["kind"], r["state"]) for r in shop.all(lock)}
    assert held == {("LN-27", 2, "firm", "held"), ("HK-01", 1, "firm", "held")}
    assert figures(shop) == (10, 2)
    assert [r["kind"] for r in shop.all(proof)] == [ProofKind.PLATFORM_SETTLED]
    assert {r["kind"] for r in shop.all(event)} >= {"booked", "stock_held"}
    assert [r["value"] for r in shop.all(cursor)] == ["c1"]
    assert [r["action"] for r in shop.all(audit)].count("intake") == 1
    sound(shop)


def test_who_buys_is_found_by_name_and_phone_and_stands_nowhere_in_clear(shop: Shop) -> None:
    take(shop, record())
    kept = shop.all(receiver)[0]
    keys = shop.book.keys
    assert kept["phone_index"] == keys.blind("phone", "+86 138 1234 5678")
    tokens = {r["token"] for r in shop.all(name_token)}
    assert set(keys.query_tokens("小满")) <= tokens
    assert (
        keys.decrypt("receiver", kept["order_id"], "name_ct", kept["name_ct"]) == "张小满".encode()
    )
    everything = repr([shop.all(t) for t in (orders, receiver, line, raw_record, event, audit)])
    for clear in ("张小满", "13812345678", "市心中路"):
        assert clear not in everything


def test_the_same_batch_again_changes_nothing_at_all(shop: Shop) -> None:
    take(shop, record(), record("502"))
    before = [shop.all(t) for t in (orders, line, lock, stock, event, audit, raw_record)]
    again = take(shop, record(), record("502"))
    assert (again.new, again.changed, again.same, again.rows) == (0, 0, 2, {})
    assert [shop.all(t) for t in (orders, line, lock, stock, event, audit, raw_record)] == before


def test_an_older_version_that_comes_late_takes_nothing_back(shop: Shop) -> None:
    take(shop, record(version=LATER, raw_status="completed"))
    late = take(shop, record(version=NOON, raw_status="processing", raw=b"{older}"))
    assert (late.older, late.changed) == (1, 0)
    assert shop.order()["state"] == "shipped"


def test_two_edits_in_one_second_of_the_platform_both_arrive(shop: Shop) -> None:
    take(shop, record())
    taken = take(shop, record(seller_memo="gift wrap", raw=b'{"memo":1}'))
    assert taken.changed == 1
    assert shop.order()["seller_memo"] == "gift wrap"


def test_the_newest_of_one_order_told_twice_in_a_page_counts_once(shop: Shop) -> None:
    taken = take(shop, record(version=LATER, seller_memo="new"), record(seller_memo="old"))
    assert (taken.new, taken.same) == (1, 1)
    assert shop.order()["seller_memo"] == "new"
    sound(shop)


@pytest.mark.req("F009")
def test_an_unknown_status_keeps_the_order_whole_and_lets_the_others_go_on(shop: Shop) -> None:
    take(shop, record(raw_status="wc-stellar", raw=b'{"whole": true}'), record("502"))
    row = shop.order()
    assert (row["intake"], row["tab"], row["raw_status"]) == ("pending", "pending", "wc-stellar")
    assert ("unknown_status", "order:wc-stellar") in open_cases(shop)
    with shop.book.work(worker("test")) as work:
        assert intake_rows.last_bodies(work, [row["id"]]) == {row["id"]: b'{"whole": true}'}
    assert {r["order_id"] for r in shop.all(lock)} == {shop.order("502")["id"]}
    sound(shop)


def test_an_item_nobody_named_stops_its_order_alone(shop: Shop) -> None:
    strange = LineRecord("9", "NOPE", "p9", "?", "", 1, 100, 100)
    take(shop, record(lines=(*record().lines, strange)), record("502"))
    row = shop.order()
    assert (row["held"], row["held_reason"]) == ("locked", "unknown_sku")
    assert open_cases(shop) == [("unknown_sku", "NOPE")]
    assert figures(shop) == (10, 2)
    sound(shop)


@pytest.mark.req("F086")
def test_a_time_that_cannot_be_read_loses_no_order(shop: Shop) -> None:
    bad = Moment(None, "2026-13-45T99:99", "Asia/Shanghai")
    problem = Problem("bad_time", "date_created", bad.raw)
    take(shop, record(placed=bad, problems=(problem,)))
    assert shop.order()["placed_at"] is None
    assert open_cases(shop) == [("bad_time", "date_created")]
    assert figures(shop) == (10, 2)


@pytest.mark.req("F085")
def test_a_time_ahead_of_our_clock_is_taken_as_it_is_and_looked_at(shop: Shop) -> None:
    ahead = Moment(NOON + 12 * 3_600_000, "2026-02-17T00:00:00", "Asia/Shanghai")
    take(shop, record(placed=ahead))
    assert shop.order()["placed_at"] == ahead.utc_ms
    assert open_cases(shop) == [("future_time", "placed")]


@pytest.mark.req("F087")
def test_each_conversion_of_a_foreign_time_is_kept_beside_its_order(shop: Shop) -> None:
    take(shop, record())
    kept = {(r["field"], r["raw"], r["zone"], r["utc"]) for r in shop.all(time_reading)}
    assert ("placed", "2026-02-16T12:00:00", "Asia/Shanghai", NOON) in kept
    assert {row[0] for row in kept} == {"placed", "paid", "modified"}
    moved = Moment(LATER, "2026-02-16T12:01:00", "Asia/Shanghai")
    take(shop, record(version=LATER, modified=moved))
    fields = [r["field"] for r in shop.all(time_reading)]
    assert sorted(fields) == ["modified", "modified", "paid", "placed"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"total_minor": -1}, "impossible_amount"),
        ({"total_minor": 2**70}, "impossible_amount"),
        ({"currency": "XXQ"}, "unknown_currency"),
        ({"lines": (LineRecord("1", "LN-27", "", "a", "", -3, 1, 1),)}, "bad_quantity"),
        ({"lines": (LineRecord("1", "LN-27", "", "a", "", 10**12, 1, 1),)}, "bad_quantity"),
    ],
)
def test_what_cannot_be_is_kept_with_a_case_and_holds_no_stock(
    shop: Shop, change: dict, kind: str
) -> None:
    take(shop, record(**change), record("502", lines=record().lines[1:]))
    row = shop.order()
    assert (row["held"], row["held_reason"]) == ("locked", kind)
    assert kind in [k for k, _ in open_cases(shop)]
    assert figures(shop) == (10, 0)
    assert shop.order("502")["held"] == ""
    sound(shop)


def test_a_version_that_puts_the_amount_right_lets_the_order_go_on(shop: Shop) -> None:
    take(shop, record(total_minor=-1))
    take(shop, record(version=LATER, raw=b"{2}"))
    assert (shop.order()["held"], open_cases(shop)) == ("", [])
    assert figures(shop) == (10, 2)
    sound(shop)


def test_what_is_no_order_is_kept_once_and_opens_one_case(shop: Shop) -> None:
    broken = KeptAside("77", Problem("unreadable", "order", "cut"), b'{"id": 77, "sta')
    assert take(shop, record(), aside=[broken]).kept_aside == 1
    assert take(shop, aside=[broken], cursor="c2").kept_aside == 0
    kept = shop.all(kept_aside)
    assert len(kept) == 1
    plain = shop.book.keys.decrypt("kept_aside", kept[0]["id"], "body_ct", kept[0]["body_ct"])
    assert plain == broken.raw
    assert open_cases(shop) == [("kept_aside", "77")]


def test_one_poisoned_record_is_kept_aside_and_the_rest_and_the_cursor_go_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = intake.safe

    def poisoned(one, now):
        if one.external_id == "505":
            raise ValueError("nobody foresaw this")
        return whole(one, now)

    monkeypatch.setattr(intake, "safe", poisoned)
    taken = take(shop, *(record(str(n)) for n in range(500, 508)), cursor="moved")
    assert (taken.new, taken.kept_aside) == (7, 1)
    assert [r["external_id"] for r in shop.all(kept_aside)] == ["505"]
    assert [r["value"] for r in shop.all(cursor)] == ["moved"]


def test_what_is_no_records_fault_leaves_cursor_and_orders_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args):
        raise OSError("disk full")

    monkeypatch.setattr(intake_rows.Tray, "write", full)
    with pytest.raises(OSError, match="disk full"):
        take(shop, record())
    assert (shop.all(orders), shop.all(cursor), shop.all(kept_aside)) == ([], [], [])


def test_signs_that_no_engine_keeps_lose_no_order(shop: Shop) -> None:
    odd = record().receiver
    take(
        shop,
        record(
            receiver=replace(odd, name="张\x00满", address="路\ud83d 1"),
            lines=(LineRecord("1", "LN-27", "", "t\x00" * 3000, "", 1, 1, 1),) * 2,
        ),
        record("x" * 300),
    )
    assert len(shop.all(line)) == 2
    assert len(shop.all(kept_aside)) == 1


def test_short_stock_gives_all_or_nothing_and_the_earlier_order_first(shop: Shop) -> None:
    many = tuple(replace(one, quantity=6) for one in record().lines)
    take(shop, record(lines=many), record("502", lines=many))
    assert (figures(shop), figures(shop, "HK-01")) == ((10, 6), (10, 6))
    assert shop.order("502")["held_reason"] == "short_stock"
    assert {r["order_id"] for r in shop.all(lock)} == {shop.order()["id"]}
    sound(shop)


@pytest.mark.req("F190")
def test_a_cancellation_on_the_platform_gives_the_stock_back_at_once(shop: Shop) -> None:
    take(shop, record())
    take(shop, record(version=LATER, raw_status="cancelled", raw=b"{2}"))
    row = shop.order()
    assert (row["state"], row["platform_cancelled"], row["tab"]) == ("cancelled", 1, "cancelled")
    assert (figures(shop), figures(shop, "HK-01")) == ((10, 0), (10, 0))
    sound(shop)


def test_the_platforms_bin_means_cancelled(shop: Shop) -> None:
    take(shop, record())
    take(shop, record(version=LATER, raw_status="trash", trashed=True, raw=b"{2}"))
    assert shop.order()["state"] == "cancelled"
    assert figures(shop) == (10, 0)


def test_a_cancellation_taken_back_on_the_platform_holds_the_stock_again(shop: Shop) -> None:
    take(shop, record())
    take(shop, record(version=LATER, raw_status="cancelled", raw=b"{2}"))
    take(shop, record(version=LATER + 1, raw=b"{3}"))
    assert (shop.order()["state"], shop.order()["platform_cancelled"]) == ("paid", 0)
    assert figures(shop) == (10, 2)
    sound(shop)


def test_what_was_cancelled_here_is_not_opened_by_a_platform_that_has_not_heard(
    shop: Shop,
) -> None:
    take(shop, record())
    shop.do("lead", CancelOrder(shop.order()["id"], "buyer called"))
    take(shop, record(version=LATER, seller_memo="x", raw=b"{2}"))
    assert shop.order()["state"] == "cancelled"
    assert figures(shop) == (10, 0)
    sound(shop)


@pytest.mark.parametrize(("quantity", "reserved"), [(1, 1), (5, 5), (2, 2)])
def test_an_edited_quantity_moves_exactly_the_difference(
    shop: Shop, quantity: int, reserved: int
) -> None:
    take(shop, record())
    lines = (replace(record().lines[0], quantity=quantity), record().lines[1])
    take(shop, record(version=LATER, lines=lines, raw=b"{2}"))
    assert (figures(shop), figures(shop, "HK-01")) == ((10, reserved), (10, 1))
    sound(shop)


def test_more_than_there_is_stops_the_order_and_keeps_what_it_had(shop: Shop) -> None:
    take(shop, record())
    lines = (replace(record().lines[0], quantity=50), record().lines[1])
    take(shop, record(version=LATER, lines=lines, raw=b"{2}"))
    assert figures(shop) == (10, 2)
    assert shop.order()["held_reason"] == "short_stock"
    assert ("short_stock", "LN-27") in open_cases(shop)
    sound(shop)


@pytest.mark.req("F192")
def test_a_removed_item_gives_back_only_its_own_stock(shop: Shop) -> None:
    take(shop, record())
    take(shop, record(version=LATER, lines=record().lines[1:], raw=b"{2}"))
    assert (figures(shop), figures(shop, "HK-01")) == ((10, 0), (10, 1))
    gone = next(r for r in shop.all(line) if r["sku"] == "LN-27")
    assert gone["cancelled"] == gone["quantity"] == 2
    sound(shop)


def test_a_part_refunded_before_shipping_is_no_longer_owed(shop: Shop) -> None:
    take(shop, record())
    back = RefundRecord("r1", 10000, "changed mind", NO_MOMENT, (("1", 1, 10000),))
    lines = (replace(record().lines[0], quantity_refunded=1), record().lines[1])
    take(shop, record(version=LATER, lines=lines, refunds=(back,), raw=b"{2}"))
    row = shop.order()
    assert (row["payment"], row["refunded_minor"]) == ("partly_refunded", 10000)
    assert figures(shop) == (10, 1)
    assert [r["amount_minor"] for r in shop.all(refund)] == [10000]
    assert open_cases(shop) == [("refund_open", "")]
    take(shop, record(version=LATER + 1, lines=lines, refunds=(back,), raw=b"{3}"))
    assert len(shop.all(refund)) == 1
    sound(shop)


def test_all_the_money_back_reads_refunded(shop: Shop) -> None:
    take(shop, record())
    back = RefundRecord("r1", 25800, "", NO_MOMENT)
    take(shop, record(version=LATER, refunds=(back,), raw_status="refunded", raw=b"{2}"))
    row = shop.order()
    assert (row["payment"], row["state"]) == ("refunded", "closed")
    assert figures(shop) == (10, 0)
    sound(shop)


@pytest.mark.req("F003")
def test_a_claim_of_payment_without_proof_is_not_paid(shop: Shop) -> None:
    take(shop, record(payment_proofs=(), raw_payment="unpaid"))
    row = shop.order()
    assert (row["state"], row["payment"]) == ("awaiting_payment", "unconfirmed")
    assert open_cases(shop) == [("payment_unconfirmed", "")]
    assert figures(shop) == (10, 0)
    take(shop, record(version=LATER, raw=b"{2}"))
    row = shop.order()
    assert (row["state"], row["payment"], open_cases(shop)) == ("paid", "paid", [])
    assert figures(shop) == (10, 2)
    sound(shop)


def test_an_order_shipped_by_somebody_on_the_platform_gets_no_proof_of_ours(shop: Shop) -> None:
    take(shop, record())
    take(shop, record(version=LATER, raw_status="completed", raw=b"{2}"))
    row = shop.order()
    assert (row["state"], row["tab"], row["proofs"]) == ("shipped", "shipped", 0)
    assert [r["kind"] for r in shop.all(proof)] == ["platform_settled"]
    assert figures(shop) == (8, 0)
    assert all(r["shipped"] == r["quantity"] for r in shop.all(line))
    sound(shop)


def test_an_order_first_seen_when_it_was_over_takes_no_stock_and_opens_no_case(
    shop: Shop,
) -> None:
    strange = (LineRecord("9", "NOPE", "p9", "?", "", 1, 100, 100),)
    take(shop, record(raw_status="completed", lines=strange), record("2", raw_status="cancelled"))
    assert (shop.order()["state"], shop.order("2")["state"]) == ("shipped", "cancelled")
    assert (open_cases(shop), shop.all(lock)) == ([], [])
    sound(shop)


def test_a_draft_is_no_order_and_nothing_is_written(shop: Shop) -> None:
    taken = take(shop, record(raw_status="checkout-draft"))
    assert (taken.new, taken.skipped, shop.all(orders)) == (0, 1, [])


def test_a_changed_address_is_found_by_the_new_name_only(shop: Shop) -> None:
    take(shop, record())
    moved = ReceiverRecord("李雷", "13987654321", "", "CN", "江苏省", "南京市", "", "中山路 2 号")
    take(shop, record(version=LATER, receiver=moved, raw=b"{2}"))
    row, kept, keys = shop.order(), shop.all(receiver)[0], shop.book.keys
    assert (row["buyer_mask"], row["city"], row["phone_tail"]) == ("李**", "南京市", "4321")
    assert kept["phone_index"] == keys.blind("phone", "13987654321")
    tokens = {r["token"] for r in shop.all(name_token)}
    assert set(keys.query_tokens("李雷")) <= tokens
    assert not set(keys.query_tokens("张小")) & tokens
    assert "address_changed" in {r["kind"] for r in shop.all(event)}


def test_a_sealed_receiver_stays_when_the_platform_shows_it_no_more(shop: Shop) -> None:
    """Platforms show it only while the order is to be sent; a new one is a new address."""
    sealed = ReceiverRecord("张*", "138****5678", "", "CN", "浙江省", "杭州市", cipher="c1")

    def cipher() -> str:
        kept = shop.all(receiver)[0]
        row = shop.order()["id"]
        return shop.book.keys.decrypt("receiver", row, "cipher_ct", kept["cipher_ct"]).decode()

    take(shop, record(receiver=replace(sealed, cipher="")))
    take(shop, record(version=LATER - 1, receiver=sealed, raw=b"{1}"))
    take(shop, record(version=LATER, receiver=replace(sealed, cipher=""), raw=b"{2}"))
    assert (cipher(), shop.order()["phone_tail"]) == ("c1", "5678")
    assert "address_changed" not in {r["kind"] for r in shop.all(event)}
    take(shop, record(version=LATER + 1, receiver=replace(sealed, cipher="c2"), raw=b"{3}"))
    assert cipher() == "c2"
    assert "address_changed" in {r["kind"] for r in shop.all(event)}


@pytest.mark.req("F111")
def test_what_sort_of_order_it_is_comes_in_and_is_not_overwritten_later(shop: Shop) -> None:
    take(shop, record(kind="presale"), record("502", kind="strange"))
    assert (shop.order()["kind"], shop.order("502")["kind"]) == ("presale", "normal")
    take(shop, record(version=LATER, kind="normal", raw=b"{2}"))
    assert shop.order()["kind"] == "presale"


def test_ten_thousand_small_pieces_or_one_make_the_same_book(shop: Shop) -> None:
    taken = take(shop, *(record(str(n)) for n in range(600, 620)), most=3, cursor="end")
    assert taken.new == 20
    assert [r["value"] for r in shop.all(cursor)] == ["end"]
    held = sum(r["quantity"] for r in shop.all(lock) if r["sku"] == "LN-27")
    assert (held, figures(shop)[1]) == (10, 10)
    assert sum(k == "short_stock" for k, _ in open_cases(shop)) == 15
    sound(shop)


def test_no_message_of_intake_tells_who_buys(shop: Shop) -> None:
    said = Problem("missing_field", "phone", "call 13812345678 张小满")
    take(shop, record(problems=(said,)))
    told = " ".join(r["args_json"] for r in shop.all(case))
    assert "13812345678" not in told
    assert msgspec.json.decode(shop.all(case)[0]["args_json"])["field"] == "phone"


def test_soft_stock_is_held_for_the_unpaid_when_the_shop_wants_it(shop: Shop) -> None:
    rules = shop.door.laws.now
    early = replace(rules, policy=replace(rules.policy, lock_moment="at_order"))
    unpaid = record(raw_status="pending", raw_payment="unpaid", payment_proofs=(), paid=NO_MOMENT)
    way = intake.Way(shop.book, early, shop.channel_id)
    intake.take(way, Batch((unpaid,), (), "c", False))
    assert {(r["kind"], r["expires_at"]) for r in shop.all(lock)} == {("soft", NOON + 1_800_000)}
    take(shop, record(version=LATER, raw=b"{2}"))
    assert {(r["kind"], r["expires_at"]) for r in shop.all(lock)} == {("firm", None)}
    assert figures(shop) == (10, 2)


def test_soft_stock_goes_back_when_its_time_is_over(shop: Shop, clock) -> None:
    rules = shop.door.laws.now
    early = replace(rules, policy=replace(rules.policy, lock_moment="at_order"))
    unpaid = record(raw_status="pending", raw_payment="unpaid", payment_proofs=(), paid=NO_MOMENT)
    intake.take(intake.Way(shop.book, early, shop.channel_id), Batch((unpaid,), (), "c", False))
    clock.advance(1_800_000)
    order_id = shop.order()["id"]
    with shop.book.work(worker("timer")) as work:
        assert stock_release.expire(work) == (order_id,)
        work.tell("locks_expired")
        work.commit()
    assert figures(shop) == (10, 0)
    assert {r["state"] for r in shop.all(lock)} == {"expired"}
    sound(shop)


def test_every_row_that_intake_wrote_or_changed_bears_its_seal_in_the_record(shop: Shop) -> None:
    take(shop, *(record(str(n)) for n in range(600, 606)), record("9", raw_status="odd"))
    moved = ReceiverRecord("李雷", "13987654321", "", "CN", "江苏省", "南京市", "", "中山路 2 号")
    take(
        shop,
        record("600", version=LATER, raw_status="cancelled", raw=b"{2}"),
        record("601", version=LATER, lines=record().lines[1:], raw=b"{2}"),
        record("602", version=LATER, receiver=moved, raw=b"{2}"),
        record("603", version=LATER, raw_status="completed", raw=b"{2}"),
        aside=[KeptAside("77", Problem("unreadable", "order", "cut"), b"{")],
    )
    report = verify(shop.book)
    assert (report.ok, report.findings) == (True, ())
    sound(shop)


def test_an_address_corrected_here_is_not_overwritten_and_the_difference_is_asked_once(
    shop: Shop,
) -> None:
    take(shop, record())
    order_id = shop.order()["id"]
    mended = ("李雷", "13987654321", "江苏省", "南京市", "", "中山路 2 号")
    shop.do("lead", EditAddress(order_id, *mended, "buyer called"))
    take(shop, record(version=LATER, seller_memo="x", raw=b"{2}"))
    assert (shop.order()["city"], shop.order()["seller_memo"]) == ("南京市", "x")
    asked = [(r["id"], r["kind"]) for r in shop.all(case)]
    assert [kind for _, kind in asked] == ["address_differs"]
    shop.do("lead", SettleCase(asked[0][0], "ours is right"))
    take(shop, record(version=LATER + 1, seller_memo="y", raw=b"{3}"))
    assert open_cases(shop) == []
    moved = replace(record().receiver, address="别处 9 号")
    take(shop, record(version=LATER + 2, receiver=moved, raw=b"{4}"))
    assert (len(open_cases(shop)), shop.order()["city"]) == (1, "南京市")


def test_what_the_book_holds_as_it_is_listed_need_not_be_read_again(shop: Shop, clock) -> None:
    early = [replace(record(number), version=NOON - 60_000) for number in ("1001", "1002")]
    just_now = replace(record("1003"), version=clock.now())
    take(shop, *early, just_now)
    listed = {"1001": NOON - 60_000, "1002": NOON - 1_000, "1003": just_now.version, "1004": NOON}
    with shop.book.work(worker("test")) as work:
        assert intake_rows.standing_so(work, shop.channel_id, listed) == {"1001"}
        assert intake_rows.standing_so(work, shop.channel_id + 1, listed) == frozenset()


def test_what_changed_since_is_read_again_whatever_was_read_before(shop: Shop) -> None:
    take(shop, replace(record("1001"), version=NOON - 60_000))
    take(shop, replace(record("1001"), version=NOON - 30_000))
    with shop.book.work(worker("test")) as work:
        for version, found in ((NOON - 60_000, set()), (NOON - 30_000, {"1001"})):
            asked = {"1001": version}
            assert intake_rows.standing_so(work, shop.channel_id, asked) == found
