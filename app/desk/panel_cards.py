"""The cards of the order panel, each a drawing of one part of the order."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desk.case_cells import TONES, case_advice, case_facts
from app.desk.facts import facts_of as order_facts
from app.desk.parts import Dot, boxed, column, row
from app.desk.seat import Seat
from app.desk.speech import NONE
from app.desk.status import deadline, why_held
from app.desk.text import TextLabel, plain_tip
from app.desk.timeline import printer_name, told
from app.domain.headline import Proofs, headline, paid_strip, shipped_strip
from app.domain.states import LockKind, OrderState, ProofKind
from app.reads.panel import EventRow, ItemRow, Panel, ParcelRow, PartRow, PrintRow

MOST_EVENTS = 12
MOST_SCANS = 4
UNSHIPPED = frozenset({OrderState.AWAITING_PAYMENT, OrderState.PAID})
GONE = frozenset({OrderState.CANCELLED, OrderState.CLOSED})
UNPAID = frozenset({"", OrderState.AWAITING_PAYMENT})
BAD_PRINTS = {"failed": "bad", "unknown": "warning", "cancelled": "plain", "printed": "good"}
WAYBILL_TONES = {"live": "good", "unknown": "warning", "rejected": "bad", "void_failed": "bad"}


class PanelCards:
    """Draws the parts of an order in the words and colours of the seat."""

    def __init__(self, seat: Seat) -> None:
        self._seat, self._speech = seat, seat.speech

    def sentence(self, shown: Panel) -> str:
        """How the order is, in one sentence."""
        facts = order_facts(shown, self._seat.law.policy)
        if facts is None:
            return self._speech.say("panel.pending")
        line = headline(facts)
        return self._speech.tell(line.key, line.args)

    def headline(self, shown: Panel) -> QWidget:
        """The sentence, and the deadline where it matters."""
        facts = order_facts(shown, self._seat.law.policy)
        tone = headline(facts).tone.value if facts is not None else "warning"
        ink = tone if tone in {"bad", "warning"} else ""
        label = TextLabel(self.sentence(shown), face="headline", ink=ink).wrapped()
        layout = column(label, gap=4)
        text, late = deadline(shown.order, self._speech, self._seat.clock.now())
        if text != NONE:
            said = self._speech.say("panel.ship_by", left=text)
            layout.addWidget(TextLabel(said, ink=late or "second"))
        holder = QWidget()
        holder.setLayout(layout)
        return holder

    def stopped(self, shown: Panel) -> QWidget | None:
        """Why the order stands still, in the words of who stopped it."""
        order = shown.order
        if not order.held or not order.held_reason:
            return None
        reason = why_held(order.held_reason, self._speech)
        text = self._speech.say("panel.because", reason=reason)
        label = TextLabel(text, ink="warning").wrapped()
        layout = column(label)
        layout.setContentsMargins(12, 8, 12, 8)
        return boxed(layout, kind="quiet")

    def cases(self, shown: Panel) -> QWidget | None:
        """The exceptions that stand open."""
        if not shown.cases:
            return None
        layout = self._card("panel.cases", str(len(shown.cases)))
        for case in shown.cases:
            facts = case_facts(case.args_json, self._speech)
            tag = TextLabel(case.priority, tag=TONES.get(case.priority, "info"))
            title = TextLabel(self._speech.tell(f"case.{case.kind}.title", facts)).wrapped()
            line = row(tag, title)
            line.setStretch(1, 1)
            line.setAlignment(tag, Qt.AlignmentFlag.AlignTop)
            advice = case_advice(case.kind, case.args_json, self._speech)
            layout.addLayout(line)
            layout.addWidget(TextLabel(advice, face="caption", ink="second").wrapped())
        return boxed(layout, kind="card")

    # --- milestones ---------------------------------------------------------------------------

    def milestones(self, shown: Panel) -> QWidget | None:
        """Which proofs there are: of the payment until it is whole, then of the shipment."""
        facts = order_facts(shown, self._seat.law.policy)
        if facts is None:
            return None
        paid = paid_strip(facts)
        unpaid = shown.order.state in UNSHIPPED and not paid.whole
        strip = paid if unpaid else shipped_strip(facts)
        counted = self._speech.say("board.proofs", have=len(strip.there), need=len(strip.needed))
        title = "panel.payment" if unpaid else "panel.milestones"
        layout = self._card(title, counted)
        boxes = row(gap=8)
        for proof in strip.needed:
            boxes.addWidget(self._milestone(proof, strip, shown), 1)
        layout.addLayout(boxes)
        return boxed(layout, kind="card")

    def _milestone(self, proof: ProofKind, strip: Proofs, shown: Panel) -> QWidget:
        there = next((p for p in shown.proofs if p.kind == proof), None)
        now = self._seat.clock.now()
        expected = shown.order.state in {OrderState.SHIPPED, OrderState.COMPLETED}
        kind, ink, mark = "milestone_ahead", "third", "○"
        if there is not None:
            kind, ink, mark = "milestone_there", "good", "✓"
        elif expected or (
            proof in strip.missing and shown.order.state in UNSHIPPED and strip.there
        ):
            kind, ink = "milestone_missing", "warning"
        word = self._speech.word("proof", proof)
        name = TextLabel(f"{mark} {word[:1].upper()}{word[1:]}", face="caption", ink=ink)
        name.wrapped()
        second = self._speech.moment(there.at, now) if there else self._waits(shown, expected, now)
        layout = column(name, TextLabel(second, face="caption", ink=ink).wrapped(), gap=2)
        layout.addStretch(1)
        layout.setContentsMargins(8, 7, 6, 7)
        frame = boxed(layout, kind=kind)
        if there is not None:
            plain_tip(frame, " · ".join(part for part in (there.source, there.reference) if part))
        return frame

    def _waits(self, shown: Panel, expected: bool, now: int) -> str:
        if not expected or shown.order.shipped_at is None:
            return self._speech.say("panel.ahead")
        return self._speech.say(
            "panel.waited", span=self._speech.span(now - shown.order.shipped_at)
        )

    # --- goods --------------------------------------------------------------------------------

    def items(self, shown: Panel) -> QWidget:
        """What was ordered, and what is reserved for it."""
        total = self._speech.money(shown.order.total_minor, shown.order.currency)
        count = self._speech.say("panel.items", n=len(shown.items))
        layout = self._card("", total if shown.order.total_minor is not None else "", count)
        for item in shown.items:
            layout.addLayout(self._item(item, shown.order.state))
            for part in shown.parts:
                if part.line_id == item.id:
                    layout.addWidget(self._part(part, item))
        return boxed(layout, kind="card")

    def _item(self, item: ItemRow, state: str) -> QVBoxLayout:
        title = TextLabel(item.title or item.sku).wrapped()
        quantity = TextLabel(f"×{item.quantity - item.cancelled}", weight="medium")
        word, tone = self._reserved(item, state)
        tag = TextLabel(word, tag=tone)
        first = row(title, quantity, tag, gap=8)
        first.setStretch(0, 1)
        for part in (quantity, tag):
            first.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        parts = [item.variant, item.sku]
        if item.gift:
            parts.append(self._speech.say("panel.gift"))
        under = " · ".join(part for part in parts if part)
        return _stacked(first, TextLabel(under, face="caption", ink="second").wrapped())

    def _part(self, part: PartRow, item: ItemRow) -> QWidget:
        """One component of a bundle, and how many of it this line takes."""
        units = part.per_item * (item.quantity - item.cancelled)
        text = self._speech.say("panel.part", title=part.title, sku=part.sku, n=units)
        return TextLabel(text, face="caption", ink="second").wrapped()

    def _reserved(self, item: ItemRow, state: str) -> tuple[str, str]:
        say, owed = self._speech.say, item.quantity - item.cancelled - item.shipped
        if item.cancelled >= item.quantity or state in GONE:
            return say("panel.taken_back"), "plain"
        if not item.sku_known:
            return say("panel.unknown_code"), "bad"
        return (say("panel.gone_out"), "good") if owed <= 0 else self._shelf(item, state, owed)

    def _shelf(self, item: ItemRow, state: str, owed: int) -> tuple[str, str]:
        say = self._speech.say
        if item.held >= owed:
            firm = item.lock_kind == LockKind.FIRM
            return say("panel.firm" if firm else "panel.soft"), "good" if firm else "info"
        if state in UNPAID:
            return say("panel.unreserved"), "plain"
        return say("panel.short", n=owed - item.held), "warning"

    def remarks(self, shown: Panel) -> QWidget | None:
        """What buyer and shop wrote."""
        order, say = shown.order, self._speech.say
        if not (order.buyer_message_mask or order.seller_memo or order.flag):
            return None
        layout = self._card("panel.remarks")
        if order.buyer_message_mask:
            text = say("board.buyer_says", text=order.buyer_message_mask)
            layout.addWidget(TextLabel(text).wrapped())
        if order.seller_memo or order.flag:
            line = row(gap=8)
            if order.flag:
                look = self._seat.look
                flag = TextLabel()
                flag.setPixmap(look.pixmap("flag", look.tokens.flag(order.flag), 16))
                line.addWidget(flag)
                line.addWidget(TextLabel(self._speech.word("flag", order.flag), ink="second"))
            memo = say("board.shop_says", text=order.seller_memo) if order.seller_memo else ""
            line.addWidget(TextLabel(memo).wrapped(), 1)
            layout.addLayout(line)
        return boxed(layout, kind="card")

    # --- parcels ------------------------------------------------------------------------------

    def parcels(self, shown: Panel) -> QWidget | None:
        """Each box with its waybill and the copies of its label."""
        if not shown.parcels:
            return None
        layout = self._card("", "", self._speech.say("panel.parcels", n=len(shown.parcels)))
        for box in shown.parcels:
            prints = [job for job in shown.prints if job.waybill_id == box.waybill_id]
            layout.addLayout(self._parcel(box, prints))
        return boxed(layout, kind="card")

    def _parcel(self, box: ParcelRow, prints: list[PrintRow]) -> QVBoxLayout:
        carrier = self._speech.word("carrier", box.carrier)
        number = box.waybill_no or self._speech.say("panel.no_waybill")
        first = row(TextLabel(carrier), gap=8) if box.carrier else row(gap=8)
        label = TextLabel(number, ink="" if box.waybill_no else "third").copyable()
        first.addWidget(label.faced(self._seat.look.faces.mono(13)))
        first.addStretch(1)
        if box.waybill_state:
            tone = WAYBILL_TONES.get(box.waybill_state, "plain")
            first.addWidget(TextLabel(self._speech.word("waybill", box.waybill_state), tag=tone))
        layout = _stacked(first)
        for job in prints:
            layout.addLayout(self._copy(job))
        weight = f"{box.weight_g / 1000:.2f} kg" if box.weight_g else ""
        under = " · ".join(part for part in (box.public_id, weight) if part)
        layout.addWidget(TextLabel(under, face="caption", ink="third"))
        return layout

    def _copy(self, job: PrintRow) -> QHBoxLayout:
        say, now = self._speech.say, self._seat.clock.now()
        printer = printer_name(job.printer)
        parts = (
            say("panel.copy", n=job.copy_no),
            printer,
            self._speech.moment(job.claimed_at, now),
        )
        text = " · ".join(part for part in parts if part and part != NONE)
        tone = BAD_PRINTS.get(job.state, "info")
        line = row(TextLabel(text, face="caption", ink="second"), 1, gap=8)
        line.addWidget(TextLabel(self._speech.word("print", job.state), tag=tone))
        return line

    # --- what happened ------------------------------------------------------------------------

    def scans(self, shown: Panel) -> QWidget | None:
        """The carrier's latest words."""
        if not shown.scans:
            return None
        layout = self._card("panel.tracking", self._speech.say("panel.all_of", n=len(shown.scans)))
        now = self._seat.clock.now()
        for scan in shown.scans[:MOST_SCANS]:
            when = TextLabel(self._speech.moment(scan.at, now), face="caption", ink="third")
            when.setFixedWidth(72)
            said = TextLabel(scan.said or scan.status).wrapped()
            layout.addLayout(_top(when, said))
        return boxed(layout, kind="card")

    def timeline(self, shown: Panel) -> QWidget | None:
        """Dated facts, the newest first."""
        if not shown.events:
            return None
        count = self._speech.say("panel.all_of", n=len(shown.events))
        layout = self._card("panel.timeline", count)
        layout.setSpacing(7)
        for event in shown.events[:MOST_EVENTS]:
            layout.addLayout(self._event(event))
        return boxed(layout, kind="card")

    def _event(self, event: EventRow) -> QHBoxLayout:
        when = TextLabel(self._speech.moment(event.at, self._seat.clock.now()), ink="third")
        when.faced(self._seat.look.faces.mono(12))
        when.setFixedWidth(44 if len(when.text()) <= 5 else 86)
        dot = Dot(self._seat.look, event.tone, drop=5)
        who = self._speech.word("actor", event.actor)
        text = TextLabel(told(event, self._speech)).wrapped()
        by = TextLabel(who, face="small", ink="third")
        line = row(when, dot, text, by, gap=8)
        line.setStretch(2, 1)
        for part in (when, dot, by):
            line.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        return line

    def _card(self, word: str, right: str = "", title: str = "") -> QVBoxLayout:
        layout = column(gap=8, margins=(12, 10, 12, 12))
        heading = title or self._speech.say(word)
        head = row(TextLabel(heading, face="caption", ink="second"), 1)
        if right:
            head.addWidget(TextLabel(right, face="caption", ink="second"))
        layout.addLayout(head)
        return layout


def _stacked(first: QHBoxLayout, *more: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setSpacing(3)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addLayout(first)
    for widget in more:
        layout.addWidget(widget)
    return layout


def _top(when: QWidget, said: QWidget) -> QHBoxLayout:
    line = row(when, said, gap=8)
    line.setStretch(1, 1)
    line.setAlignment(when, Qt.AlignmentFlag.AlignTop)
    return line
