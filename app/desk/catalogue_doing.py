"""Carries out what is done in the catalogue: asks what is needed, then the keeper."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.commands.catalogue import (
    AddProduct,
    ChangeProduct,
    MapListing,
    Mended,
    RestoreProduct,
    RetireProduct,
    SetBundle,
    SetPicture,
    UnmapListing,
)
from app.commands.catalogue_import import (
    FetchProducts,
    ImportProducts,
    StopImport,
)
from app.commands.people import Created
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.files import SHEETS, pick_file
from app.desk.seat import News, Seat
from app.domain.listings import label_of
from app.domain.money import CURRENCIES, Money
from app.reads import catalogue, house
from app.reads.catalogue import ImportRow, ProductRow, ProductWhole
from app.reads.listings import ListingRow

PRESETS = ("products", "products_woocommerce", "products_shopify")
PICTURES = "PNG JPEG WebP (*.png *.jpg *.jpeg *.webp)"


class CatalogueDoer(QObject):
    """Does what a key or button of the catalogue asks for."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__()
        self._seat, self._host = seat, host

    async def add(self, *, bundle: bool) -> int:
        """Name a new product or bundle; its id, 0 when it was not."""
        fields = (Field("sku", "sheet.product_sku", needed=True), *_described(None))
        if bundle:
            parts = Field("parts", "sheet.component_lines", lines=3, needed=True)
            fields = (*fields[:3], parts)
        title = "sheet.new_bundle" if bundle else "sheet.new_product"
        text = "sheet.components_text" if bundle else ""
        answer = await self._ask(Form(title, text, fields))
        if answer is None:
            return 0
        command = AddProduct(
            answer["sku"],
            answer["title"],
            answer["variant"],
            _whole(answer.get("weight", "")),
            answer.get("barcode", ""),
            answer.get("hint", ""),
            components=_components(answer.get("parts", "")),
        )
        made = await self._seat.ask(command, Created)
        if made is None:
            return 0
        self._said("done.product", what=answer["sku"])
        return made.id

    async def edit(self, row: ProductRow) -> None:
        """Describe a product anew."""
        form = Form("sheet.product", fields=_described(row), args={"what": row.sku})
        answer = await self._ask(form)
        if answer is not None:
            weight = _whole(answer["weight"])
            fields = {name: answer[name] for name in ("title", "variant", "barcode", "hint")}
            await self._change(row, weight_g=weight, **fields)

    async def customs(self, row: ProductRow) -> None:
        """Say what the customs form needs."""
        declared = _major(row.declared_minor, row.declared_currency)
        fields = (
            Field("customs_name", "sheet.product_customs", row.customs_name),
            Field("hs_code", "sheet.product_hs", row.hs_code),
            Field("origin", "sheet.product_origin", row.origin),
            Field("declared", "sheet.product_declared", declared),
            Field("currency", "sheet.product_currency", row.declared_currency or "USD"),
        )
        answer = await self._ask(Form("sheet.product", fields=fields, args={"what": row.sku}))
        if answer is not None:
            minor = _minor(answer["declared"], answer["currency"])
            names = ("customs_name", "hs_code", "origin")
            given: dict[str, Any] = {name: answer[name] for name in names}
            given |= {"declared_minor": minor, "declared_currency": answer["currency"]}
            await self._change(row, **given)

    async def _change(self, row: ProductRow, **given: Any) -> None:
        names = ChangeProduct.__struct_fields__[2:]
        values = {name: getattr(row, name) for name in names} | given
        if await self._seat.do(ChangeProduct(row.id, row.version, **values)):
            self._said("done.product", what=row.sku)

    async def components(self, whole: ProductWhole) -> None:
        """Say what a bundle is made of."""
        told = "\n".join(f"{part.sku} {part.quantity}" for part in whole.parts)
        asked = Field("parts", "sheet.component_lines", told, lines=4, needed=True)
        form = Form("sheet.components", "sheet.components_text", (asked,))
        answer = await self._ask(form, what=whole.row.sku)
        if answer is not None:
            parts = _components(answer["parts"])
            if await self._seat.do(SetBundle(whole.row.id, whole.row.version, parts)):
                self._said("done.product", what=whole.row.sku)

    async def picture(self, row: ProductRow) -> None:
        """Give a product a picture."""
        title = self._seat.speech.say("catalogue.picture")
        path = await pick_file(self._host.window(), title, PICTURES)
        if path and await self._seat.do(SetPicture(row.id, path)):
            self._said("done.product", what=row.sku)

    async def retire(self, row: ProductRow) -> None:
        """Take a product out of the lists, or bring it back."""
        if row.state == "retired":
            if await self._seat.do(RestoreProduct(row.id, row.version)):
                self._said("done.restored", what=row.sku)
            return
        form = Form("sheet.retire", "sheet.retire_text", done="catalogue.retire", tone="danger")
        if await self._ask(form, what=row.sku) is None:
            return
        if await self._seat.do(RetireProduct(row.id, row.version)):
            back = RestoreProduct(row.id, row.version + 1)
            self._said("done.retired", lambda: self._seat.spawn(self._seat.do(back)), what=row.sku)

    # --- listings ---------------------------------------------------------------------------------

    async def map_other(self, row: ListingRow) -> None:
        """Map a listing to a code that is typed."""
        fields = (
            Field("sku", "sheet.product_sku", row.sku, needed=True),
            Field("units", "sheet.units", str(row.units), needed=True),
        )
        form = Form("sheet.map_other", "sheet.map_other_text", fields, "catalogue.map")
        answer = await self._ask(form, what=_named(row))
        if answer is not None:
            await self.map(row, answer["sku"], _whole(answer["units"]))

    async def map(self, row: ListingRow, sku: str, units: int = 1) -> None:
        """Map a listing; the toast offers the way back."""
        mended = await self._seat.ask(MapListing(row.id, sku, units, row.sku), Mended)
        if mended is None:
            return

        def back() -> None:
            self._seat.spawn(self._map_back(row, sku))

        name, n, left = _named(row), mended.orders, mended.left
        self._said("done.mapped", back, what=name, sku=sku, n=n, left=left)

    async def _map_back(self, row: ListingRow, now: str) -> None:
        before = MapListing(row.id, row.sku, row.units, now) if row.sku else None
        await self._unmapped(row, before or UnmapListing(row.id, now))

    async def unmap(self, row: ListingRow) -> None:
        """Take a mapping back."""
        await self._unmapped(row, UnmapListing(row.id, row.sku))

    async def _unmapped(self, row: ListingRow, command: Any) -> None:
        mended = await self._seat.ask(command, Mended)
        if mended is not None:
            self._said("done.unmapped", what=_named(row), n=mended.orders)

    # --- imports ----------------------------------------------------------------------------------

    async def what_to_import(self) -> ImportProducts | FetchProducts | None:
        """Ask where products come from, and what of them is taken."""
        say, see = self._seat.speech.say, self._seat.see
        sources = [("file", say("sheet.import_file"))]
        for shop in await see(house.shops_seen):
            if not shop.platform.startswith("file:"):
                sources.append((str(shop.id), shop.name))
        stocks = [("0", say("sheet.import_no_stock"))]
        if self._seat.may("stock.adjust"):
            stocks += [(str(pk), name) for pk, name in await see(catalogue.warehouses)]
        mappings = (("", say("sheet.import_auto")), *self._presets())
        fields = (
            Field("source", "sheet.import_from", "file", tuple(sources), needed=True),
            Field("stock", "sheet.import_stock", stocks[-1][0], tuple(stocks), needed=True),
            Field("mapping", "sheet.import_mapping", "", mappings),
        )
        form = Form("sheet.import", "sheet.import_text", fields, "sheet.import_look")
        answer = await self._ask(form)
        if answer is None:
            return None
        stock_at = int(answer["stock"])
        if answer["source"] != "file":
            return FetchProducts(int(answer["source"]), stock_at)
        path = await pick_file(self._host.window(), say("sheet.import"), SHEETS)
        return ImportProducts(path, answer["mapping"], stock_at) if path else None

    def _presets(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._seat.speech.word("product_map", name)) for name in PRESETS)

    async def stop_import(self, row: ImportRow) -> None:
        """End an import that comes in or is taken back."""
        if await self._seat.do(StopImport(row.id)) and row.state == "running":
            self._said("done.import_stopped")

    async def _ask(self, form: Form, **args: str | int) -> Answers | None:
        whole = Form(form.title, form.text, form.fields, form.done, form.tone, form.args | args)
        return await ask(self._host.window(), self._seat.speech, whole)

    def _said(
        self, key: str, undo: Callable[[], None] | None = None, /, **facts: str | int
    ) -> None:
        self._seat.news.emit(News(self._seat.speech.say(key, **facts), "", "good", undo))


