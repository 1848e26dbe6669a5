"""What listings mean: one mapping mends every waiting order of the listing, and can be undone.

The first orders are brought in line within the command; where thousands wait, the rest follows in
small pieces, and the listing stays marked `behind` until the last one is done. Orders the
warehouse has are left as they were packed.
"""

from app.commands.catalogue import MapListing, Mended, UnmapListing
from app.domain.errors import BadValue
from app.domain.errors_catalogue import EditedMeanwhile, ProductRetired
from app.domain.listings import label_of
from app.domain.states import Held, IntakeState
from app.operations import intake, stock
from app.operations.intake_change import settle_stock
from app.operations.intake_read import Ground
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events, intake_rows, listings, products, stock_release
from app.store.seal import Row
from app.store.stock import owed
from app.store.tables import line, orders
from app.store.tables_catalogue import listing
from app.store.work import Work

AT_ONCE = 100
MOST_UNITS = 10_000


def map_listing(work: Work, ask: MapListing, rules: Rulebook) -> Mended:
    """Say which merchant code a listing is; its waiting orders go on."""
    row = _as_seen(work, ask.listing_id, ask.was, ask.sku)
    if not 1 <= ask.units <= MOST_UNITS:
        raise BadValue(field="units", value=str(ask.units))
    meant = products.of_sku(work, ask.sku)
    if meant["state"] != "active":
        raise ProductRetired(sku=ask.sku)
    return _mean(work, rules, row, {"sku": ask.sku, "units": ask.units})


def unmap_listing(work: Work, ask: UnmapListing, rules: Rulebook) -> Mended:
    """Take a mapping back; orders the warehouse does not have yet wait again."""
    row = _as_seen(work, ask.listing_id, ask.was, "")
    return _mean(work, rules, row, {"sku": "", "units": 1})


def catch_up(work: Work, rules: Rulebook, limit: int) -> int:
    """Bring some more orders of a listing that is behind in line; how many there were."""
    for row in listings.behind(work):
        done = bring_in_line(work, rules, row, limit).orders
        work.tell("listing_caught_up", "listing", row["id"], n=done)
        return done or 1
    return 0


def bring_in_line(work: Work, rules: Rulebook, row: Row, limit: int) -> Mended:
    """Tell the waiting orders of a listing what it means now, at most ``limit`` of them."""
    known = bool(row["sku_text"]) and products.find_sku(work, row["sku_text"]) is not None
    waiting = listings.out_of_line(work, listings.meant(row, known))
    ground = intake.ground_of(work, rules, row["channel_id"])
    for order_id in waiting[:limit]:
        tell_anew(work, ground, order_id)
    left = len(waiting[limit:])
    work.update(listing, row["id"], behind=int(left > 0))
    work.mark("listings", row["id"])
    return Mended(len(waiting[:limit]), left)


def tell_anew(work: Work, ground: Ground, order_id: int) -> None:
    """Read an order's items by what their listings mean now; its stock and cases follow."""
    row = work.row(orders, order_id)
    for item in intake_rows.rows_of(work, line, order_id):
        _tell_item(work, item)
    lines = intake_rows.rows_of(work, line, order_id)
    unknown = sorted({stock.named(i) for i in lines if not i["sku_known"] and owed(i)})
    _settle_named(work, order_id, unknown)
    if unknown and row["state"] in listings.OPEN and row["intake"] == IntakeState.BOOKED:
        stock.stop_unknown(work, ground.rules, work.row(orders, order_id), unknown)
    elif not unknown:
        settle_stock(work, ground, order_id)
    work.mark("orders", order_id)


def _tell_item(work: Work, item: Row) -> None:
    found = work.find(listing, item["listing_id"]) if item["listing_id"] else None
    if found is None:
        return
    known = found["sku_text"] and products.find_sku(work, found["sku_text"]) is not None
    means = listings.meant(found, bool(known))
    values = {"sku": means.sku, "units": means.units, "sku_known": int(means.known)}
    if all(item[name] == value for name, value in values.items()):
        return
    if item["sku_known"]:
        stock_release.trim(work, item, 0)
    work.update(line, item["id"], item["version"], **values)
    label = label_of(found["sku_text"], found["title"], found["variant"])
    kind = ("item_mapped", "good") if means.known else ("item_unmapped", "warning")
    events.note(work, item["order_id"], *kind, listing=label, sku=means.sku)


def _settle_named(work: Work, order_id: int, unknown: list[str]) -> None:
    """Close the cases about items that have a merchant code now, and the lock they had put on."""
    for case_id, subject in cases.open_of(work, order_id, "unknown_sku"):
        if subject not in unknown:
            cases.settle(work, case_id, "mapped", work.actor.name)
    row = work.row(orders, order_id)
    if not unknown and row["held"] == Held.LOCKED and row["held_reason"] == "unknown_sku":
        work.update(orders, order_id, held=Held.NOT.value, held_reason="")


def _as_seen(work: Work, listing_id: int, was: str, wanted: str) -> Row:
    """The listing, unless somebody mapped it meanwhile: both sides are named then."""
    row = work.row(listing, listing_id)
    if row["sku"] != was:
        raise EditedMeanwhile(
            what=label_of(row["sku_text"], row["title"], row["variant"]),
            by=row["mapped_by"],
            field="sku",
            yours=wanted or was,
            theirs=row["sku"],
        )
    return row


def _mean(work: Work, rules: Rulebook, row: Row, meaning: Row) -> Mended:
    by: Row = {"mapped_by": work.actor.name, "mapped_at": work.now, "behind": 1}
    work.update(listing, row["id"], row["version"], **meaning, **by)
    return bring_in_line(work, rules, work.row(listing, row["id"]), AT_ONCE)


VERBS = (
    Verb(MapListing, map_listing, "catalogue.edit", "listing_mapped"),
    Verb(UnmapListing, unmap_listing, "catalogue.edit", "listing_unmapped"),
)
