"""What becomes of an order's parcels when numbers got elsewhere are given to them.

A plan changes nothing. It is made for the preview, and made again in the transaction that writes,
so that what was agreed to is what is done, or the row is refused with what came between.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.commands.numbers import GivenNumber, Said
from app.domain.errors import BadWaybillNumber, NotInState
from app.domain.guards import Facts, check
from app.domain.order import Order, Parcel
from app.domain.states import Machine, ParcelState, WaybillState
from app.operations.number_rows import is_rounded
from app.rulebook import Rulebook
from app.store import orders as book
from app.store import outbox as sent
from app.store.seal import Row
from app.store.tables import line, orders, parcel_line, waybill
from app.store.tables_record import outbox
from app.store.work import Work

TYPES = "waybill.type_manual"
NEW, CHANGE, TOLD, SAME = "new", "change", "told", "same"
GIVES = (NEW, CHANGE, TOLD)
BY_HAND = ":0"
"""How the account of a number ends that Waydesk did not buy."""
ON_ITS_WAY = ("leased", "unknown")
Why = tuple[str, dict[str, Said]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of one given number.

    Attributes:
        box: the parcel it is for; 0 for one that is to be made of a split.
        label: the waybill whose place it takes; 0 for none.
        before: that one's number, or the one its platform was told.
    """

    given: GivenNumber
    verdict: str
    box: int = 0
    label: int = 0
    before: str = ""
    said: dict[str, Said] = field(default_factory=dict)

    @property
    def gives(self) -> bool:
        """Whether a parcel gets a number by it."""
        return self.verdict in GIVES


@dataclass(frozen=True, slots=True)
class Standing:
    """An order as it stands: what is in its boxes, and which numbers they bear."""

    row: Row
    facts: Order
    inside: dict[int, Counter[str]]
    labels: dict[int, Row]

    @property
    def boxes(self) -> tuple[Parcel, ...]:
        """Its parcels that were not given up."""
        return self.facts.boxes


def plan_order(
    work: Work, rules: Rulebook, order_id: int, given: Sequence[GivenNumber]
) -> list[Plan]:
    """What becomes of every number given for one order; all of them, or none with a reason."""
    standing = stand(work, order_id)
    once = _merged(given)
    paired = _paired(standing, once)
    if isinstance(paired, str):
        return [Plan(one, paired, said=_lacking(standing, once)) for one in once]
    plans = [_plan(work, rules, standing, one, box) for one, box in paired]
    if all(plan.gives or plan.verdict == SAME for plan in plans):
        return plans
    # No half orders: a parcel whose sister cannot go waits for it.
    return [plan if not plan.gives else Plan(plan.given, "other_parcel") for plan in plans]


def stand(work: Work, order_id: int) -> Standing:
    """Read an order with its parcels; every row's seal is checked."""
    row, facts = book.view(work, order_id)
    ids = [box.parcel_id for box in facts.boxes]
    inside = {pk: Counter[str]() for pk in ids}
    held = (
        select(parcel_line.c.parcel_id, line.c.sku, parcel_line.c.quantity)
        .join(line, line.c.id == parcel_line.c.line_id)
        .where(parcel_line.c.parcel_id.in_(ids))
    )
    for one in work.rows(held):
        inside[one["parcel_id"]][one["sku"]] += one["quantity"]
    labels = {
        one["parcel_id"]: one
        for one in book.sealed(work, waybill, order_id)
        if WaybillState(one["state"]).is_open
    }
    return Standing(row, facts, inside, labels)


def told_of(work: Work, order_id: int, box: int) -> Row | None:
    """The newest upload of a parcel's number, None where there never was one."""
    found = [
        one
        for one in book.sealed(work, outbox, order_id)
        if one["kind"] == "ship_writeback" and one["object_id"] == box
    ]
    return found[-1] if found else None


def holder_of(work: Work, number: str, order_id: int, *, label: int = 0) -> Row | None:
    """The waybill of another parcel that bears this number, as far as it may not give it up."""
    query = select(waybill).where(waybill.c.carrier_no == number)
    for row in work.rows(query.order_by(waybill.c.id)):
        if row["id"] != label and not may_let_go(work, row, order_id):
            return work.checked(waybill, row)
    return None


def may_let_go(work: Work, row: Row, order_id: int) -> bool:
    """Whether a number was typed, taken back, and nobody but its own order ever heard of it."""
    if row["state"] != WaybillState.VOIDED or not row["carrier_account"].endswith(BY_HAND):
        return False
    return row["order_id"] == order_id or not sent.knows(work, f"SHIP-{row['intent_key']}")


def order_no(work: Work, order_id: int) -> str:
    """An order by the number people know it by."""
    row = work.row(orders, order_id)
    return str(row["external_no"] or row["number"])


# --- inside -----------------------------------------------------------------------------------


def _merged(given: Iterable[GivenNumber]) -> list[GivenNumber]:
    """One entry a number: rows that share it say together what is in its parcel."""
    found: dict[str, GivenNumber] = {}
    for one in given:
        first = found.get(one.number)
        if first is None:
            found[one.number] = one
            continue
        items = (*first.items, *one.items)
        found[one.number] = GivenNumber(
            first.row, first.order_id, first.courier, first.number, first.before, items
        )
    return list(found.values())


def _wanted(one: GivenNumber) -> Counter[str]:
    total: Counter[str] = Counter()
    for sku, quantity in one.items:
        total[sku] += quantity
    return total


