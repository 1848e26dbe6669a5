"""What shops' platforms said is there of each listing, and when: pictures of a moment, no holds.

Nothing here is a reservation and nothing is decided by it (F125): a platform's figure is old the
moment it is told. Goods are held by app.store.stock alone.
"""

from collections.abc import Mapping

from sqlalchemy import select

from app.store.tables_catalogue import listing
from app.store.tables_sync import shop_stock
from app.store.work import CHUNK, Work


def put(work: Work, channel_id: int, told: Mapping[str, int | None]) -> int:
    """Keep what a shop says is there, by the listings' keys; how many listings of ours it named.

    None is a listing whose shop does not count it.
    """
    found: dict[int, int | None] = {}
    keys = list(told)
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        query = select(listing.c.id, listing.c.key).where(
            listing.c.channel_id == channel_id, listing.c.key.in_(some)
        )
        found |= {row["id"]: told[row["key"]] for row in work.rows(query)}
    for listing_id in found:
        work.execute(shop_stock.delete().where(shop_stock.c.listing_id == listing_id))
    rows = [
        {"listing_id": pk, "channel_id": channel_id, "quantity": quantity, "at": work.now}
        for pk, quantity in found.items()
    ]
    if rows:
        work.insert(shop_stock, *rows)
        work.mark("shop_stock")
    return len(rows)
