"""Order files come in through the same way as a shop's orders: judged, whole, safe to repeat."""

import csv
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from app.domain.errors import ImportUnreadable, RuleRefused
from app.operations.import_map import load_map, map_from
from app.operations.import_orders import Importer, map_path, read_file, write_rejects
from app.store.tables import channel, line, orders, receiver
from app.store.tables_record import audit, case, kept_aside
from app.store.work import Book
from tests.operations.olist_book import olist_folder, source_counts, write_book
from tests.operations.outbound_world import Shop, open_shop

HEAD = (
    "订单号,状态,下单时间,付款时间,实付金额,运费,商家编码,商品,规格,数量,金额,收件人,电话,"
    "省,市,区,详细地址,买家留言,备注"
)
GOOD = (
    "A1,待发货,2026-02-16 10:00:00,2026-02-16 10:01:00,258.00,8,LN-27,亚麻窗帘,米白,2,200.00,"
    "张小满,13812345678,浙江省,杭州市,萧山区,市心中路 1 号,,"
)
SECOND = GOOD.replace("LN-27,亚麻窗帘,米白,2,200.00", "HK-01,挂钩,,1,50.00")


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


@pytest.fixture
def plain_map():
    return load_map(map_path("orders"))


def file_of(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding)
    return path


def refused(told) -> tuple[tuple[int, str, str], ...]:
    return tuple((one.row, one.code, one.stood) for one in told.rejected)


def bring(shop: Shop, path: Path, file_map, **how):
    importer = Importer(shop.book, shop.door.laws.now)
    judged = read_file(path, file_map)
    return importer.preview(judged, file_map) if how else importer.run(judged, file_map)


@pytest.mark.req("F145")
def test_a_file_becomes_orders_like_any_other(shop: Shop, plain_map, tmp_path: Path) -> None:
    told = bring(shop, file_of(tmp_path, GOOD, SECOND), plain_map)
    assert (told.rows, told.orders, told.new, refused(told)) == (2, 1, 1, ())
    row = shop.order("A1")
    assert (row["state"], row["payment"], row["total_minor"]) == ("paid", "paid", 25800)
    assert [(r["sku"], r["quantity"], r["total_minor"]) for r in shop.all(line)] == [
        ("LN-27", 2, 20000),
        ("HK-01", 1, 5000),
    ]
    assert shop.all(receiver)[0]["phone_index"] == shop.book.keys.blind("phone", "13812345678")
    assert shop.all(channel)[-1]["platform"] == "file:orders"


def test_the_same_file_again_changes_nothing(shop: Shop, plain_map, tmp_path: Path) -> None:
    path = file_of(tmp_path, GOOD, "B2" + GOOD[2:])
    bring(shop, path, plain_map)
    before = [shop.all(table) for table in (orders, line, audit)]
    again = bring(shop, path, plain_map)
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert [shop.all(table) for table in (orders, line, audit)] == before


def test_a_corrected_row_changes_its_order_alone(shop: Shop, plain_map, tmp_path: Path) -> None:
    bring(shop, file_of(tmp_path, GOOD, "B2" + GOOD[2:]), plain_map)
    mended = GOOD.replace(",2,200.00,", ",1,200.00,")
    told = bring(shop, file_of(tmp_path, mended, "B2" + GOOD[2:]), plain_map)
    assert (told.new, told.changed, told.same) == (0, 1, 1)
    assert shop.order("A1")["items"] == 1


@pytest.mark.req("F106")
def test_a_preview_judges_every_row_and_writes_nothing(
    shop: Shop, plain_map, tmp_path: Path
) -> None:
    before = len(shop.all(audit))
    told = bring(shop, file_of(tmp_path, GOOD, GOOD.replace("A1", "B2")), plain_map, preview=1)
    assert (told.new, told.changed, told.same) == (2, 0, 0)
    assert (shop.all(orders), len(shop.all(channel)), len(shop.all(audit))) == ([], 1, before)


@pytest.mark.req("F106")
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (GOOD.replace("A1,", ","), ("no_order_id", "")),
        (GOOD.replace("A1,", "1.23457E+17,"), ("digits_lost", "1.23457E+17")),
        (GOOD.replace("13812345678", "1.38E+10"), ("digits_lost", "1.38E+10")),
        (GOOD.replace(",2,200.00", ",two,200.00"), ("not_a_quantity", "two")),
        (GOOD.replace(",2,200.00", ",0,200.00"), ("not_a_quantity", "0")),
        (GOOD.replace(",2,200.00", ",1.5,200.00"), ("not_a_quantity", "1.5")),
        (GOOD.replace(",2,200.00", ",-2,200.00"), ("not_a_quantity", "-2")),
        (GOOD.replace("258.00", "25B.00"), ("not_an_amount", "25B.00")),
        (GOOD.replace("258.00", "258.005"), ("not_an_amount", "258.005")),
        (GOOD.replace("亚麻窗帘", "#REF!"), ("formula_error", "#REF!")),
        (GOOD + ",odd", ("too_many_cells", "")),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason_and_kept(
    shop: Shop, plain_map, tmp_path: Path, bad: str, reason: tuple[str, str]
) -> None:
    told = bring(shop, file_of(tmp_path, bad, "B2" + GOOD[2:]), plain_map)
    assert refused(told) == ((2, *reason),)
    assert told.new == 1
    kept = shop.all(kept_aside)
    assert len(kept) == 1
    plain = shop.book.keys.decrypt("kept_aside", kept[0]["id"], "body_ct", kept[0]["body_ct"])
    assert "市心中路" in plain.decode()
    assert [r["kind"] for r in shop.all(case)] == ["kept_aside"]


