"""One parcel at a packing station: what belongs in it, what was scanned, and what that says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.commands.packing import Packing, PackItem
from app.domain.errors_packing import NotBeingPacked, NothingPacksThis, ParcelGone
from app.domain.packing import Outcome, PackState, Piece
from app.domain.scan_codes import plain
from app.domain.states import ParcelState
from app.store import packed, products
from app.store.seal import Row
from app.store.tables import orders, parcel
from app.store.tables_packing import pack_scan, packing
from app.store.work import Work

STATION = 40
"""Characters of a station's name."""
NAMED = 3
"""Things named where several are missing; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One parcel at a station: its box, its order, its check, and what belongs in it."""

    box: Row
    order: Row
    check: Row
    items: list[tuple[Row, int]]
    pieces: list[Piece]
    station: str

    @property
    def state(self) -> PackState:
        """How far the check is."""
        return PackState(self.check["state"])


def refuse_gone(work: Work, box: Row) -> None:
    """Raise ParcelGone for a box that left the house."""
    if box["state"] != ParcelState.OPEN:
        raise ParcelGone(order_no=work.row(orders, box["order_id"])["external_no"])


def station_of(work: Work, named: str) -> str:
    """The station as it is written down: by its own name, else its computer's."""
    return (named.strip() or work.actor.host or "desk")[:STATION]


def begin(work: Work, box: Row, station: str) -> Bench:
    """The bench of a parcel; its check begins here where there is none."""
    check = packed.check_of(work, box["id"], lock=True)
    if check is None:
        new = {
            "id": work.ids.next(),
            "parcel_id": box["id"],
            "order_id": box["order_id"],
            "state": (PackState.VERIFIED if box["verified_at"] else PackState.OPEN).value,
            "station": station,
            "by": work.actor.name,
            "opened_at": work.now,
            "closed_at": box["verified_at"],
        }
        work.insert(packing, new)
        check = packed.check_of(work, box["id"])
    items = packed.lines_in(work, box)
    order = work.row(orders, box["order_id"])
    if check is None or not items:
        raise NothingPacksThis(read=order["external_no"])
    pieces = packed.pieces_of(work, box, items, check["round"])
    return Bench(box, order, check, items, pieces, station)


def open_bench(work: Work, parcel_id: int, station: str) -> Bench:
    """The bench of a parcel whose check was begun and is not over; NotBeingPacked else."""
    box = work.row(parcel, parcel_id)
    refuse_gone(work, box)
    if packed.check_of(work, parcel_id) is None:
        raise NotBeingPacked(order_no=work.row(orders, box["order_id"])["external_no"])
    bench = begin(work, box, station_of(work, station))
    if bench.state is not PackState.OPEN:
        raise NotBeingPacked(order_no=bench.order["external_no"])
    return bench


def again(work: Work, bench: Bench) -> Bench:
    """The same bench with what is counted by now."""
    check = work.row(packing, bench.check["id"])
    pieces = packed.pieces_of(work, bench.box, bench.items, check["round"])
    return replace(bench, check=check, pieces=pieces)


def changed(work: Work, bench: Bench, **values: str | int | None) -> Bench:
    """Change the check in the name of who works here."""
    by = {"by": work.actor.name, "station": bench.station}
    work.update(packing, bench.check["id"], bench.check["version"], **{**by, **values})
    return replace(bench, check=work.row(packing, bench.check["id"]))


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: what it was, the code read, what it counted, and when it was read (UTC ms)."""

    outcome: Outcome
    code: str = ""
    counts: Mapping[str, int] = field(default_factory=lambda: {"": 0})
    read_at: int = 0


def note(work: Work, bench: Bench, scan: Scan) -> None:
    """Write one scan down with who, when and where."""
    same = {
        "parcel_id": bench.box["id"],
        "order_id": bench.order["id"],
        "round": bench.check["round"],
        "code": plain(scan.code),
        "outcome": scan.outcome.value,
        "station": bench.station,
        "by": work.actor.name,
        "at": work.now,
        "read_at": scan.read_at or work.now,
    }
    for sku, n in scan.counts.items():
        work.insert(pack_scan, {"id": work.ids.next(), "sku": sku, "quantity": n, **same})
    work.mark("packing", bench.box["id"])


# --- what it says --------------------------------------------------------------------------------


def answer(work: Work, bench: Bench, outcome: Outcome) -> Packing:
    """The box as it stands, without anything about its buyer."""
    over = bench.state is not PackState.OPEN
    return Packing(
        parcel_id=bench.box["id"],
        order_id=bench.order["id"],
        order_no=bench.order["external_no"] or bench.order["number"],
        state=bench.state.value,
        outcome=outcome.value,
        items=_items(work, bench),
        by=bench.check["by"] if over else "",
        at=(bench.check["closed_at"] or 0) if over else 0,
    )


def _items(work: Work, bench: Bench) -> tuple[PackItem, ...]:
    known = products.of_skus(work, [one.sku for one in bench.pieces])
    sold = {row["sku"]: row for row, _n in reversed(bench.items)}
    gifts = {row["sku"] for row, _n in bench.items if row["gift"]}
    return tuple(_item(one, known.get(one.sku), sold.get(one.sku), gifts) for one in bench.pieces)


def _item(one: Piece, known: Row | None, sold: Row | None, gifts: set[str]) -> PackItem:
    """What a packer reads: the words of the order, else the catalogue's."""
    said = sold or known or {"title": one.sku, "variant": ""}
    return PackItem(
        sku=one.sku,
        title=said["title"],
        variant=said["variant"],
        wanted=one.wanted,
        packed=one.packed,
        hint=known["hint"] if known else "",
        product_id=known["id"] if known else 0,
        gift=one.sku in gifts,
    )


def missing_text(work: Work, bench: Bench) -> str:
    """What is not in the box yet, as a sentence names it."""
    items = _items(work, bench)
    lacks = [one for one in items if one.packed < one.wanted]
    named = [f"{_name(one)} ×{one.wanted - one.packed}" for one in lacks[:NAMED]]
    more = len(lacks) - NAMED
    return ", ".join(named) + (f" +{more}" if more > 0 else "")


def _name(item: PackItem) -> str:
    return f"{item.title} {item.variant}".strip()


def name_of(work: Work, bench: Bench, code: str, sku: str) -> str:
    """What was scanned, by name: a thing of this box, else what the catalogue knows by the code."""
    for item in _items(work, bench):
        if item.sku == sku:
            return _name(item)
    for row in products.by_code(work, code):
        return f"{row['title']} {row['variant']}".strip()
    return ""