def _paired(
    standing: Standing, given: Sequence[GivenNumber]
) -> list[tuple[GivenNumber, Parcel | None]] | str:
    """Which number is for which parcel; the reason where nobody can tell."""
    boxes = list(standing.boxes)
    if not boxes:
        return "no_parcel"
    if len(given) == len(boxes) == 1:
        wanted = _wanted(given[0])
        whole = not wanted or wanted == standing.inside[boxes[0].parcel_id]
        return [(given[0], boxes[0])] if whole else "items_differ"
    if len(boxes) == 1:
        return _split(standing, given)
    pairs: list[tuple[GivenNumber, Parcel | None]] = []
    for one in given:
        box = next((b for b in boxes if _fits(standing, one, b)), None)
        if box is None:
            return "which_parcel"
        boxes.remove(box)
        pairs.append((one, box))
    return pairs


def _fits(standing: Standing, one: GivenNumber, box: Parcel) -> bool:
    label = standing.labels.get(box.parcel_id)
    if label is not None and label["carrier_no"] == one.number:
        return True
    return bool(one.items) and _wanted(one) == standing.inside[box.parcel_id]


def _split(
    standing: Standing, given: Sequence[GivenNumber]
) -> list[tuple[GivenNumber, Parcel | None]] | str:
    """One parcel is to become several: together they must hold what is in it, no less, no more."""
    box = standing.boxes[0]
    if box.waybill is not None or box.state is not ParcelState.OPEN:
        return "split_late"
    if not all(one.items for one in given):
        return "split_unsaid"
    together = sum((_wanted(one) for one in given), Counter[str]())
    if together != standing.inside[box.parcel_id]:
        return "items_differ"
    return [(one, box if at == 0 else None) for at, one in enumerate(given)]


def _lacking(standing: Standing, given: Sequence[GivenNumber]) -> dict[str, Said]:
    """What the sentence of a refused order needs: what is in its parcels, how many numbers."""
    total = sum(standing.inside.values(), Counter[str]())
    inside = ", ".join(f"{sku} × {n}" for sku, n in sorted(total.items()))[:200]
    return {"n": len(given), "inside": inside, "state": standing.row["state"]}


def _plan(
    work: Work, rules: Rulebook, standing: Standing, one: GivenNumber, box: Parcel | None
) -> Plan:
    place = box.parcel_id if box else 0
    label = standing.labels.get(place)
    carrier = label["carrier_account"].partition(":")[0] if label else ""
    if label is not None and (label["carrier_no"], carrier) == (one.number, one.courier):
        return Plan(one, SAME, place, label["id"], one.number)
    verdict, said = _refusal(work, rules, standing, one, label)
    if verdict:
        return Plan(one, verdict, place, said=said)
    before = str(label["carrier_no"]) if label else ""
    earlier = told_of(work, standing.row["id"], place) if place else None
    verdict = CHANGE if label else NEW
    if earlier is not None:
        verdict, before = _retold(rules, earlier), before or _number_of(work, earlier)
    return Plan(one, verdict, place, label["id"] if label else 0, before)


def _retold(rules: Rulebook, earlier: Row) -> str:
    """What becomes of a number that takes the place of one its platform was told."""
    if earlier["state"] in ON_ITS_WAY:
        return "being_told"
    return "read_only" if rules.policy.read_only else TOLD


def _number_of(work: Work, effect: Row) -> str:
    return str(sent.body_of(work, effect).get("waybill_no", ""))


def _refusal(
    work: Work, rules: Rulebook, standing: Standing, one: GivenNumber, label: Row | None
) -> Why:
    """Why a parcel may not get this number; "" for nothing against it."""
    why = _misformed(rules, one) or _kept(label)
    if why:
        return why, {"before": (label or {}).get("carrier_no") or ""}
    holder = holder_of(work, one.number, one.order_id, label=label["id"] if label else 0)
    if holder is not None:
        return "number_taken", {"other": order_no(work, holder["order_id"])}
    return _not_now(rules, standing, label)


def _misformed(rules: Rulebook, one: GivenNumber) -> str:
    """What is wrong with the number itself."""
    try:
        rules.waybill_numbers.accept(one.courier, one.number)
    except BadWaybillNumber:
        if not rules.waybill_numbers.knows(one.courier):
            return "no_form"
        return "number_rounded" if is_rounded(one.number) else "bad_number"
    return ""


def _kept(label: Row | None) -> str:
    """Why the number a parcel bears stays: it is being asked for, or was bought here."""
    if label is None:
        return ""
    if label["state"] != WaybillState.LIVE:
        return "label_open"
    return "" if label["carrier_account"].endswith(BY_HAND) else "bought"


def _not_now(rules: Rulebook, standing: Standing, label: Row | None) -> Why:
    """What the lifecycle has against it: no such step from here, or a guard's missing proof."""
    logistics = standing.facts.logistics.value
    # A parcel of a split may be the second of its order to get one.
    again = label is not None or any(box.waybill is not None for box in standing.boxes)
    action = "change_number" if again and logistics != "none" else "type_number"
    try:
        step = rules.lifecycle.step(Machine.LOGISTICS, logistics, action)
    except NotInState:
        return "on_its_way", {"state": logistics}
    missing = check(step.guards, Facts(standing.facts, rules.policy))
    return ("blocked", {"missing": missing[0].key}) if missing else ("", {})
