"""Which parcel a scan at the packing station means."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from app.domain import packing as check
from app.domain import scan_codes
from app.domain.errors_packing import CodeMisread, NothingPacksThis
from app.domain.packing import PackMode
from app.domain.roles import Place
from app.domain.scan_codes import CodeKind
from app.domain.states import Held, OrderKind, OrderState, ParcelState
from app.operations import sessions, shippable
from app.rulebook import Rulebook
from app.store import packed, products
from app.store.seal import Row
from app.store.tables import line, orders, parcel, waybill
from app.store.work import Work

LOOKED_AT = 20
"""Orders of one thing looked at before it is said that none waits."""
RIGHT = "pack.scan"
LATE = 1 << 62
"""Behind every deadline: orders without one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A parcel, and whether its label or the very thing in it was scanned."""

    box: Row
    by_label: bool = False
    by_item: str = ""


def parcel_of(work: Work, rules: Rulebook, code: str) -> Found:
    """The parcel a code means.

    Raises CodeMisread for a code of ours that was read wrong, NothingPacksThis for one that
    nothing answers to.
    """
    told = scan_codes.read(code)
    if told.kind is CodeKind.MISREAD:
        raise CodeMisread(read=told.body)
    if told.kind is CodeKind.PARCEL:
        found = _boxes(work, select(parcel.c.id).where(parcel.c.public_id == told.body))
    elif told.kind is CodeKind.ORDER:
        found = _of_orders(work, rules, orders.c.number == told.body)
    elif told.kind is CodeKind.FOREIGN:
        return _foreign(work, rules, told.body)
    else:
        found = None
    if found is None:
        raise NothingPacksThis(read=told.body)
    return Found(found)


def _foreign(work: Work, rules: Rulebook, text: str) -> Found:
    upper = text.upper()
    by_label = select(waybill.c.parcel_id).where(waybill.c.carrier_no == upper)
    box = _boxes(work, by_label)
    if box is not None:
        return Found(box, by_label=True)
    box = _boxes(work, select(parcel.c.id).where(parcel.c.public_id == upper))
    box = box or _of_orders(
        work, rules, or_(orders.c.external_no == text, orders.c.number == upper)
    )
    if box is not None:
        return Found(box)
    item = (
        _one_piece(work, rules, text) if rules.policy.pack_mode is PackMode.VERIFY_FIRST else None
    )
    if item is None:
        raise NothingPacksThis(read=text)
    return item


def _boxes(work: Work, which: Select[tuple[int]]) -> Row | None:
    """The parcel to pack among these: one still open before one that left, the newest."""
    found = work.rows(select(parcel).where(parcel.c.id.in_(which)).order_by(parcel.c.id))
    rows = [work.checked(parcel, row) for row in found if row["state"] != ParcelState.VOID]
    rows.sort(key=lambda row: (row["state"] == ParcelState.OPEN, row["verified_at"] is None))
    return rows[-1] if rows else None


def _of_orders(work: Work, rules: Rulebook, which: ColumnElement[bool]) -> Row | None:
    """The parcel of the one order so named where this person packs; None for none or several."""
    query = select(orders.c.id, orders.c.channel_id, orders.c.location_id).where(which)
    mine = [row["id"] for row in work.rows(query) if _may(work, rules, row)]
    if len(mine) != 1:
        return None
    return _boxes(work, select(parcel.c.id).where(parcel.c.order_id == mine[0]))


def _may(work: Work, rules: Rulebook, row: Row) -> bool:
    place = Place(row["channel_id"], row["location_id"])
    return sessions.may(work, rules, RIGHT, (place,))


def _one_piece(work: Work, rules: Rulebook, code: str) -> Found | None:
    """The order that has waited longest for exactly this one thing; rush orders first."""
    skus = [row["sku"] for row in products.by_code(work, code)]
    if not skus:
        return None
    query = (
        select(parcel.c.id.label("parcel_id"), orders)
        .join(orders, orders.c.id == parcel.c.order_id)
        .join(line, line.c.order_id == orders.c.id)
        .where(
            line.c.sku.in_(skus),
            line.c.cancelled == 0,
            orders.c["items"] == 1,
            orders.c.state == OrderState.ALLOCATED.value,
            orders.c.held == Held.NOT.value,
            orders.c.platform_cancelled == 0,
            parcel.c.state == ParcelState.OPEN.value,
            parcel.c.verified_at.is_(None),
        )
        .order_by(case((orders.c.kind == OrderKind.RUSH.value, 0), else_=1))
        .order_by(func.coalesce(orders.c.promise_at, LATE), orders.c.placed_at, orders.c.id)
        .limit(LOOKED_AT)
    )
    for row in work.rows(query):
        box = work.row(parcel, row["parcel_id"])
        pieces = packed.pieces_of(work, box, packed.lines_in(work, box), 1)
        free = not shippable.is_refund(work, work.row(orders, row["id"]))
        if free and check.is_one_piece(pieces) and _may(work, rules, row):
            return Found(box, by_item=pieces[0].sku)
    return None