@pytest.mark.req("F106")
def test_half_an_order_is_never_taken_in(shop: Shop, plain_map, tmp_path: Path) -> None:
    bad = SECOND.replace(",1,50.00", ",x,50.00")
    told = bring(shop, file_of(tmp_path, GOOD, bad), plain_map)
    assert told.new == 0
    assert refused(told) == ((2, "other_row_refused", "A1"), (3, "not_a_quantity", "x"))
    assert shop.all(orders) == []


def test_rows_of_one_order_that_disagree_are_refused(shop: Shop, plain_map, tmp_path: Path) -> None:
    told = bring(shop, file_of(tmp_path, GOOD, SECOND.replace("杭州市", "宁波市")), plain_map)
    assert refused(told) == ((2, "other_row_refused", "A1"), (3, "rows_disagree", "宁波市"))


@pytest.mark.req("F086")
def test_a_time_that_cannot_be_read_becomes_a_case_not_a_reject(
    shop: Shop, plain_map, tmp_path: Path
) -> None:
    told = bring(
        shop, file_of(tmp_path, GOOD.replace("2026-02-16 10:00", "2026-02-31 10:00")), plain_map
    )
    assert (told.new, refused(told)) == (1, ())
    assert [r["kind"] for r in shop.all(case)] == ["bad_time"]


def test_a_file_saved_by_a_chinese_spreadsheet_is_read(
    shop: Shop, plain_map, tmp_path: Path
) -> None:
    told = bring(shop, file_of(tmp_path, GOOD, encoding="gb18030"), plain_map)
    assert told.new == 1
    assert shop.order("A1")["summary"] == "亚麻窗帘"
    marked = bring(shop, file_of(tmp_path, GOOD, encoding="utf-8-sig"), plain_map)
    assert (marked.new, marked.same) == (0, 1)


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("a.csv", b"\xff\xfe\x00x", "encoding"),
        ("a.csv", b"", "no_heading"),
        ("a.csv", "订单号,订单号\nA,B\n".encode(), "heading_twice: 订单号"),
        ("a.csv", b"id,other\n1,2\n", "no_column: 订单号"),
        ("a.csv", (HEAD + '\n"never closed').encode(), "csv: unexpected end of data"),
        ("a.xlsx", b"no workbook", "not_a_workbook"),
    ],
)
def test_a_file_that_is_no_order_file_is_refused_in_one_sentence(
    plain_map, tmp_path: Path, name: str, body: bytes, why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(ImportUnreadable) as no:
        read_file(path, plain_map)
    assert no.value.details == {"file": name, "why": why}


def test_a_workbook_that_unpacks_without_end_is_refused(plain_map, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    with pytest.raises(ImportUnreadable) as no:
        read_file(path, plain_map)
    assert no.value.details["why"] == "packed_too_tightly"


def test_the_list_of_rejects_names_row_reason_and_what_stood_there(
    plain_map, tmp_path: Path
) -> None:
    bad = GOOD.replace("13812345678", "=1.38E+10").replace(",2,200.00", ",=cmd,200.00")
    judged = read_file(file_of(tmp_path, bad), plain_map)
    out = tmp_path / "rejects.csv"
    write_rejects(out, judged.rejects)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["row", "column", "reason", "stood there"],
        ["2", "数量", "not_a_quantity", "'=cmd"],
    ]


def test_a_mapping_with_a_word_without_meaning_is_refused_by_name() -> None:
    good = {
        "name": "x",
        "zone": "UTC",
        "currency": "CNY",
        "columns": {"external_id": "a", "status": "b", "placed": "c"},
    }
    assert map_from(good, "x.toml").platform == "file:x"
    for change, row, word in (
        ({"zone": "Mars/Base"}, "zone", "Mars/Base"),
        ({"currency": "XXQ"}, "currency", "XXQ"),
        ({"columns": {"external_id": "a", "status": "b"}}, "columns", "placed"),
        ({"columns": good["columns"] | {"colour": "d"}}, "columns", "colour"),
        ({"status": {"new": "almost_paid"}}, "status.new", "almost_paid"),
        ({"colour": 1}, "colour", "colour"),
    ):
        with pytest.raises(RuleRefused) as no:
            map_from(good | change, "x.toml")
        assert (no.value.details["row"], no.value.details["word"]) == (row, word)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_all_thirty_thousand_real_orders_come_in_with_the_sources_own_counts(
    shop: Shop, tmp_path: Path
) -> None:
    folder = olist_folder()
    path = tmp_path / "olist.csv"
    count = write_book(folder, path)
    file_map = load_map(map_path("olist"))
    told = bring(shop, path, file_map)
    assert (told.orders, told.new, told.refused) == (count, count, 0)
    rows = shop.all(orders)
    assert Counter(row["raw_status"] for row in rows) == source_counts(folder)
    states = Counter((row["raw_status"], row["state"]) for row in rows)
    words = {word.raw: word.to for word in file_map.words}
    assert {raw: words[raw] for raw, _ in states} == dict(states.keys())
    again = bring(shop, path, file_map)
    assert (again.new, again.changed, again.same) == (0, 0, count)
