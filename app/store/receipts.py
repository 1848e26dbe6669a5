"""Deliveries in the book: what came, by whose paper, and into which figures it went."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.store import stock_ledger
from app.store.seal import Row
from app.store.tables_receipt import lot, receipt
from app.store.work import Work

CAUSE = "receipt"


@dataclass(frozen=True, slots=True)
class Paper:
    """A supplier's paper: who sent the goods, its number there, and where they were put."""

    supplier: str
    paper_no: str
    location_id: int

    @property
    def key(self) -> str:
        """What tells it from every other paper, however it was typed."""
        return f"{self.supplier.casefold()}\x1f{self.paper_no.casefold()}"


@dataclass(frozen=True, slots=True)
class Lot:
    """Units of a merchant code that share a lot number and an expiry date ("" where none)."""

    sku: str
    lot_no: str
    expires_on: str
    quantity: int


def find(work: Work, paper: Paper) -> Row | None:
    """The receipt of this paper, or None where it was not taken in yet."""
    found = work.rows(select(receipt).where(receipt.c.paper_key == paper.key))
    return work.checked(receipt, found[0]) if found else None


def put(work: Work, paper: Paper, lots: Iterable[Lot]) -> Row:
    """Write a delivery and raise the stock by each lot, in the ledger under the lot's id."""
    pk = work.ids.next()
    row: Row = {
        "id": pk,
        "number": f"R{pk}",
        "supplier": paper.supplier,
        "paper_no": paper.paper_no,
        "paper_key": paper.key,
        "location_id": paper.location_id,
        "at": work.now,
        "by": work.actor.name,
    }
    work.insert(receipt, row)
    for one in sorted(lots, key=lambda each: (each.sku, each.lot_no)):
        lot_id = work.ids.next()
        told = {"sku": one.sku, "lot_no": one.lot_no, "expires_on": one.expires_on}
        work.insert(lot, {"id": lot_id, "receipt_id": pk, "quantity": one.quantity, **told})
        cause = (CAUSE, lot_id)
        stock_ledger.bring_in(work, one.sku, (paper.location_id, one.quantity), cause)
    work.mark("receipts", pk)
    return row
