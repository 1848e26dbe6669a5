"""The packing check: a parcel is opened, each thing scanned into it, and the box closed.

Who, when and where stand beside every scan, also beside those that counted nothing.
"""

from dataclasses import dataclass

import msgspec

from app.commands.packing import (
    FinishPacking,
    ForcePacking,
    OpenParcel,
    PackAgain,
    Packing,
    PutParcelAside,
    ScanItem,
    SeeMemo,
)
from app.domain.errors_packing import PackingIncomplete
from app.domain.packing import COUNTED, Outcome, PackMode, PackState, is_one_piece, judge, missing
from app.domain.scan_codes import is_same, plain
from app.domain.states import ShipTrigger
from app.operations import packing_bench, packing_find, packing_gate, print_queue, shipping
from app.operations.packing_bench import Bench, Scan
from app.operations.packing_find import Found
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events, packed
from app.store.cases import Notice
from app.store.seal import Row
from app.store.tables import orders, print_job
from app.store.work import Work

PROBLEM = "pack_problem"
ENDS = {Outcome.FINISHED: PackState.VERIFIED, Outcome.FORCED: PackState.FORCED}


def open_parcel(work: Work, ask: OpenParcel, rules: Rulebook) -> Packing:
    """Begin or go on with the check of a parcel; one that is over says who closed it, and when.

    A parcel of a single thing is closed by this scan alone, of its label or, where the shop
    verifies first, of the thing itself.
    """
    found = packing_find.parcel_of(work, rules, ask.code)
    packing_bench.refuse_gone(work, found.box)
    shipping.refuse_stopped(work, found.box["order_id"])
    bench = packing_bench.begin(work, found.box, packing_bench.station_of(work, ask.station))
    if bench.state.is_over:
        packing_bench.note(work, bench, Scan(Outcome.ALREADY, ask.code))
        return packing_bench.answer(work, bench, Outcome.ALREADY)
    if bench.state is PackState.ASIDE:
        bench = packing_bench.changed(
            work, bench, state=PackState.OPEN.value, closed_at=None, reason=""
        )
        cases.settle_all(work, bench.order["id"], (PROBLEM,), "packed_again")
    if not is_one_piece(bench.pieces) or not _is_whole_by(rules, found):
        packing_bench.note(work, bench, Scan(Outcome.OPENED, ask.code))
        return packing_bench.answer(work, bench, Outcome.OPENED)
    (piece,) = [one for one in bench.pieces if one.wanted]
    packing_bench.note(work, bench, Scan(Outcome.COMPLETE, ask.code, {piece.sku: piece.left}))
    label = _label_scanned(work, bench, ask.code if found.by_label else "")
    return _close(work, rules, packing_bench.again(work, bench), End(Outcome.FINISHED, label))


def scan_item(work: Work, ask: ScanItem, _rules: Rulebook) -> Packing:
    """Say what a scanned item is to this box; only what belongs in it counts."""
    bench = packing_bench.open_bench(work, ask.parcel_id, ask.station)
    shipping.refuse_stopped(work, bench.order["id"])
    takes = packed.taken_by(work, ask.code, bench.pieces, bench.items)
    code = plain(ask.code)
    last = packed.last_counted(work, bench.box["id"], bench.check["round"], code)
    outcome = judge(bench.pieces, takes, None if last is None else ask.read_at - last)
    counts = takes if outcome in COUNTED else dict.fromkeys(list(takes)[:1] or [""], 0)
    packing_bench.note(work, bench, Scan(outcome, ask.code, counts, ask.read_at))
    sku = next(iter(takes), "")
    done = packing_bench.answer(work, packing_bench.again(work, bench), outcome)
    title = packing_bench.name_of(work, bench, code, sku)
    return msgspec.structs.replace(done, sku=sku, title=title)


def finish_packing(work: Work, ask: FinishPacking, rules: Rulebook) -> Packing:
    """Close a box whose every item was scanned. Raises PackingIncomplete naming what is missing."""
    bench = packing_bench.open_bench(work, ask.parcel_id, ask.station)
    shipping.refuse_stopped(work, bench.order["id"])
    if missing(bench.pieces):
        raise PackingIncomplete(
            order_no=bench.order["external_no"],
            missing=packing_bench.missing_text(work, bench),
            n=missing(bench.pieces),
        )
    packing_bench.note(work, bench, Scan(Outcome.FINISHED, ask.code))
    return _close(work, rules, bench, End(Outcome.FINISHED, _label_scanned(work, bench, ask.code)))


def force_packing(work: Work, ask: ForcePacking, rules: Rulebook) -> Packing:
    """Close a box though things are missing, in somebody's name and with a reason.

    A refund, a hold or an unread memo stops it all the same.
    """
    bench = packing_bench.open_bench(work, ask.parcel_id, ask.station)
    shipping.refuse_stopped(work, bench.order["id"])
    packing_bench.note(work, bench, Scan(Outcome.FORCED))
    lacks = packing_bench.missing_text(work, bench)
    events.note(work, bench.order["id"], "pack_forced", "warning", missing=lacks, why=ask.reason)
    return _close(work, rules, bench, End(Outcome.FORCED, reason=ask.reason))


