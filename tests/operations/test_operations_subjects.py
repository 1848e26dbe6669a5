"""A buyer may have a copy of their data and may be forgotten; the shop's books stay whole."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from app.commands.orders import AddNote
from app.commands.privacy import EraseSubject, ExportSubject, FindSubject
from app.domain.errors import BadValue, NotAllowed, OrdersOpen, ReasonNeeded
from app.domain.masks import ERASED
from app.operations import intake
from app.store.engine import sqlite_engine
from app.store.migrate import migrate
from app.store.schema import metadata
from app.store.tables import name_token, parcel, receiver, tracking
from app.store.tables_record import audit, raw_record
from app.store.verify import verify
from app.store.work import Book
from sync.records import (
    Batch,
    KeptAside,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
    RefundRecord,
)
from tests.operations.aes_reader import opened
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import MEI, NOON, CountingIds, FixedClock, shop_keys

DAY = 86_400_000
SENT = Moment(NOON - 60 * DAY, "2025-12-18T12:00:00", "Asia/Shanghai")
WANG = ReceiverRecord(
    "王芳菲",
    "13911112222",
    "fangfei@mail.example",
    "CN",
    "江苏省",
    "苏州市",
    "吴中区",
    "狮山路 77 号",
)
WORDS = (
    "王芳菲",
    "13911112222",
    "fangfei@mail.example",
    "狮山路",
    "苏州",
    "吴中",
    "215128",
    "门口鞋柜",
)


def finished(external_id: str, to: ReceiverRecord = WANG, **more) -> OrderRecord:
    """An order that was completed sixty days ago."""
    told = {
        "raw_status": "completed",
        "completed": SENT,
        "placed": SENT,
        "paid": SENT,
        "receiver": to,
        "buyer_nick": "芳菲菲",
        "buyer_message": "放门口鞋柜，打 13911112222",
        "seller_memo": "王芳菲老客户",
        "refunds": (RefundRecord(f"r{external_id}", 500, "王芳菲说破损", SENT),),
        "raw": json.dumps({"to": "王芳菲 13911112222"}, ensure_ascii=False).encode(),
    }
    return record(external_id, **(told | more))


@pytest.fixture
def shop(book: Book) -> Shop:
    made = open_shop(book, "admin", "agent", "owner", "lead")
    made.receive(finished("801"), finished("802"), finished("803", record().receiver))
    made.receive(record("804", receiver=WANG))
    return made


def ids_of(shop: Shop, *numbers: str) -> tuple[int, ...]:
    return tuple(shop.order(number)["id"] for number in numbers)


def everything(shop: Shop) -> str:
    """All the text of the book, closed columns opened."""
    said = []
    with shop.book.work(MEI) as work:
        for table in metadata.sorted_tables:
            pk = next(iter(table.primary_key.columns)).name
            for row in work.rows(table.select()):
                said.append(str({k: v for k, v in row.items() if not isinstance(v, bytes)}))
                said += [
                    str(work.keys.decrypt(table.name, row[pk], name, row[name]).decode())
                    for name in row
                    if name.endswith("_ct") and row[name]
                ]
    return "\n".join(said)


@pytest.mark.req("F101")
def test_all_orders_of_one_person_are_found_by_any_of_three_ways(shop: Shop) -> None:
    told = shop.do("admin", FindSubject(phone="+86 139-1111-2222"))["orders"]
    assert [one["external_no"] for one in told] == ["804", "802", "801"]
    by_mail = shop.do("admin", FindSubject(email="FangFei@mail.example"))["orders"]
    by_order = shop.do("admin", FindSubject(order_id=shop.order("801")["id"]))["orders"]
    assert {one["order_id"] for one in by_mail} == {one["order_id"] for one in by_order}
    assert [one["open_because"] for one in told] == ["not_shipped", "", ""]
    assert "王芳菲" not in str(told)
    with pytest.raises(BadValue):
        shop.do("admin", FindSubject())
    with pytest.raises(NotAllowed):
        shop.do("agent", FindSubject(phone="13911112222"))


@pytest.mark.req("F101")
def test_the_person_gets_a_copy_of_everything_and_the_record_says_who_made_it(
    shop: Shop, tmp_path: Path
) -> None:
    path, (one, two) = tmp_path / "copy.zip", ids_of(shop, "801", "802")
    with pytest.raises(ReasonNeeded):
        shop.do("admin", ExportSubject((one, two), str(path), " "))
    assert not path.exists()
    ask = ExportSubject((one, two), str(path), "asked in writing")
    told = shop.agreed("admin", ask, "owner")
    assert told == {"orders": 2, "encrypted": False}
    with zipfile.ZipFile(path) as held:
        whole = json.loads(held.read("data.json"))
        sheet = list(csv.DictReader(io.StringIO(held.read("orders.csv").decode("utf-8-sig"))))
    first = whole["orders"][0]
    assert first["receiver"]["name"] == "王芳菲"
    assert first["receiver"]["message"] == "放门口鞋柜，打 13911112222"
    assert "13911112222" in first["records"][0]["body"]
    assert first["refunds"][0]["amount_minor"] == 500
    assert {row["phone"] for row in sheet} == {"13911112222"}
    assert len(sheet) == 4
    lines = [row for row in shop.all(audit) if row["action"] == "personal_data_copied"]
    assert [row["object_id"] for row in lines] == [one, two]
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []


def test_a_copy_with_a_passphrase_is_closed_in_the_form_other_programs_open(
    shop: Shop, tmp_path: Path
) -> None:
    path = tmp_path / "copy.zip"
    ask = ExportSubject(ids_of(shop, "801"), str(path), "asked", "eight letters")
    assert shop.agreed("admin", ask, "owner")["encrypted"]
    content = path.read_bytes()
    assert "王芳菲".encode() not in content
    with zipfile.ZipFile(path) as held:
        entry = held.getinfo("data.json")
        assert (entry.compress_type, entry.flag_bits & 1, entry.extra[:8]) == (
            *(99, 1),
            b"\x01\x99\x07\x00\x02\x00AE",
        )
    assert json.loads(opened(content, entry, "eight letters"))["orders"][0]["receiver"]["name"]
    with pytest.raises(BadValue):
        shop.do("admin", ExportSubject(ids_of(shop, "801"), str(path), "asked", "short"))


@pytest.mark.req("F101")
def test_an_erased_person_is_nowhere_in_the_book_and_the_books_still_add_up(shop: Shop) -> None:
    chosen = ids_of(shop, "801", "802")
    with shop.book.work(MEI) as work:
        box = {"id": 71, "order_id": chosen[0], "public_id": "P71"}
        work.insert(parcel, box)
        scan = {"id": 72, "parcel_id": 71, "waybill_no": "SF1", "dedupe_key": "k"}
        work.insert(tracking, scan | {"place": "苏州吴中", "said": "已签收，签收人王芳菲"})
        work.tell("scan")
        work.commit()
    shop.do("owner", AddNote(chosen[0], "王芳菲来电"))
    before = shop.order("801")
    assert shop.agreed("admin", EraseSubject(chosen, "asked in writing"), "owner") == {
        "erased": 2,
        "postponed": 0,
    }
    after = shop.order("801")
    assert (after["buyer_mask"], after["phone_mask"], after["city"]) == (ERASED, "", "")
    kept = (
        "number",
        "external_no",
        "total_minor",
        "refunded_minor",
        "province",
        "state",
        "paid_at",
    )
    assert [after[name] for name in kept] == [before[name] for name in kept]
    rows = {row["order_id"]: row for row in shop.all(receiver)}
    for order_id in chosen:
        assert {
            n for n, v in rows[order_id].items() if v is not None and n.endswith("_ct")
        } == set()
        assert rows[order_id]["phone_index"] is rows[order_id]["tokens"] is None
    assert not {row["order_id"] for row in shop.all(name_token)} & set(chosen)
    left = shop.do("admin", FindSubject(phone="13911112222"))["orders"]
    assert [one["external_no"] for one in left] == ["804"]
    assert verify(shop.book).findings == ()


@pytest.mark.req("F101")
def test_when_all_orders_of_a_person_are_erased_no_word_of_theirs_is_left(
    book: Book,
) -> None:
    shop = open_shop(book, "admin", "owner")
    shop.receive(finished("801"), record("803"))
    before = everything(shop)
    assert all(word in before for word in WORDS if word != "215128")
    shop.do("owner", AddNote(ids_of(shop, "801")[0], "王芳菲来电"))
    shop.agreed("admin", EraseSubject(ids_of(shop, "801"), "asked"), "owner")
    after = everything(shop)
    assert [word for word in WORDS if word in after] == []
    assert "张小满" in after
    assert verify(shop.book).ok


@pytest.mark.req("F101")
def test_an_order_that_is_not_over_refuses_or_waits(shop: Shop, clock: FixedClock) -> None:
    both = ids_of(shop, "801", "804")
    with pytest.raises(OrdersOpen) as no:
        shop.do("admin", EraseSubject(both, "asked"))
    assert no.value.details == {"n": 1, "order_no": "804", "why": "not_shipped"}
    assert shop.order("801")["buyer_mask"] != ERASED
    fresh = Moment(clock.now() - DAY, "2026-02-15T12:00:00", "Asia/Shanghai")
    shop.receive(finished("805", completed=fresh))
    with pytest.raises(OrdersOpen, match="after_sale"):
        shop.do("admin", EraseSubject(ids_of(shop, "805"), "asked"))
    assert shop.agreed("admin", EraseSubject(both, "asked", postpone=True), "owner") == {
        "erased": 1,
        "postponed": 1,
    }
    told = shop.do("admin", FindSubject(order_id=both[1]))["orders"]
    standing = [("805", False), ("804", True), ("802", False)]
    assert [(one["external_no"], one["wanted"]) for one in told] == standing


@pytest.mark.req("F101")
def test_the_platform_telling_it_again_brings_nobody_back_and_a_new_order_does(shop: Shop) -> None:
    chosen = ids_of(shop, "801")
    shop.agreed("admin", EraseSubject(chosen, "asked"), "owner")
    shop.receive(finished("801"))
    shop.receive(finished("801", version=NOON + 5000, total_minor=26000))
    broken = KeptAside("801", Problem("unreadable", "", ""), "王芳菲".encode())
    way = intake.Way(shop.book, shop.door.laws.now, shop.channel_id)
    intake.take(way, Batch((), (broken,), "", False))
    row = shop.order("801")
    assert row["total_minor"] == 26000
    assert row["buyer_mask"] == ERASED
    with shop.book.work(MEI) as work:
        kept = work.of(receiver, "order_id", chosen[0])[0]
        assert kept["name_ct"] is kept["address_ct"] is kept["phone_index"] is None
        assert {one["body_ct"] for one in work.of(raw_record, "order_id", chosen[0])} == {None}
    assert shop.do("admin", FindSubject(order_id=chosen[0]))["orders"][0]["erased"]
    shop.receive(finished("806"))
    assert shop.order("806")["buyer_mask"] == "王**"
    assert verify(shop.book).ok


@pytest.mark.req("F101")
def test_not_even_the_old_ciphertexts_stay_in_the_file(
    tmp_path: Path, clock: FixedClock, ids: CountingIds
) -> None:
    path = tmp_path / "one.db"
    engine = sqlite_engine(path)
    migrate(engine)
    shop = open_shop(Book(engine, shop_keys(), clock, ids), "admin", "owner")
    shop.receive(finished("801", raw=b"x" * 9_000))
    order_id, closed = shop.order("801")["id"], []
    for row in (*shop.all(receiver), *shop.all(raw_record)):
        closed += [bytes(v)[20:36] for n, v in row.items() if n.endswith("_ct") and v]
        closed += [bytes(v) for n, v in row.items() if n.endswith("_index") and v]
    files = [path, path.with_name(path.name + "-wal")]
    assert all(any(one in file.read_bytes() for file in files) for one in closed)
    shop.agreed("admin", EraseSubject((order_id,), "asked"), "owner")
    assert [one for one in closed if any(one in file.read_bytes() for file in files)] == []
    engine.dispose()
