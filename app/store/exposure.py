"""What is told to shops of a merchant code: what lies of it, who lists it, what was told last."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Label, and_, case, func, or_, select

from app.domain.breakers import Figures, Offer
from app.domain.bundles import Recipe
from app.store import bundles, outbox
from app.store.outbox import Effect
from app.store.seal import Row
from app.store.tables import channel, stock
from app.store.tables_breaker import listing_told
from app.store.tables_catalogue import listing
from app.store.work import CHUNK, Work


@dataclass(frozen=True, slots=True)
class Listed:
    """One listing that means a code: what one sold item of it takes from the shelf."""

    id: int
    channel_id: int
    platform: str
    ref: str
    sku_text: str
    takes: Recipe


def figures(work: Work, skus: Iterable[str]) -> dict[str, Figures]:
    """What lies of these codes; one that has no figure in any warehouse is not among them.

    What is reserved counts everywhere, what lies only where the code is open.
    """
    found: dict[str, Figures] = {}
    wanted = sorted(set(skus))
    for start in range(0, len(wanted), CHUNK):
        some = stock.c.sku.in_(wanted[start : start + CHUNK])
        query = select(stock.c.sku, *_sums()).where(some).group_by(stock.c.sku)
        for row in work.rows(query):
            found[row["sku"]] = Figures(int(row["physical"]), int(row["reserved"]))
    return found


def all_figures(work: Work) -> dict[str, Figures]:
    """What lies of every code that has a figure."""
    query = select(stock.c.sku, *_sums()).group_by(stock.c.sku)
    rows = work.rows(query)
    return {row["sku"]: Figures(int(row["physical"]), int(row["reserved"])) for row in rows}


def _sums() -> tuple[Label[int], Label[int]]:
    usable = case((stock.c.closed == 0, stock.c.physical), else_=stock.c.reserved)
    return func.sum(usable).label("physical"), func.sum(stock.c.reserved).label("reserved")


def listings_of(work: Work, sku: str) -> list[Listed]:
    """Every listing that takes a code, by itself or in a bundle, in the order of the shops."""
    codes = [sku, *bundles.using(work, sku)]
    parts = bundles.components_of(work, codes)
    means = or_(listing.c.sku.in_(codes), and_(listing.c.sku == "", listing.c.sku_text.in_(codes)))
    query = (
        select(listing, channel.c.platform)
        .join(channel, channel.c.id == listing.c.channel_id)
        .where(means, channel.c.state != "off")
        .order_by(listing.c.channel_id, listing.c.id)
    )
    found = []
    for row in work.rows(query):
        code, units = row["sku"] or row["sku_text"], row["units"] if row["sku"] else 1
        takes = {part: n * units for part, n in parts.get(code, ((code, 1),))}
        place = (row["id"], row["channel_id"], row["platform"], row["ref"], row["sku_text"])
        found.append(Listed(*place, takes))
    return found


def told_last(work: Work, listing_id: int) -> Row | None:
    """What a listing's shop was last told."""
    return work.find(listing_told, listing_id)


def is_overtaken(work: Work, effect: Row) -> bool:
    """Whether a listing's shop was told another figure after this one."""
    last = told_last(work, effect["object_id"])
    return last is not None and last["outbox_id"] != effect["id"]


def told_apart(work: Work) -> list[str]:
    """The codes that some shop was last told to sell less of than freely."""
    query = select(listing_told.c.sku).where(listing_told.c.offer != Offer.OPEN.value).distinct()
    return sorted(row["sku"] for row in work.rows(query))


def put(work: Work, to: Listed, sku: str, quantity: int, offer: Offer) -> int:
    """Tell a shop what it may sell of a listing, through the outbox; the effect's id.

    What was to be told before and has not left is taken back.
    """
    outbox.withdraw_older(work, outbox.STOCK, to.id)
    pk = work.ids.next()
    body = {"listing_ref": to.ref, "sku": to.sku_text, "quantity": quantity}
    effect = Effect(outbox.STOCK, f"stock-{to.id}-{pk}", to.channel_id, object_id=to.id, body=body)
    sent = outbox.put(work, effect)
    row: Row = {"channel_id": to.channel_id, "sku": sku, "quantity": quantity, "offer": offer.value}
    row |= {"outbox_id": sent, "at": work.now}
    if told_last(work, to.id) is None:
        work.insert(listing_told, {"listing_id": to.id, **row})
    else:
        work.update(listing_told, to.id, **row)
    work.mark("breakers")
    return sent
