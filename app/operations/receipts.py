"""Goods come in: by lot, under the supplier's paper number, and each paper once (F257)."""

from datetime import date

from app.commands.receipts import LotReceived, Received, ReceiveGoods
from app.domain.errors import BadValue, NotFound
from app.domain.errors_receipts import PaperTaken
from app.operations import stock
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import receipts, stock_ledger
from app.store.receipts import Lot, Paper
from app.store.tables import location
from app.store.work import Work

LONGEST = 100  # characters of a supplier's name, a paper's and a lot's number
MOST_LOTS = 500


def receive_goods(work: Work, ask: ReceiveGoods, rules: Rulebook) -> Received:
    """Take in a delivery, all of it or nothing; orders that waited for its goods go on.

    Raises:
        PaperTaken: the same supplier's paper was taken in before.
        BadValue: no supplier, paper or unit, a date that is none, or a lot told twice.
        NotFound: a warehouse or merchant code nobody knows.
    """
    paper = Paper(ask.supplier.strip(), ask.paper_no.strip(), ask.location_id)
    if not 0 < len(paper.supplier) <= LONGEST:
        raise BadValue(field="supplier", value=paper.supplier[:LONGEST])
    if not 0 < len(paper.paper_no) <= LONGEST:
        raise BadValue(field="paper_no", value=paper.paper_no[:LONGEST])
    if work.find(location, ask.location_id) is None:
        raise NotFound(what="location", id=str(ask.location_id))
    lots = [_checked(work, one) for one in ask.lots]
    if not 0 < len(lots) <= MOST_LOTS or len({(one.sku, one.lot_no) for one in lots}) < len(lots):
        raise BadValue(field="lots", value=str(len(lots)))
    before = receipts.find(work, paper)
    if before is not None:
        no, number = before["paper_no"], before["number"]
        raise PaperTaken(supplier=before["supplier"], paper_no=no, number=number)
    row = receipts.put(work, paper, lots)
    for sku in sorted({one.sku for one in lots}):
        stock.stock_came(work, rules, sku)
    return Received(row["id"], row["number"], sum(one.quantity for one in lots))


def _checked(work: Work, told: LotReceived) -> Lot:
    if not 0 < told.quantity <= stock.MOST:
        raise BadValue(field="quantity", value=str(told.quantity))
    lot_no = told.lot_no.strip()
    if len(lot_no) > LONGEST:
        raise BadValue(field="lot_no", value=lot_no[:LONGEST])
    stock_ledger.check_product(work, told.sku)
    return Lot(told.sku, lot_no, _day(told.expires_on.strip()), told.quantity)


def _day(text: str) -> str:
    """A day of the calendar as 2027-02-16, or "" for none. Raises BadValue."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise BadValue(field="expires_on", value=text[:LONGEST]) from None


VERBS = (Verb(ReceiveGoods, receive_goods, "stock.adjust", "goods_received"),)