def _described(row: ProductRow | None) -> tuple[Field, ...]:
    return (
        Field("title", "sheet.product_title", row.title if row else ""),
        Field("variant", "sheet.product_variant", row.variant if row else ""),
        Field("barcode", "sheet.product_barcode", row.barcode if row else ""),
        Field("weight", "sheet.product_weight", str(row.weight_g) if row and row.weight_g else ""),
        Field("hint", "sheet.product_hint", row.hint if row else ""),
    )


def _named(row: ListingRow) -> str:
    return label_of("", row.title, row.variant) if row.title else row.sku_text


def _whole(text: str) -> int:
    """A number as typed; what is none becomes one the door refuses by its field."""
    return int(text) if text.isascii() and text.isdecimal() else (-1 if text else 0)


def _components(text: str) -> tuple[tuple[str, int], ...]:
    """Lines of "code quantity"; a line without a number means one."""
    found = []
    for line in text.splitlines():
        code, _, count = line.strip().replace("×", " ").rpartition(" ")
        if line.strip():
            whole = (code.strip(), _whole(count)) if code else (line.strip(), 1)
            found.append(whole)
    return tuple(found)


def _major(minor: int, currency: str) -> str:
    return Money(minor, currency).text() if minor and currency in CURRENCIES else ""


def _minor(text: str, currency: str) -> int:
    try:
        places = CURRENCIES.get(currency.upper(), 2)
        return int(Decimal(text or "0").scaleb(places))
    except InvalidOperation:
        return -1