def put_parcel_aside(work: Work, ask: PutParcelAside, rules: Rulebook) -> Packing:
    """Stop packing a parcel; an exception names what is missing and why."""
    bench = packing_bench.open_bench(work, ask.parcel_id, ask.station)
    order = bench.order
    args = {
        "missing": packing_bench.missing_text(work, bench),
        "why": ask.reason,
        "station": bench.station,
    }
    subject = bench.box["public_id"]
    notice = Notice(PROBLEM, order["id"], order["channel_id"], subject=subject, args=args)
    cases.open_case(work, rules.cases, notice)
    packing_bench.note(work, bench, Scan(Outcome.ASIDE))
    bench = packing_bench.changed(
        work, bench, state=PackState.ASIDE.value, closed_at=work.now, reason=ask.reason
    )
    events.note(work, order["id"], "pack_aside", "bad", missing=args["missing"], why=ask.reason)
    return packing_bench.answer(work, bench, Outcome.ASIDE)


def pack_again(work: Work, ask: PackAgain, _rules: Rulebook) -> Packing:
    """Count a box from the beginning; what was scanned before stays in the record."""
    bench = packing_bench.open_bench(work, ask.parcel_id, ask.station)
    packing_bench.note(work, bench, Scan(Outcome.AGAIN))
    bench = packing_bench.changed(work, bench, round=bench.check["round"] + 1)
    return packing_bench.answer(work, packing_bench.again(work, bench), Outcome.AGAIN)


def see_memo(work: Work, ask: SeeMemo, _rules: Rulebook) -> None:
    """Somebody at the bench read a memo that changed after printing: the parcel goes on."""
    row = work.row(orders, ask.order_id)
    events.note(work, row["id"], packing_gate.MEMO_SEEN)


# --- its end -------------------------------------------------------------------------------------


def _is_whole_by(rules: Rulebook, found: Found) -> bool:
    """Whether the scan that opened a box of one thing is its whole check (F231)."""
    first = rules.policy.pack_mode
    return bool(found.by_item) if first is PackMode.VERIFY_FIRST else found.by_label


def _label_scanned(work: Work, bench: Bench, code: str) -> Row | None:
    """The box's live label where it was this that was scanned: so it is on paper."""
    label = packing_gate.live_label(work, bench.box["id"])
    if label is None or not code or not is_same(code, label["carrier_no"] or ""):
        return None
    return label


@dataclass(frozen=True, slots=True)
class End:
    """How a check ends: whole or forced, by which label where one was scanned, and why."""

    outcome: Outcome
    label: Row | None = None
    reason: str = ""


def _close(work: Work, rules: Rulebook, bench: Bench, end: End) -> Packing:
    """Let the box go on: verified, and shipped where that is the shop's trigger (F230)."""
    state = ENDS[end.outcome].value
    bench = packing_bench.changed(work, bench, state=state, closed_at=work.now, reason=end.reason)
    label = packing_gate.live_label(work, bench.box["id"])
    number = (label["carrier_no"] or "") if label is not None else ""
    reference = number or bench.box["public_id"]
    shipping.record_step(work, bench.box, shipping.Taken(ShipTrigger.VERIFY, reference))
    if end.label is not None:
        shipping.confirm_paper(work, end.label["id"])
    told = _print(work, rules, label) if rules.policy.pack_mode is PackMode.VERIFY_FIRST else ""
    shipped = shipping.ship_if_due(work, rules, bench.order["id"])
    done = packing_bench.answer(work, bench, end.outcome)
    return msgspec.structs.replace(done, shipped=shipped, label=told)


def _print(work: Work, rules: Rulebook, label: Row | None) -> str:
    """Queue the label that the check was waited for with; no_number while it has none."""
    if label is None:
        return "no_number"
    if not work.of(print_job, "waybill_id", label["id"]):
        print_queue.queue_first(work, rules, label["id"], print_queue.Where("", ""))
    return "queued"


VERBS = (
    Verb(OpenParcel, open_parcel, "pack.scan", "parcel_opened"),
    Verb(ScanItem, scan_item, "pack.scan", "item_scanned"),
    Verb(FinishPacking, finish_packing, "pack.scan", "parcel_verified"),
    Verb(ForcePacking, force_packing, "pack.force", "parcel_forced"),
    Verb(PutParcelAside, put_parcel_aside, "pack.scan", "parcel_put_aside", reason=True),
    Verb(PackAgain, pack_again, "pack.scan", "parcel_packed_again"),
    Verb(SeeMemo, see_memo, "pack.scan", "memo_seen"),
)
