"""What buyers sent back is looked at: sellable, damaged, or back to the supplier (F254).

Nothing that is under way to us counts: only what somebody held in hand and called sellable is on
the shelf again, and no more of an item than had left.
"""

from app.commands.inspection import Inspected, InspectReturn, Shelved
from app.domain.errors import BadValue, NotFound
from app.operations import stock
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import events, inspections
from app.store.seal import Row
from app.store.tables import location, orders
from app.store.work import Work

NAMES = ("sellable", "damaged", "supplier")


def inspect_return(work: Work, ask: InspectReturn, rules: Rulebook) -> Shelved:
    """Keep what came back, all of it or nothing; orders that waited for the goods go on.

    Raises:
        BadValue: not an item of this order, one nobody has named, none, or more than had left.
        NotFound: an order or a warehouse nobody knows.
    """
    work.row(orders, ask.order_id)
    if work.find(location, ask.location_id) is None:
        raise NotFound(what="location", id=str(ask.location_id))
    if not ask.items:
        raise BadValue(field="items", value="")
    shelved: dict[str, int] = {}
    for told in ask.items:
        item = _checked(work, ask.order_id, told)
        row: Row = {"location_id": ask.location_id, "reason": ask.reason}
        row |= {"sellable": told.sellable, "damaged": told.damaged, "supplier": told.supplier}
        for sku, units in inspections.put(work, item, row).items():
            shelved[sku] = shelved.get(sku, 0) + units
    for sku in sorted(shelved):
        stock.stock_came(work, rules, sku)
    sums = {name: sum(getattr(one, name) for one in ask.items) for name in NAMES}
    events.note(work, ask.order_id, "return_inspected", **sums)
    work.mark("orders", ask.order_id)
    return Shelved(sum(shelved.values()))


def _checked(work: Work, order_id: int, told: Inspected) -> Row:
    item = inspections.item_of(work, order_id, told.line_id)
    if item is None or not item["sku_known"]:
        raise BadValue(field="line_id", value=str(told.line_id))
    some = [getattr(told, name) for name in NAMES]
    left = item["shipped"] - inspections.seen(work, told.line_id)
    if min(some) < 0 or not 0 < sum(some) <= left:
        raise BadValue(field="quantity", value=str(sum(some)))
    return item


VERBS = (Verb(InspectReturn, inspect_return, "stock.adjust", "return_inspected", reason=True),)
