"""The columns of the catalogue's lists."""

from collections.abc import Callable
from typing import Any

from app.commands.catalogue_import import Foreseen
from app.desk.columns import AnyColumn, Cell, Column, Kind
from app.desk.seat import Seat
from app.desk.speech import NONE
from app.domain.listings import label_of
from app.reads.catalogue import ImportRow, ProductRow
from app.reads.listings import ListingRow

TONES = {
    "running": "info",
    "done": "good",
    "stopped": "warning",
    "undoing": "info",
    "part_undone": "warning",
    "undone": "",
}
VERDICTS = {"new": "good", "changed": "warning", "same": "", "refused": "bad"}


class CatalogueCells:
    """Turns products, listings and imports into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def products(self) -> tuple[AnyColumn, ...]:
        """A product with its figures."""
        return (
            Column("product", "catalogue.col_product", self._product, 300, Kind.TILE, grow=6),
            Column("barcode", "catalogue.col_barcode", self._barcode, 150, grow=1, drop=2),
            Column("weight", "catalogue.col_weight", self._weight, 90, right=True, drop=1),
            Column("stock", "catalogue.col_stock", self._stock, 150, right=True, grow=1),
            Column("sellable", "catalogue.col_sellable", self._sellable, 90, right=True, grow=1),
        )

    def to_map(self) -> tuple[AnyColumn, ...]:
        """A listing with what waits for it."""
        return (
            *self._listing_columns(),
            Column("waiting", "catalogue.col_waiting", self._waiting, 120, Kind.PILL, grow=1),
            Column("ship_by", "catalogue.col_ship_by", self._ship_by, 120, Kind.PILL, grow=1),
        )

    def mapped(self) -> tuple[AnyColumn, ...]:
        """A listing with what it is mapped to."""
        mapped = Column("mapped", "catalogue.col_mapped", self._mapped, 200, grow=3)
        return (*self._listing_columns(), mapped)

    def imports(self) -> tuple[AnyColumn, ...]:
        """An import with what it brought."""
        return (
            Column("import", "catalogue.col_import", self._import, 240, grow=3),
            Column("brought", "catalogue.col_brought", self._brought, 320, grow=4),
            Column("state", "catalogue.col_state", self._state, 120, Kind.PILL, grow=1),
        )

    def foreseen(self) -> tuple[AnyColumn, ...]:
        """A row of a file, and what becomes of it."""
        return (
            Column("row", "catalogue.col_row", lambda one: Cell(str(one.row), mono=True), 64),
            Column("product", "catalogue.col_product", self._told, 240, grow=2),
            Column("verdict", "catalogue.col_verdict", self._verdict, 300, Kind.DOT, grow=4),
        )

    def _listing_columns(self) -> tuple[AnyColumn, ...]:
        return (
            Column("listing", "catalogue.col_listing", self._listing, 300, grow=6),
            Column("shop", "catalogue.col_shop", self._shop, 140, grow=1, drop=1),
        )

    # --- products ---------------------------------------------------------------------------------

    def _product(self, row: ProductRow) -> Cell:
        kind = self._seat.speech.say("catalogue.bundle") if row.kind == "bundle" else ""
        second = " · ".join(part for part in (row.sku, row.variant, kind) if part)
        return Cell(row.title, second, mark=row.title[:1] or row.sku[:1])

    @staticmethod
    def _barcode(row: ProductRow) -> Cell:
        return Cell(row.barcode or NONE, mono=bool(row.barcode), quiet=not row.barcode)

    def _weight(self, row: ProductRow) -> Cell:
        speech = self._seat.speech
        if not row.weight_g:
            return Cell(NONE, quiet=True)
        return Cell(speech.say("catalogue.grams", n=speech.count(row.weight_g)))

    def _stock(self, row: ProductRow) -> Cell:
        if row.on_hand is None or row.reserved is None or row.kind == "bundle":
            return Cell(NONE, quiet=True)
        count = self._seat.speech.count
        return Cell(f"{count(row.on_hand)} · {count(row.reserved)}", mono=True)

    def _sellable(self, row: ProductRow) -> Cell:
        if row.sellable is None:
            return Cell(NONE, quiet=True)
        tone = "" if row.sellable else "warning"
        return Cell(self._seat.speech.count(row.sellable), tone=tone, mono=True)

    # --- listings ---------------------------------------------------------------------------------

    def _listing(self, row: ListingRow) -> Cell:
        first = label_of("", row.title, row.variant) if row.title else row.sku_text
        second = row.sku_text or self._seat.speech.say("catalogue.no_code")
        return Cell(first, second)

    def _shop(self, row: ListingRow) -> Cell:
        return Cell(row.shop, self._seat.speech.word("platform", row.platform))

    def _waiting(self, row: ListingRow) -> Cell:
        if not row.waiting:
            return Cell(NONE, quiet=True)
        return Cell(self._seat.speech.count(row.waiting), tone="bad")

    def _ship_by(self, row: ListingRow) -> Cell:
        if row.urgent_at is None:
            return Cell(NONE, quiet=True)
        speech, now = self._seat.speech, self._seat.clock.now()
        if row.urgent_at < now:
            late = speech.say("board.overdue", span=speech.span(now - row.urgent_at))
            return Cell(late, tone="bad")
        return Cell(speech.day(row.urgent_at, now))

    def _mapped(self, row: ListingRow) -> Cell:
        units = f" ×{row.units}" if row.units != 1 else ""
        return Cell(f"{row.sku}{units}", row.mapped_by, mono=True)

    # --- imports ----------------------------------------------------------------------------------

    def _import(self, row: ImportRow) -> Cell:
        when = self._seat.speech.moment(row.at, self._seat.clock.now())
        return Cell(row.name, " · ".join((when, row.by)))

    def _brought(self, row: ImportRow) -> Cell:
        return Cell(*brought_lines(self._seat, row))

    def _state(self, row: ImportRow) -> Cell:
        return Cell(self._seat.speech.word("import_state", row.state), tone=TONES[row.state])

    @staticmethod
    def _told(one: Any) -> Cell:
        return Cell(one.title or one.sku, one.sku if one.title != one.sku else "")

    def _verdict(self, one: Any) -> Cell:
        speech = self._seat.speech
        word = speech.word("verdict", one.verdict)
        parts = [one.why] if one.verdict == "refused" else self._changes(one)
        return Cell(word, " · ".join(parts), tone=VERDICTS[one.verdict])

    def _changes(self, one: Foreseen) -> list[str]:
        speech = self._seat.speech
        told = [
            speech.say(
                "catalogue.change",
                field=speech.word("field", change.field),
                before=change.before or NONE,
                after=change.after or NONE,
            )
            for change in one.changes
        ]
        if one.stock:
            told.append(speech.say("catalogue.stock_in", n=speech.count(one.stock)))
        if one.kept:
            told.append(speech.say("catalogue.stock_kept"))
        return told


def brought_lines(seat: Seat, told: Any) -> tuple[str, str]:
    """What an import brought or would bring, in two lines."""
    say: Callable[..., str] = seat.speech.say
    first = say(
        "catalogue.brought",
        added=told.added,
        changed=told.changed,
        same=told.same,
        refused=told.refused,
    )
    return first, say("catalogue.stocked", n=told.stocked) if told.stocked else ""
