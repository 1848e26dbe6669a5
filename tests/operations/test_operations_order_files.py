"""Order exports of back offices come in as they are saved: their guards, stars and encodings."""

from pathlib import Path

import pytest

from app.commands.parcels import TakeWaybills
from app.domain.errors import ImportUnreadable
from app.operations.import_map import load_map
from app.operations.import_orders import (
    PRESETS,
    Importer,
    map_path,
    read,
    read_file,
    recognised,
)
from app.store.tables import channel, line, receiver
from app.store.work import Book
from tests.operations.order_files import DOUYIN, PINDUODUO, TAOBAO, Export
from tests.operations.outbound_world import Shop, open_shop

EXPORTS = (TAOBAO, PINDUODUO, DOUYIN)


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def bring(shop: Shop, path: Path, name: str = ""):
    judged, file_map = read(path, "", name)
    return Importer(shop.book, shop.door.laws.now).run(judged, file_map)


def only(shop: Shop, number: str):
    row = shop.order(number)
    return row, [r for r in shop.all(line) if r["order_id"] == row["id"]]


def opened(shop: Shop, order_id: int, name: str) -> str:
    kept = next(r for r in shop.all(receiver) if r["order_id"] == order_id)
    return (shop.book.keys.decrypt("receiver", order_id, name, kept[name]) or b"").decode()


@pytest.mark.req("F228")
@pytest.mark.parametrize("export", EXPORTS, ids=lambda one: one.preset)
def test_an_export_is_known_by_its_headings_in_every_encoding(
    tmp_path: Path, export: Export
) -> None:
    seen = []
    for encoding in ("gb18030", "utf-8-sig", "utf-8"):
        judged, file_map = read(export.saved(tmp_path, encoding=encoding), "", "")
        assert (file_map.name, judged.rejects) == (export.preset, ())
        seen.append(judged.records)
    assert seen[0] == seen[1] == seen[2]
    assert [one.external_id for one in seen[0]] == list(export.numbers)


@pytest.mark.req("F228")
def test_the_same_export_again_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    for export in EXPORTS:
        told = bring(shop, export.saved(tmp_path))
        assert (told.new, told.refused, told.shop) == (2, 0, export.preset)
        again = bring(shop, export.saved(tmp_path))
        assert (again.new, again.changed, again.same) == (0, 0, 2)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.req("F228")
def test_a_taobao_number_loses_its_guard_and_an_address_in_one_cell_is_parted(
    shop: Shop, tmp_path: Path
) -> None:
    bring(shop, TAOBAO.saved(tmp_path))
    row, items = only(shop, "1930679858170647")
    assert (row["state"], row["total_minor"], row["freight_minor"]) == ("paid", 60800, 1000)
    assert (row["province"], row["city"]) == ("吉林省", "通化市")
    assert [(r["title"], r["quantity"]) for r in items] == [("日本直邮洗面奶套装", 2)]
    assert opened(shop, row["id"], "phone_ct") == "18618486065"
    assert opened(shop, row["id"], "address_ct") == "柳河镇紫御府 七号楼"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.req("F228")
def test_a_pinduoduo_order_brings_its_merchant_code_and_promise(shop: Shop, tmp_path: Path) -> None:
    bring(shop, PINDUODUO.saved(tmp_path))
    row, items = only(shop, "260517-607198974342268")
    assert (row["state"], row["total_minor"], row["promise_at"]) == ("paid", 123456, 1779202800000)
    assert [(r["sku"], r["variant"], r["quantity"]) for r in items] == [("LN-27", "米白", 1)]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.req("F228")
def test_a_douyin_order_is_as_far_as_its_last_item_and_a_closed_item_is_not_packed(
    shop: Shop, tmp_path: Path
) -> None:
    bring(shop, DOUYIN.saved(tmp_path))
    row, items = only(shop, "6917926768823643751")
    assert (row["state"], row["total_minor"]) == ("paid", 4890)
    assert [(r["sku"], r["quantity"], r["cancelled"]) for r in items] == [
        ("HK-01", 1, 0),
        ("LN-27", 1, 1),
    ]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.req("F228")
def test_a_masked_receiver_stays_masked_and_is_never_sent_to_a_carrier_as_stars(
    shop: Shop, tmp_path: Path
) -> None:
    bring(shop, TAOBAO.saved(tmp_path))
    row, _items = only(shop, "1930679858170648")
    assert (row["buyer_mask"], row["phone_mask"]) == ("王**", "138****5678")
    bring(shop, DOUYIN.saved(tmp_path))
    shop.flow()
    row, _items = only(shop, "6917926768823643751")
    assert (row["state"], row["buyer_mask"]) == ("allocated", "")
    told = shop.do("packer", TakeWaybills((row["id"],)))
    assert [code for _id, code in told["refused"]] == ["receiver_sealed"]


@pytest.mark.req("F228")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("export", EXPORTS, ids=lambda one: one.preset)
def test_a_later_export_moves_its_orders_on_and_an_older_one_never_back(
    shop: Shop, tmp_path: Path, export: Export
) -> None:
    bring(shop, export.saved(tmp_path))
    told = bring(shop, export.later(tmp_path))
    assert (told.new, told.changed) == (0, 1)
    assert shop.order(export.numbers[0])["state"] == "shipped"
    bring(shop, export.saved(tmp_path))
    assert shop.order(export.numbers[0])["state"] == "shipped"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_two_shops_of_one_kind_are_kept_apart_by_their_names(shop: Shop, tmp_path: Path) -> None:
    path = TAOBAO.saved(tmp_path)
    bring(shop, path, "杭州店")
    assert bring(shop, path, "上海店").new == TAOBAO.orders
    assert [r["name"] for r in shop.all(channel)[1:]] == ["杭州店", "上海店"]
    assert {r["platform"] for r in shop.all(channel)[1:]} == {"file:taobao"}


def test_a_file_of_no_known_kind_names_the_headings_it_has(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("colour,shape\nred,round\n", "utf-8")
    with pytest.raises(ImportUnreadable) as refused:
        recognised(path)
    assert refused.value.details["why"] == "no_preset: colour, shape"


@pytest.mark.parametrize("preset", PRESETS)
def test_a_file_without_a_needed_column_is_refused_and_without_an_optional_one_is_not(
    tmp_path: Path, preset: str
) -> None:
    file_map = load_map(map_path(preset))
    path = tmp_path / "x.csv"
    path.write_text(
        ",".join(file_map.needed) + "\n" + "," * len(file_map.needed) + "\n1\n", "utf-8"
    )
    assert read_file(path, file_map).rows == 1
    path.write_text(",".join(file_map.needed[1:]) + "\n1\n", "utf-8")
    with pytest.raises(ImportUnreadable, match=file_map.needed[0]):
        read_file(path, file_map)
