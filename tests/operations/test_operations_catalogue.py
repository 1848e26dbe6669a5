"""Products: named once, changed with both sides named, retired with care, shown with a picture."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from app.commands.catalogue import (
    AddProduct,
    ChangeProduct,
    RestoreProduct,
    RetireProduct,
    SetPicture,
)
from app.domain.errors import BadValue, NotInState
from app.domain.errors_catalogue import CodeTaken, EditedMeanwhile, PictureRefused, ProductInUse
from app.operations import product_picture
from app.store.tables_catalogue import picture, product
from app.store.verify import verify
from app.store.work import Book
from tests.operations.catalogue_world import with_bundle
from tests.operations.outbound_world import Shop, open_shop


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book)


def row_of(shop: Shop, sku: str = "LN-27"):
    return next(r for r in shop.all(product) if r["sku"] == sku)


def changed(row, **more) -> ChangeProduct:
    fields = {name: row[name] for name in ChangeProduct.__struct_fields__[2:]}
    return ChangeProduct(row["id"], more.pop("version", row["version"]), **(fields | more))


def test_a_product_keeps_all_that_is_said_of_it(shop: Shop) -> None:
    ask = AddProduct(
        " MUG-1 ",
        "Stoneware mug",
        "330 ml",
        420,
        "4006381333931",
        "own box",
        "6912.00",
        "cn",
        "Stoneware mug",
        1250,
        "usd",
    )
    shop.do("lead", ask)
    row = row_of(shop, "MUG-1")
    assert (row["weight_g"], row["hint"], row["hs_code"]) == (420, "own box", "6912.00")
    assert (row["origin"], row["declared_minor"], row["declared_currency"]) == ("CN", 1250, "USD")
    assert (row["changed_by"], row["state"], row["sku_norm"]) == ("lead", "active", "mug1")
    with pytest.raises(CodeTaken):
        shop.do("lead", AddProduct("MUG-1", "again"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", "\n"),
        ("barcode", "4006381333932"),
        ("barcode", "杯"),
        ("weight_g", -1),
        ("hs_code", "69"),
        ("origin", "China"),
        ("customs_name", "杯子"),
        ("declared_minor", -5),
        ("title", "a\x00b"),
        ("hint", "x" * 301),
    ],
)
def test_what_cannot_be_true_is_refused_by_its_field(shop: Shop, field, value) -> None:
    with pytest.raises(BadValue) as refused:
        shop.do("lead", AddProduct(**({"sku": "MUG-1", "title": "mug"} | {field: value})))
    assert refused.value.details["field"] == field
    assert "MUG-1" not in {r["sku"] for r in shop.all(product)}


def test_a_stale_edit_is_refused_with_both_sides_named_and_the_same_edit_is_none(
    shop: Shop,
) -> None:
    opened = row_of(shop)
    shop.do("lead", changed(opened, title="Linen curtain"))
    with pytest.raises(EditedMeanwhile) as refused:
        shop.do("lead", changed(opened, title="Curtain, linen"))
    assert refused.value.details == {
        "what": "LN-27",
        "by": "lead",
        "field": "title",
        "yours": "Curtain, linen",
        "theirs": "Linen curtain",
    }
    version = row_of(shop)["version"]
    shop.do("lead", changed(opened, title="Linen curtain"))
    assert (row_of(shop)["title"], row_of(shop)["version"]) == ("Linen curtain", version)


def test_a_product_in_a_bundle_is_not_retired_and_a_retired_one_comes_back(shop: Shop) -> None:
    with_bundle(shop)
    row = row_of(shop)
    with pytest.raises(ProductInUse) as refused:
        shop.do("lead", RetireProduct(row["id"], row["version"]))
    assert refused.value.details == {"sku": "LN-27", "by": "SET-1"}
    bundle = row_of(shop, "SET-1")
    shop.do("lead", RetireProduct(bundle["id"], bundle["version"]))
    shop.do("lead", RetireProduct(row["id"], row["version"]))
    with pytest.raises(NotInState):
        shop.do("lead", RetireProduct(row["id"], row["version"] + 1))
    with pytest.raises(EditedMeanwhile):
        shop.do("lead", RestoreProduct(row["id"], row["version"]))
    shop.do("lead", RestoreProduct(row["id"], row["version"] + 1))
    assert row_of(shop)["state"] == "active"


def drawn(folder: Path, size=(1600, 900), mode="RGB", form="png") -> Path:
    path = folder / f"mug.{form}"
    noise = zlib.compress(bytes(range(256)) * 40, 0)
    image = Image.frombytes("L", (100, 100), noise[:10_000]).convert(mode).resize(size)
    image.save(path)
    return path


def test_a_picture_is_kept_small_without_what_stood_beside_it(shop: Shop, tmp_path: Path) -> None:
    path = drawn(tmp_path)
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "taken at home")
    Image.open(path).save(path, pnginfo=told)
    pk = row_of(shop)["id"]
    shop.do("lead", SetPicture(pk, str(path)))
    kept = shop.all(picture)[0]
    assert (kept["kind"], kept["width"], kept["height"]) == ("jpeg", 640, 360)
    assert len(kept["image"]) <= product_picture.LARGEST_KEPT
    assert b"taken at home" not in bytes(kept["image"])
    assert Image.open(io.BytesIO(kept["image"])).size == (640, 360)
    shop.do("lead", SetPicture(pk, str(drawn(tmp_path, (80, 80), "RGBA"))))
    assert shop.all(picture)[0]["kind"] in {"png", "jpeg"}
    assert verify(shop.book).ok
    shop.do("lead", SetPicture(pk, ""))
    assert shop.all(picture) == []


def test_a_file_that_is_no_picture_or_unpacks_to_too_much_is_refused(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk = row_of(shop)["id"]
    text = tmp_path / "mug.png"
    text.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture" * 9)
    cut = drawn(tmp_path, (400, 400), form="jpg")
    cut.write_bytes(cut.read_bytes()[:300])
    for path, why in ((text, "unreadable"), (cut, "unreadable"), (tmp_path / "x", "not_there")):
        with pytest.raises(PictureRefused) as refused:
            shop.do("lead", SetPicture(pk, str(path)))
        assert refused.value.details["why"] == why
    whole = drawn(tmp_path, (400, 400), form="webp")
    monkeypatch.setattr(product_picture, "MOST_PIXELS", 10_000)
    with pytest.raises(PictureRefused) as refused:
        shop.do("lead", SetPicture(pk, str(whole)))
    assert refused.value.details["why"] == "too_large"
    assert shop.all(picture) == []
