"""Orders in the book: read as the rules see them, and kept in step with what is derived."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from app.domain import board, ends
from app.domain.bundles import Recipe, whole
from app.domain.order import Line, Order, Parcel, ReceiverView
from app.domain.states import (
    Held,
    LockKind,
    LockState,
    LogisticsState,
    OrderKind,
    OrderState,
    ParcelState,
    PaymentState,
    PrintState,
    ProofKind,
    WaybillState,
)
from app.store import bundles, cases, counters
from app.store.seal import Row
from app.store.tables import (
    line,
    lock,
    orders,
    parcel,
    print_job,
    proof,
    receiver,
    waybill,
)
from app.store.work import Work

SHIPPING = frozenset({ProofKind.WAYBILL, ProofKind.OUTBOUND_SCAN, ProofKind.CARRIER_ACCEPTANCE})
REFUND_CASES = frozenset({"refund_open"})
ON_PAPER = (PrintState.SPOOLED, PrintState.PRINTED)


def view(work: Work, order_id: int) -> tuple[Row, Order]:
    """An order's row, and the order as guards look at it; every row's seal is checked."""
    row = work.row(orders, order_id)
    return row, Order(
        number=row["number"],
        currency=row["currency"],
        state=OrderState(row["state"]),
        payment=PaymentState(row["payment"]),
        logistics=LogisticsState(row["logistics"]),
        kind=OrderKind(row["kind"]),
        held=Held(row["held"]),
        total_minor=row["total_minor"],
        paid_minor=row["paid_minor"],
        refunded_minor=row["refunded_minor"],
        open_refund=not REFUND_CASES.isdisjoint(cases.open_kinds(work, order_id)),
        platform_cancelled=bool(row["platform_cancelled"]),
        reviewed=row["reviewed_at"] is not None,
        lines=lines_of(work, order_id),
        parcels=parcels_of(work, order_id),
        receiver=receiver_of(work, row),
        proofs=proofs_of(work, order_id),
    )


def lines_of(work: Work, order_id: int) -> tuple[Line, ...]:
    """An order's items with what firm reservations hold for each."""
    firm: dict[int, Counter[str]] = {}
    for row in sealed(work, lock, order_id):
        if row["state"] == LockState.HELD and row["kind"] == LockKind.FIRM:
            units = firm.setdefault(row["line_id"], Counter())
            units[row["sku"]] += row["quantity"] - row["released"] - row["used"]
    recipes = bundles.promised(work, list(firm))
    return tuple(
        Line(
            line_id=r["id"],
            sku=r["sku"],
            quantity=r["quantity"],
            cancelled=r["cancelled"],
            shipped=r["shipped"],
            firmly_locked=_items(firm.get(r["id"], Counter()), recipes.get(r["id"])),
            sku_known=bool(r["sku_known"]),
        )
        for r in sealed(work, line, order_id)
    )


def _items(units: Counter[str], recipe: Recipe | None) -> int:
    return sum(units.values()) if recipe is None else whole(units, recipe)


def sealed(work: Work, table: Any, order_id: int) -> list[Row]:
    """The rows of one order in a table, oldest first, each seal checked."""
    return work.of(table, "order_id", order_id)


def parcels_of(work: Work, order_id: int) -> tuple[Parcel, ...]:
    """An order's boxes with the state of each one's open waybill."""
    standing = {
        row["parcel_id"]: WaybillState(row["state"])
        for row in sealed(work, waybill, order_id)
        if WaybillState(row["state"]).is_open
    }
    return tuple(
        Parcel(
            parcel_id=row["id"],
            state=ParcelState(row["state"]),
            waybill=standing.get(row["id"]),
            printed_at=row["printed_at"],
            verified_at=row["verified_at"],
            weighed_at=row["weighed_at"],
            handed_at=row["handed_at"],
            picked_up_at=row["picked_up_at"],
        )
        for row in sealed(work, parcel, order_id)
    )


def receiver_of(work: Work, row: Row) -> ReceiverView:
    """The receiver, masked; a platform's sealed receiver counts as complete."""
    kept = work.find(receiver, row["id"])
    if kept is None:
        return ReceiverView(province=row["province"], city=row["city"])
    return ReceiverView(
        name=row["buyer_mask"] if kept["name_ct"] else "",
        phone=row["phone_mask"] if kept["phone_ct"] else "",
        address=kept["address_mask"] if kept["address_ct"] else "",
        country=row["country"],
        province=row["province"],
        city=row["city"],
        sealed=kept["cipher_ct"] is not None,
    )


def proofs_of(work: Work, order_id: int) -> frozenset[ProofKind]:
    """The kinds of facts recorded for an order, forged rows refused."""
    return frozenset(ProofKind(row["kind"]) for row in sealed(work, proof, order_id))


@dataclass(frozen=True, slots=True)
class Fact:
    """What supports a status: its kind, who says so, and their reference for it."""

    kind: ProofKind
    source: str
    reference: str
    parcel_id: int | None = None


