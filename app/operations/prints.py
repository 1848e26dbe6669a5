"""What people do with labels: print a selection, print a copy, say what came out."""

import base64

from sqlalchemy import select

from app.commands.channels import PrintersSeen, PrintTestPage, ProofPage, ReadPrinters
from app.commands.parcels import PerOrder, PrintLabels, ReprintLabel, SettlePrint
from app.domain.errors import CopyExists, NothingToPrint, NotInState, OrderOnHold, Refusal
from app.domain.states import PrintConfirmed, PrintState, WaybillState
from app.operations import print_queue
from app.operations.print_queue import Where
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases
from app.store.tables import orders, print_job, waybill
from app.store.work import Work

CODE_LETTERS = 6
SETTLABLE = frozenset({PrintState.UNKNOWN.value, PrintState.SPOOLED.value})


def print_labels(work: Work, ask: PrintLabels, rules: Rulebook) -> PerOrder:
    """Queue copy 1 of the labels of these orders; the others go on when one is refused."""
    batch = str(work.command_id or work.ids.next())
    where = Where(ask.printer, ask.template, batch, work.actor.host)
    done, refused = [], []
    for order_id in dict.fromkeys(ask.order_ids):
        try:
            _print_order(work, rules, order_id, where)
            done.append(order_id)
        except Refusal as refusal:
            refused.append((order_id, refusal.code))
    return PerOrder(done=tuple(done), refused=tuple(refused), batch=batch)


def _print_order(work: Work, rules: Rulebook, order_id: int, where: Where) -> None:
    row = work.row(orders, order_id)
    if row["held"]:
        raise OrderOnHold(order_no=row["external_no"], why=row["held"])
    query = select(waybill.c.id).where(
        waybill.c.order_id == order_id, waybill.c.state == WaybillState.LIVE.value
    )
    live = [found["id"] for found in work.rows(query.order_by(waybill.c.id))]
    if not live:
        raise NothingToPrint
    copied: list[CopyExists] = []
    for waybill_id in live:
        try:
            print_queue.queue_first(work, rules, waybill_id, where)
        except CopyExists as no:
            copied.append(no)
    if len(copied) == len(live):
        raise copied[0]


def reprint_label(work: Work, ask: ReprintLabel, rules: Rulebook) -> None:
    """Queue one more copy of a label; it is marked as a copy on paper."""
    where = Where(ask.printer, "", "", work.actor.host)
    print_queue.queue_copy(work, rules, ask.waybill_id, where, ask.reason)


def settle_print(work: Work, ask: SettlePrint, _rules: Rulebook) -> None:
    """Say whether a label is on paper; "no" puts the same copy back into the queue."""
    row = work.row(print_job, ask.print_id)
    if row["state"] not in SETTLABLE:
        raise NotInState(machine="print", state=row["state"], action="settle")
    if ask.on_paper:
        print_queue.on_paper(work, ask.print_id, PrintConfirmed.OPERATOR)
        return
    print_queue.print_again(work, ask.print_id)
    cases.settle_all(work, row["order_id"], ("print_unknown",), "print_again")
    work.mark("orders", row["order_id"])


def read_printers(_work: Work, _ask: ReadPrinters, rules: Rulebook) -> PrintersSeen:
    """Where labels go when nobody chooses; the keeper adds the printers it sees."""
    return PrintersSeen(printers=(), usual=rules.policy.label_printer)


def print_test_page(work: Work, ask: PrintTestPage, rules: Rulebook) -> ProofPage:
    """Give the page its code, which nobody can know who has not seen the paper."""
    sealed = work.keys.audit_mac(b"test page", work.ids.next().to_bytes(8, "big"))
    code = base64.b32encode(sealed)[:CODE_LETTERS].decode("ascii")
    return ProofPage(f"WD-{code}", ask.printer or rules.policy.label_printer)


VERBS = (
    Verb(ReadPrinters, read_printers, "desk.use", "printers_read", told=False, kept=False),
    Verb(PrintTestPage, print_test_page, "desk.setup", "test_page_asked"),
    Verb(PrintLabels, print_labels, "label.print", "labels_queued"),
    Verb(ReprintLabel, reprint_label, "label.reprint", "label_reprinted"),
    Verb(SettlePrint, settle_print, "label.print", "print_settled"),
)
