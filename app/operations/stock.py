"""Stock: counts, opening figures, and giving reservations back.

Every figure moves through the ledger of ``app.store.stock``; nothing sets one directly (F189).
"""

from app.commands.people import Created
from app.commands.stock import AddLocation, AdjustStock, OpenStock, Released, ReleaseLock
from app.domain.errors import BadValue, NotFound
from app.domain.listings import label_of
from app.domain.states import Held, LockKind
from app.operations import breakers
from app.operations.selling import terms_for
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events, intake_rows, selling, stock_ledger, stock_release
from app.store import stock as shelf
from app.store.seal import Row
from app.store.stock import Short, Terms, owed
from app.store.tables import line, location, orders
from app.store.work import Work

MOST = 1_000_000_000  # no shop holds more of one thing; a slip of the finger does


def adjust_stock(work: Work, ask: AdjustStock, rules: Rulebook) -> None:
    """Book a count. Fewer than are promised: the newest promises become exceptions."""
    if not 0 <= ask.counted <= MOST:
        raise BadValue(field="counted", value=str(ask.counted))
    if work.find(location, ask.location_id) is None:
        raise NotFound(what="location", id=str(ask.location_id))
    stock_ledger.check_product(work, ask.sku)
    cause = work.command_id or work.ids.next()
    count = stock_ledger.adjust(work, ask.sku, ask.location_id, ask.counted, cause)
    for order_id, quantity in count.uncovered:
        stop_short(work, rules, order_id, (Short(ask.sku, quantity, 0, closed=True),))
    if not count.uncovered:
        stock_came(work, rules, ask.sku)


def open_stock(work: Work, ask: OpenStock, rules: Rulebook) -> None:
    """Take in opening figures; a code that has one at this warehouse keeps it."""
    if work.find(location, ask.location_id) is None:
        raise NotFound(what="location", id=str(ask.location_id))
    for sku, _title, quantity, weight_g in ask.rows:
        if not sku.strip() or not 0 <= quantity <= MOST or not 0 <= weight_g <= MOST:
            raise BadValue(field="rows", value=sku)
    for sku in stock_ledger.open_stock(work, ask.location_id, ask.rows):
        sku_named(work, rules, sku)


def add_location(work: Work, ask: AddLocation, _rules: Rulebook) -> Created:
    """Add a warehouse."""
    if not ask.name.strip():
        raise BadValue(field="name", value="")
    return Created(stock_ledger.add_location(work, ask.name.strip()))


def release_lock(work: Work, ask: ReleaseLock, rules: Rulebook) -> Released:
    """Give back part of one reservation by its own id; a spent or made-up id is refused (F191).

    Where releases of its code are stopped it stays as it is, and the answer says so.
    """
    gate = breakers.release_gate(work, rules)
    order_id = stock_release.release(work, ask.lock_id, ask.quantity, gate=gate)
    if order_id:
        events.note(work, order_id, "stock_released", "warning", n=ask.quantity, reason=ask.reason)
    return Released(waits=not order_id)


def reserve(work: Work, rules: Rulebook, order_id: int, terms: Terms = shelf.FIRM) -> bool:
    """Reserve all an order still lacks, or nothing; True when everything is held.

    What is short stops a paid order with a case; a code that is known by nobody does too.
    """
    row = work.row(orders, order_id)
    lines = intake_rows.rows_of(work, line, order_id)
    unknown = {named(item) for item in lines if not item["sku_known"] and owed(item)}
    if unknown:
        stop_unknown(work, rules, row, sorted(unknown))
        return False
    short = shelf.hold(work, order_id, terms)
    if short:
        if terms.kind is LockKind.FIRM:
            stop_short(work, rules, order_id, short)
        return False
    go_on(work, order_id, "short_stock")
    return True


def named(item: Row) -> str:
    """What people know an item by that has no merchant code yet."""
    return label_of(item["sku"], item["title"], item["variant"])


def stop_short(work: Work, rules: Rulebook, order_id: int, short: tuple[Short, ...]) -> None:
    """Stop an order for what is not on the shelf: one case for each merchant code."""
    row = work.row(orders, order_id)
    for one in short:
        args: dict[str, str | int] = {"sku": one.said, "need": one.wanted, "have": one.available}
        _stop(work, rules, row, (("short_stock", one.sku), args | {"lacking": one.said}))
        events.note(work, order_id, "stock_short", "bad", **args)
    breakers.follow_shortage(work, rules, (one.sku for one in short))


def stop_unknown(work: Work, rules: Rulebook, row: Row, names: list[str]) -> None:
    """Stop an order whose items nobody has named as merchant codes."""
    for raw in names:
        _stop(work, rules, row, (("unknown_sku", raw), {"raw": raw, "sku": raw}))


def go_on(work: Work, order_id: int, kind: str) -> None:
    """Settle an order's cases of a kind and let go the lock they had put on it."""
    cases.settle_all(work, order_id, (kind,), "solved")
    row = work.row(orders, order_id)
    if row["held"] == Held.LOCKED and row["held_reason"] == kind:
        work.update(orders, order_id, held=Held.NOT.value, held_reason="")


def sku_named(work: Work, rules: Rulebook, sku: str) -> None:
    """Let the orders go on that waited for somebody to name this merchant code."""
    intake_rows.name_sku(work, sku)
    for case_id, order_id in intake_rows.waiting_for_sku(work, "unknown_sku", sku):
        cases.settle(work, case_id, "sku_named", work.actor.name)
        _retry(work, rules, order_id, "unknown_sku")
    stock_came(work, rules, sku)


def stock_came(work: Work, rules: Rulebook, sku: str) -> None:
    """Try again, oldest first, for the orders that are short of this merchant code."""
    for _case_id, order_id in intake_rows.waiting_for_sku(work, "short_stock", sku):
        _retry(work, rules, order_id, "short_stock")


def _retry(work: Work, rules: Rulebook, order_id: int, kind: str) -> None:
    row = work.row(orders, order_id)
    lines = intake_rows.rows_of(work, line, order_id)
    if kind == "unknown_sku" and any(not item["sku_known"] and owed(item) for item in lines):
        return
    if row["held"] == Held.LOCKED and row["held_reason"] == kind:
        work.update(orders, order_id, held=Held.NOT.value, held_reason="")
    law = selling.of_shop(work, row["channel_id"])
    terms = terms_for(rules, law, row["state"], work.now)
    if terms is not None:
        reserve(work, rules, order_id, terms)


def _stop(
    work: Work,
    rules: Rulebook,
    row: Row,
    why: tuple[tuple[str, str], dict[str, str | int]],
) -> None:
    (kind, subject), args = why
    notice = cases.Notice(
        kind,
        row["id"],
        row["channel_id"],
        subject=subject,
        args=args,
        amount=(row["total_minor"], row["currency"]),
    )
    cases.open_case(work, rules.cases, notice)
    if work.row(orders, row["id"])["held"] == Held.NOT:
        work.update(orders, row["id"], held=Held.LOCKED.value, held_reason=kind)


VERBS = (
    Verb(AdjustStock, adjust_stock, "stock.adjust", "stock_adjusted", reason=True),
    Verb(OpenStock, open_stock, "stock.adjust", "stock_opened"),
    Verb(AddLocation, add_location, "stock.adjust", "location_added"),
    Verb(ReleaseLock, release_lock, "stock.adjust", "lock_released", reason=True),
)