def prove(work: Work, order_id: int, fact: Fact) -> bool:
    """Record a fact that supports a status; False when it was recorded before."""
    same = select(proof.c.id).where(
        proof.c.order_id == order_id,
        proof.c.kind == fact.kind.value,
        proof.c.reference == fact.reference,
    )
    if work.rows(same):
        return False
    work.insert(
        proof,
        {
            "id": work.ids.next(),
            "order_id": order_id,
            "parcel_id": fact.parcel_id,
            "kind": fact.kind.value,
            "at": work.now,
            "source": fact.source,
            "reference": fact.reference,
        },
    )
    work.mark("orders", order_id)
    return True


def refresh(work: Work, order_id: int) -> None:
    """Bring an order's derived columns and the board's counters in step with its rows."""
    row = work.row(orders, order_id)
    labels = [w for w in sealed(work, waybill, order_id) if WaybillState(w["state"]).is_open]
    places = sealed(work, lock, order_id)
    prints = sealed(work, print_job, order_id)
    boxes = sealed(work, parcel, order_id)
    printed = _is_printed(boxes, labels, prints)
    tab = board.tab_of(row["intake"], row["state"], printed=printed).value
    derived = {
        "tab": tab,
        "counted_tab": tab,
        "counted_minor": row["total_minor"],
        "proofs": len(proofs_of(work, order_id) & SHIPPING),
        "open_cases": len(cases.open_kinds(work, order_id)),
        "print_state": prints[-1]["state"] if prints else "",
        "location_id": home_of(places),
        "ends": ends.apart(_ends(row, boxes)),
        **_carrier(labels, row),
        **moments(work, row, reserved=any(one["kind"] == LockKind.FIRM for one in places)),
    }
    _count(work, row, derived)
    if any(row[name] != value for name, value in derived.items()):
        work.update(orders, order_id, updated_at=work.now, **derived)


def _ends(row: Row, boxes: list[Row]) -> ends.Ends:
    """What platform, book and carrier say of an order; it was told once it knows every box."""
    told = [box["written_back_at"] for box in boxes if box["state"] == ParcelState.SHIPPED]
    return ends.Ends(
        book=OrderState(row["state"]),
        platform=row["platform_state"],
        read_version=row["external_version"],
        told_at=max(told) if told and None not in told else None,
        logistics=LogisticsState(row["logistics"]),
    )


def moments(work: Work, row: Row, *, reserved: bool) -> Row:
    """Since when an order stands as it does, when its payment came, when its goods were held."""
    same = row.get("stood_as") == row["state"] and row.get("state_at") is not None
    paid = row["payment"] == PaymentState.PAID and row["state"] == OrderState.PAID
    return {
        "stood_as": row["state"],
        "state_at": row["state_at"] if same else work.now,
        "paid_here_at": row.get("paid_here_at") or (work.now if paid else None),
        "reserved_at": row.get("reserved_at") or (work.now if reserved else None),
    }


def _is_printed(parcels: list[Row], labels: list[Row], prints: list[Row]) -> bool:
    """Whether every box has a label that a printer took, or that somebody has in hand."""
    boxes = {p["id"] for p in parcels if p["state"] != ParcelState.VOID}
    live = {w["id"]: w["parcel_id"] for w in labels if w["state"] == WaybillState.LIVE}
    on_paper = {live.get(job["waybill_id"]) for job in prints if job["state"] in ON_PAPER}
    return bool(boxes) and boxes <= on_paper


def _count(work: Work, row: Row, derived: dict[str, Any]) -> None:
    before = (row["counted_tab"], row["counted_minor"])
    after = (derived["counted_tab"], derived["counted_minor"])
    if before == after and row["location_id"] == derived["location_id"]:
        return
    scope = (row["channel_id"], row["location_id"], row["currency"])
    if before[0]:
        counters.add(work, f"tab:{before[0]}", -1, -before[1], scope)
    scope = (row["channel_id"], derived["location_id"], row["currency"])
    counters.add(work, f"tab:{after[0]}", 1, after[1], scope)


def home_of(locks: Iterable[Row]) -> int:
    """The warehouse an order goes out from: where most of what is held for it, or left, stands.

    Of two with equally many the older one. What was given back counts only where nothing else
    says, so that a cancelled order stays in sight of those who worked on it; 0: none yet.
    """
    live: Counter[int] = Counter()
    last = 0
    for row in locks:
        last = row["location_id"]
        live[last] += row["quantity"] - row.get("released", 0)
    most = max(live.values(), default=0)
    return min(place for place, n in live.items() if n == most) if most else last


def _carrier(labels: list[Row], row: Row) -> dict[str, str]:
    if not labels:
        return {"waybill_no": ""}
    newest = labels[-1]
    courier = courier_of(newest) or row["carrier"]
    return {"waybill_no": newest["carrier_no"] or "", "carrier": courier}


def courier_of(label: Row) -> str:
    """Who moves the parcel of a waybill: the courier behind an aggregator, else the carrier."""
    route = msgspec.json.decode(label["route_json"])
    return str(route.get("courier") or label["carrier_account"].partition(":")[0])
