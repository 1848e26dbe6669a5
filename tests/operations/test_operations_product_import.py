"""Product files and shops' lists: looked at first, nothing dropped, safe to repeat, taken back."""

from pathlib import Path

import pytest

from app.commands.catalogue import AddProduct, MapListing
from app.commands.catalogue_import import (
    Brought,
    Change,
    FetchProducts,
    ImportProducts,
    StopImport,
    TakenBack,
    UndoImport,
)
from app.commands.stock import AdjustStock
from app.domain.actor import Actor, worker
from app.domain.errors import ImportUnreadable, NotAllowed, NotFound, NotInState, RuleRefused
from app.domain.errors_catalogue import UndoRefused
from app.operations import listings as mapping
from app.operations.product_sheet import Sheet, from_listings, load_map, read_sheet
from app.operations.product_undo import Undo
from app.operations.product_walk import Plan, Walk
from app.rulebook import RESOURCES
from app.store.tables import stock, stock_move
from app.store.tables_catalogue import import_change, listing, product, product_import
from app.store.tables_record import audit
from app.store.verify import verify
from app.store.work import Book
from sync.records import ListingRecord
from tests.operations.catalogue_world import figures, open_cases, sold, sound
from tests.operations.outbound_world import Shop, open_shop

FILE = """商家编码,商品名称,规格,条码,重量（克）,库存,打包提示
MUG-1,马克杯,330 ml,4006381333931,420,7,单独盒装
MUG-2,马克杯,500 ml,,,5,
LN-27,亚麻遮光窗帘 新款,,,900,99,
HK-01,窗帘挂钩,,,50,,
,无名,,,,1,
MUG-1,again,,,,,
MUG-3,杯,,4006381333932,,,
MUG-4,杯,,,heavy,,
"""


@pytest.fixture
def shop(book: Book) -> Shop:
    opened = open_shop(book)
    opened.hire("boss", "admin")
    return opened


