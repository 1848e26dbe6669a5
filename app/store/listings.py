"""Listings: what shops sell, learned from their orders and lists, and the codes they mean."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_, select, update

from app.domain.listings import key_of
from app.domain.states import OrderState
from app.store.seal import Row
from app.store.tables import line, orders
from app.store.tables_catalogue import listing, product
from app.store.work import CHUNK, Work

OPEN = (OrderState.AWAITING_PAYMENT.value, OrderState.PAID.value)
"""Orders whose items may still be told anew: the warehouse does not have them yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """A listing as a shop tells of it; ``at`` is the platform's own time, UTC ms."""

    ref: str
    sku_text: str
    title: str
    variant: str
    at: int = 0
    barcode: str = ""

    @property
    def key(self) -> str:
        """What tells it apart in its shop."""
        return key_of(self.ref, self.sku_text, self.title, self.variant)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a line of a listing is: a merchant code, how many of it, and whether it is known."""

    listing_id: int
    sku: str
    units: int = 1
    known: bool = False


def meant(row: Row, known: bool, text: str | None = None) -> Meant:
    """What a listing means: the mapping a person made, or else its own merchant code."""
    if row["sku"]:
        return Meant(row["id"], row["sku"], row["units"], True)
    return Meant(row["id"], row["sku_text"] if text is None else text, 1, known)


class Listings:
    """The listings of one shop that a batch speaks of; new ones are learned."""

    def __init__(self, work: Work, channel_id: int, told: Iterable[Told]) -> None:
        self._work, self._channel_id = work, channel_id
        newest: dict[str, Told] = {}
        for one in told:
            if one.key not in newest or newest[one.key].at <= one.at:
                newest[one.key] = one
        self.new = self.changed = 0
        self._rows = _rows(work, channel_id, list(newest))
        self._learn(newest)

    def row(self, told: Told) -> Row:
        """The listing's row."""
        return self._rows[told.key]

    def mapped(self) -> set[str]:
        """The merchant codes that persons mapped these listings to."""
        return {row["sku"] for row in self._rows.values() if row["sku"]}

    def _learn(self, newest: dict[str, Told]) -> None:
        fresh: list[Row] = []
        for key, one in newest.items():
            values = {
                "ref": one.ref,
                "sku_text": one.sku_text,
                "title": one.title[:400],
                "variant": one.variant[:400],
            }
            values |= {"barcode": one.barcode} if one.barcode else {}
            standing = self._rows.get(key)
            if standing is None:
                row = {"id": self._work.ids.next(), "channel_id": self._channel_id, "key": key}
                fresh.append(row | values | {"seen_at": one.at, "sku": "", "units": 1})
                self._rows[key] = fresh[-1]
            elif one.at >= standing["seen_at"]:
                self._refresh(standing, values, one.at)
        self._work.insert(listing, *fresh)
        self._work.mark("listings", *(row["id"] for row in fresh))
        self.new = len(fresh)

    def _refresh(self, standing: Row, values: Row, at: int) -> None:
        changed = {name: value for name, value in values.items() if standing[name] != value}
        if not changed:
            return
        self._work.update(listing, standing["id"], seen_at=at, **changed)
        self._work.mark("listings", standing["id"])
        standing |= changed
        self.changed += 1


def _rows(work: Work, channel_id: int, keys: list[str]) -> dict[str, Row]:
    found = {}
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        query = select(listing).where(listing.c.channel_id == channel_id, listing.c.key.in_(some))
        for row in work.rows(query):
            found[row["key"]] = work.checked(listing, row)
    return found


def known_codes(work: Work, skus: Iterable[str]) -> set[str]:
    """The merchant codes among these that are products of ours."""
    wanted, known = sorted(set(skus)), set[str]()
    for start in range(0, len(wanted), CHUNK):
        query = select(product.c.sku).where(product.c.sku.in_(wanted[start : start + CHUNK]))
        known.update(row["sku"] for row in work.rows(query))
    return known


def out_of_line(work: Work, means: Meant, limit: int = 0) -> list[int]:
    """The orders whose items of a listing are told otherwise than it means now, oldest first.

    Only such as the warehouse does not have yet; ``limit`` 0 gives all of them.
    """
    query = (
        select(line.c.order_id)
        .join(orders, orders.c.id == line.c.order_id)
        .where(
            line.c.listing_id == means.listing_id,
            orders.c.state.in_(OPEN),
            or_(
                line.c.sku != means.sku,
                line.c.units != means.units,
                line.c.sku_known != int(means.known),
            ),
        )
        .distinct()
        .order_by(line.c.order_id)
    )
    return [row["order_id"] for row in work.rows(query.limit(limit) if limit else query)]


def behind(work: Work, limit: int = 1) -> list[Row]:
    """Listings whose waiting orders are still to be brought in line."""
    query = select(listing).where(listing.c.behind == 1).order_by(listing.c.id).limit(limit)
    return [work.checked(listing, row) for row in work.rows(query)]


def fall_behind(work: Work, skus: Iterable[str]) -> None:
    """Say of the unmapped listings told under these codes that their orders may go on now."""
    wanted = sorted(set(skus))
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        unmapped = and_(listing.c.sku_text.in_(some), listing.c.sku == "", listing.c.behind == 0)
        found = [row["id"] for row in work.rows(select(listing.c.id).where(unmapped))]
        if found:
            work.execute(update(listing).where(listing.c.id.in_(found)).values(behind=1))
            work.touch(listing, *found)
