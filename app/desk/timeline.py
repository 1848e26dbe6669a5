"""The timeline in words: facts stored as codes become what people say."""

from app.desk.case_cells import facts_of
from app.desk.speech import Speech
from app.domain.errors import Detail
from app.reads.panel import EventRow

PLATFORM = {"platform": "platform"}
AREAS = {
    "booked": PLATFORM,
    "kept_pending": PLATFORM,
    "reopened": PLATFORM,
    "shipped_on_platform": PLATFORM,
    "completed_on_platform": PLATFORM,
    "cancelled_on_platform": PLATFORM,
    "deleted_on_platform": PLATFORM,
    "closed_on_platform": PLATFORM,
    "logistics": {"to": "logistics"},
    "shipped_by_scan": {"to": "logistics"},
    "after_sale": {"kind": "after_sale_kind"},
    "after_sale_answered": {"kind": "after_sale_kind"},
    "gate_stopped": {"gate": "gate", "why": "shippable"},
    "forced": {"before": "order", "to": "order"},
    "kind": {"kind": "kind"},
    "case_settled": {"kind": "case_word"},
    "payment_proof": {"proof": "proof"},
    "revealed": {"field": "field"},
}
"""Which of an event's facts are codes, and of which area of words."""

LOUD = frozenset(
    {
        *("scan_print", "scan_verify", "scan_weigh_out", "scan_hand_over"),
        *("print_queued", "print_claimed", "print_spooled", "print_printed"),
        *("print_unknown", "print_failed", "print_cancelled"),
    }
)
"""What happened to paper and parcel: these name the printer or station as their second part."""

MONEY = ("amount", "before", "after")


def told(event: EventRow, speech: Speech) -> str:
    """One line of the timeline."""
    facts = facts_of(event.args_json)
    if event.kind == "step":
        return _step(facts, speech)
    if event.kind in {"amount", "refunded", "receivable_booked", "after_sale"}:
        facts = _priced(facts, speech)
    if event.kind in LOUD:
        facts = _paper(facts)
    areas = {"carrier": "carrier", **AREAS.get(event.kind, {})}
    named = {k: speech.word(areas[k], str(v)) if areas.get(k) else v for k, v in facts.items()}
    key = f"event.{event.kind}"
    text = speech.tell(key, named) if speech.words.has(key) else event.kind.replace("_", " ")
    reason = facts.get("reason")
    return speech.say("event.because", text=text, reason=reason) if reason else text


def _step(facts: dict[str, Detail], speech: Speech) -> str:
    machine = str(facts.get("machine", "order"))
    label = speech.word(f"step.{machine}", str(facts.get("action", "")))
    return speech.say("event.step", action=label, to=speech.word(machine, str(facts.get("to", ""))))


def _priced(facts: dict[str, Detail], speech: Speech) -> dict[str, Detail]:
    currency = str(facts.get("currency", ""))
    return {
        name: speech.money(value, currency) if name in MONEY and isinstance(value, int) else value
        for name, value in facts.items()
    }


def _paper(facts: dict[str, Detail]) -> dict[str, Detail]:
    """A printer by its name, without the folder it saves to; a weight in kilograms."""
    said = dict(facts)
    printer = str(said.get("printer", ""))
    said["printer"] = printer_name(printer)
    weight = said.get("weight_g", 0)
    said["weight"] = f"{weight / 1000:.2f} kg" if isinstance(weight, int) and weight else ""
    return said


def printer_name(printer: str) -> str:
    """How a printer is called on screen; the place of saved files is nobody's affair."""
    return "PDF" if printer.startswith("pdf:") else printer