def written(folder: Path, text: str = FILE, name: str = "goods.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def walked(shop: Shop, sheet: Sheet, *, stop_after: int = -1, **more) -> Brought:
    """Turn an import's handle to its end, as the background service does."""
    stock_at = more.pop("stock_at", shop.location_id)
    preview, records = more.pop("preview", False), more.pop("records", ())
    begun = {"import_id": 0, "operator_id": 0, "by": "lead"}
    if records and not preview:
        begun = shop.do("lead", FetchProducts(shop.channel_id, stock_at))
    elif not preview:
        begun = shop.do("lead", ImportProducts("goods.csv", "", stock_at))
    actor = Actor(begun["by"], begun["operator_id"])
    plan = Plan(sheet, stock_at, begun["import_id"], shop.channel_id, actor, records)
    walk = Walk(plan)
    while not walk.over:
        if walk.done == stop_after:
            shop.do("lead", StopImport(begun["import_id"]))
        with shop.book.work(actor) as work:
            walk.step(work, shop.door.laws.now, 2)
            if work.has_told:
                work.commit()
    with shop.book.work(actor) as work:
        walk.finish(work)
        if work.has_told:
            work.commit()
    return walk.tally.brought()


def begun_undo(shop: Shop, import_id: int) -> tuple[Actor, Undo]:
    """Begin to take an import back, through the door."""
    begun = shop.do("lead", UndoImport(import_id))
    actor, undo = Actor(begun["by"], begun["operator_id"]), Undo(begun["import_id"])
    with shop.book.work(actor) as work:
        undo.begin(work)
    return actor, undo


def turned(shop: Shop, actor: Actor, act, rows: int) -> int:
    """Do one piece, as the background service does."""
    with shop.book.work(actor) as work:
        done = act(work, rows)
        if work.has_told:
            work.commit()
    return done


def taken_back(shop: Shop, import_id: int) -> TakenBack:
    """Take an import back to its end, two changes at a time."""
    actor, undo = begun_undo(shop, import_id)
    while turned(shop, actor, undo.look, 2):
        pass
    turned(shop, actor, lambda work, _rows: undo.settle(work), 0)
    undo.refuse()
    while turned(shop, actor, undo.step, 2):
        pass
    with shop.book.work(actor) as work:
        told = undo.finish(work)
        work.commit()
    return told


def counts(brought: Brought) -> tuple[int, ...]:
    return brought.added, brought.changed, brought.same, brought.stocked, brought.refused


def everything(shop: Shop) -> list:
    return [shop.all(table) for table in (product, stock, stock_move, listing)]


@pytest.mark.req("F248")
def test_a_preview_tells_what_is_new_changed_the_same_and_refused_and_writes_nothing(
    shop: Shop, tmp_path: Path
) -> None:
    before = [everything(shop), shop.all(product_import)]
    found = walked(shop, read_sheet(written(tmp_path), ""), preview=True)
    assert counts(found) == (2, 1, 1, 2, 4)
    assert [(r.row, r.code, r.stood) for r in found.refusals] == [
        (6, "no_code", "无名"),
        (7, "code_twice", "MUG-1"),
        (8, "cannot_be", "4006381333932"),
        (9, "not_a_number", "heavy"),
    ]
    lines = {line.sku: line for line in found.lines}
    assert lines["LN-27"].changes == (Change("title", "亚麻遮光窗帘", "亚麻遮光窗帘 新款"),)
    assert (lines["LN-27"].stock, lines["LN-27"].kept) == (0, True)
    assert (lines["MUG-1"].verdict, lines["MUG-1"].stock) == ("new", 7)
    assert [everything(shop), shop.all(product_import)] == before


@pytest.mark.req("F248")
def test_a_file_taken_in_twice_changes_nothing_the_second_time(shop: Shop, tmp_path: Path) -> None:
    sheet = read_sheet(written(tmp_path), "")
    assert counts(walked(shop, sheet)) == (2, 1, 1, 2, 4)
    mug = next(r for r in shop.all(product) if r["sku"] == "MUG-1")
    assert (mug["barcode"], mug["weight_g"], mug["hint"]) == ("4006381333931", 420, "单独盒装")
    assert (mug["variant"], mug["changed_by"]) == ("330 ml", "lead")
    assert figures(shop) == {"LN-27": (10, 0), "HK-01": (10, 0), "MUG-1": (7, 0), "MUG-2": (5, 0)}
    before = everything(shop)
    assert counts(walked(shop, sheet)) == (0, 0, 4, 0, 4)
    assert everything(shop) == before
    sound(shop)
    assert verify(shop.book).ok


@pytest.mark.req("F248")
def test_an_import_taken_back_leaves_the_catalogue_and_the_shelves_as_they_were(
    shop: Shop, tmp_path: Path
) -> None:
    before = {r["sku"]: (r["title"], r["weight_g"]) for r in shop.all(product)}
    sheet = read_sheet(written(tmp_path), "")
    first = walked(shop, sheet)
    assert taken_back(shop, first.import_id).state == "undone"
    assert {r["sku"]: (r["title"], r["weight_g"]) for r in shop.all(product)} == before
    assert {sku: n for sku, (n, _) in figures(shop).items() if n} == {"LN-27": 10, "HK-01": 10}
    with pytest.raises(NotInState):
        shop.do("lead", UndoImport(first.import_id))
    sound(shop)
    assert counts(walked(shop, sheet)) == (2, 1, 1, 2, 4)
    assert figures(shop)["MUG-1"] == (7, 0)
    sound(shop)
    assert verify(shop.book).ok


@pytest.mark.req("F248")
def test_what_was_used_since_is_named_and_nothing_is_taken_back(shop: Shop, tmp_path: Path) -> None:
    goods = "sku,title,stock\nA-1,a,5\nB-1,b,5\nC-1,c,5\nD-1,d,\nLN-27,neu,\nE-1,e,\n"
    brought = walked(shop, read_sheet(written(tmp_path, goods), ""))
    shop.receive(sold("601", "A-1"))
    shop.do("lead", AdjustStock("B-1", shop.location_id, 4, "one broke"))
    shop.do("lead", AddProduct("SET", "set", components=(("D-1", 2),)))
    row = next(r for r in shop.all(product) if r["sku"] == "LN-27")
    with shop.book.work(worker("test")) as work:
        work.update(product, row["id"], title="edited since")
        work.tell("product_changed")
        work.commit()
    before = everything(shop)
    with pytest.raises(UndoRefused) as refused:
        taken_back(shop, brought.import_id)
    assert refused.value.details == {"skus": "A-1, B-1, D-1, LN-27", "n": 4}
    assert everything(shop) == before
    assert [r["state"] for r in shop.all(product_import)] == ["done"]


@pytest.mark.req("F248")
def test_a_taking_back_that_was_cut_off_goes_on_where_it_stood_and_repeats_nothing(
    shop: Shop, tmp_path: Path
) -> None:
    before = {r["sku"]: r["title"] for r in shop.all(product)}
    first = walked(shop, read_sheet(written(tmp_path), ""))
    actor, undo = begun_undo(shop, first.import_id)
    assert turned(shop, actor, undo.step, 3) == 3  # here everything ends at once
    assert [(r["state"], r["undone"]) for r in shop.all(product_import)] == [("undoing", 3)]
    sound(shop)
    told = taken_back(shop, first.import_id)
    assert (told.state, told.undone, told.left) == ("undone", 5, 0)
    assert {r["sku"]: r["title"] for r in shop.all(product)} == before
    assert sum(r["cause_kind"] == "opening_undone" for r in shop.all(stock_move)) == 2
    assert {sku: n for sku, (n, _) in figures(shop).items() if n} == {"LN-27": 10, "HK-01": 10}
    sound(shop)
    assert verify(shop.book).ok


@pytest.mark.req("F248")
def test_a_taking_back_that_is_stopped_says_how_far_it_came_and_can_go_on(
    shop: Shop, tmp_path: Path
) -> None:
    first = walked(shop, read_sheet(written(tmp_path), ""))
    actor, undo = begun_undo(shop, first.import_id)
    shop.do("lead", StopImport(first.import_id))
    assert (turned(shop, actor, undo.step, 3), undo.state) == (0, "done")
    actor, undo = begun_undo(shop, first.import_id)
    turned(shop, actor, undo.step, 3)
    shop.do("lead", StopImport(first.import_id))
    assert turned(shop, actor, undo.step, 3) == 0
    row = shop.all(product_import)[0]
    assert (row["state"], row["undone"], row["was"]) == ("part_undone", 3, "done")
    told = [r["action"] for r in shop.all(audit)]
    assert told.count("import_undo_stopped") == 2
    assert told.count("import_piece_undone") == 1
    assert taken_back(shop, first.import_id).state == "undone"
    sound(shop)


@pytest.mark.req("F248")
def test_what_is_used_while_an_import_goes_back_stays_and_is_named(
    shop: Shop, tmp_path: Path
) -> None:
    first = walked(shop, read_sheet(written(tmp_path), ""))
    actor, undo = begun_undo(shop, first.import_id)
    shop.receive(sold("601", "MUG-1"))
    while turned(shop, actor, undo.step, 2):
        pass
    with shop.book.work(actor) as work:
        told = undo.finish(work)
        work.commit()
    assert (told.state, told.undone, told.left, told.skus) == ("part_undone", 3, 1, "MUG-1")
    assert figures(shop)["MUG-1"] == (7, 1)
    assert {r["sku"] for r in shop.all(product)} == {"LN-27", "HK-01", "MUG-1"}
    with pytest.raises(UndoRefused):
        taken_back(shop, first.import_id)
    assert shop.all(product_import)[0]["state"] == "part_undone"
    sound(shop)


@pytest.mark.req("F248")
def test_an_import_that_is_stopped_keeps_whole_pieces_and_can_be_taken_back(
    shop: Shop, tmp_path: Path
) -> None:
    sheet = read_sheet(written(tmp_path), "")
    stopped = walked(shop, sheet, stop_after=2)
    assert (stopped.state, counts(stopped)[:2]) == ("stopped", (2, 0))
    assert [r["state"] for r in shop.all(product_import)] == ["stopped"]
    assert counts(walked(shop, sheet)) == (0, 1, 3, 0, 4)
    taken_back(shop, stopped.import_id)
    assert "MUG-1" not in {r["sku"] for r in shop.all(product)}
    sound(shop)


@pytest.mark.req("F236", "F248")
def test_orders_that_waited_for_a_code_or_its_stock_go_on(shop: Shop, tmp_path: Path) -> None:
    shop.receive(sold("601", "NEW-1"), sold("602", "LATE"))
    shop.do("lead", AddProduct("LATE", "late"))
    assert open_cases(shop) == [("unknown_sku", "NEW-1"), ("short_stock", "LATE")]
    goods = "sku,title,stock\nNEW-1,new,5\nLATE,late,3\n"
    walked(shop, read_sheet(written(tmp_path, goods), ""))
    assert open_cases(shop) == [("unknown_sku", "NEW-1")]
    with shop.book.work(worker("timer")) as work:
        assert mapping.catch_up(work, shop.door.laws.now, 20) == 1
        work.commit()
    assert open_cases(shop) == []
    assert (figures(shop)["NEW-1"], figures(shop)["LATE"]) == ((5, 1), (3, 1))
    sound(shop)


@pytest.mark.req("F248")
def test_a_shops_list_becomes_products_and_listings_to_map(shop: Shop) -> None:
    records = (
        ListingRecord("7", "MUG-1", "Mug", "", "4006381333931", 420, 7, "6912002190999", "cn"),
        ListingRecord("8:9", "LN-27", "亚麻遮光窗帘", "", "", 950, 88),
        ListingRecord("10", "", "No code yet"),
    )
    sheet = from_listings(records, ())
    found = walked(shop, sheet, records=records)
    assert counts(found) == (1, 1, 0, 1, 1)
    assert [(r.code, r.stood) for r in found.refusals] == [("no_code", "No code yet")]
    assert figures(shop) == {"LN-27": (10, 0), "HK-01": (10, 0), "MUG-1": (7, 0)}
    assert {r["ref"] for r in shop.all(listing)} == {"7", "8:9", "10"}
    mug = next(r for r in shop.all(product) if r["sku"] == "MUG-1")
    assert (mug["hs_code"], mug["origin"]) == ("6912002190999", "CN")
    before = everything(shop)
    assert counts(walked(shop, sheet, records=records)) == (0, 0, 2, 0, 1)
    assert [r["sku"] for r in everything(shop)[0]] == [r["sku"] for r in before[0]]
    nameless = next(r for r in shop.all(listing) if r["ref"] == "10")
    shop.do("lead", MapListing(nameless["id"], "MUG-1"))


def test_stock_needs_the_right_to_correct_it_and_a_warehouse_that_is_there(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.do("boss", ImportProducts("x.csv", "", shop.location_id))
    assert shop.do("boss", ImportProducts("x.csv"))["import_id"]
    with pytest.raises(NotFound):
        shop.do("lead", ImportProducts("x.csv", "", 99))
    with pytest.raises(NotFound):
        shop.do("lead", FetchProducts(99))
    assert len(shop.all(product_import)) == 1
    assert shop.all(import_change) == []


@pytest.mark.parametrize(
    ("name", "headings", "cells", "said"),
    [
        (
            "products_woocommerce",
            'SKU,Name,Weight (kg),Stock,"GTIN, UPC, EAN, or ISBN"',
            "MUG,Mug,0.42,7,4006381333931",
            {"title": "Mug", "weight_g": 420, "barcode": "4006381333931"},
        ),
        (
            "products_shopify",
            "Handle,Title,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,"
            "Variant Barcode",
            "mug,Mug,Sand,MUG-S,420,7,\nmug,,Ink,MUG-I,,,",
            {"title": "Mug", "variant": "Sand", "weight_g": 420},
        ),
        ("products", FILE.splitlines()[0] + ",海关编码,原产国,英文报关名,申报价值", "", None),
        ("", "货号,品名,重量(kg)", "MUG,杯,0.42", {"title": "杯", "weight_g": 420}),
        ("", "Item SKU,Product Name,EAN", "MUG,Mug,", {"title": "Mug"}),
    ],
)
def test_common_exports_are_read_by_a_mapping_or_by_their_headings(
    tmp_path: Path, name: str, headings: str, cells: str, said
) -> None:
    path = written(tmp_path, f"{headings}\n{cells or 'MUG,杯,,,,,,6912,CN,Mug,12.50'}\n")
    sheet = read_sheet(path, name)
    assert sheet.rejects == ()
    if said is None:
        told = dict(sheet.told[0].said)
        assert (told["declared_minor"], told["declared_currency"]) == (1250, "USD")
        assert (told["hs_code"], told["origin"]) == ("6912", "CN")
        return
    assert dict(sheet.told[0].said) == said
    if name == "products_shopify":
        assert dict(sheet.told[1].said) == {"title": "Mug", "variant": "Ink"}


@pytest.mark.parametrize(
    ("text", "why"),
    [("title\nmug\n", "no_column: sku"), ("", "no_heading"), ("sku,sku\nA,B\n", "heading_twice")],
)
def test_a_file_that_says_no_codes_is_refused_whole(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ImportUnreadable) as refused:
        read_sheet(written(tmp_path, text), "")
    assert str(refused.value.details["why"]).startswith(why)


def test_a_mapping_with_a_word_nobody_knows_is_refused(tmp_path: Path) -> None:
    for text in ('[columns]\ncolour = "x"', 'carry = ["title"]', 'declared_currency = "X"'):
        with pytest.raises(RuleRefused):
            load_map(written(tmp_path, text, "m.toml"))
    for path in (RESOURCES / "samples").glob("products*.toml"):
        assert "sku" in load_map(path).columns


def test_cells_a_spreadsheet_damaged_are_refused_with_their_row(tmp_path: Path) -> None:
    text = "sku,title,stock\n6.9E+12,x,1\n=A,y,1.5\nOK,#REF!,1\nOK2,z,-4\n"
    sheet = read_sheet(written(tmp_path, text), "")
    assert [(r.row, r.code) for r in sheet.rejects] == [
        (2, "digits_lost"),
        (3, "not_a_number"),
        (4, "formula_error"),
        (5, "not_a_number"),
    ]
