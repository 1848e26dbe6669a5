"""Carries out an action with one order or a selection: asks what is needed, then the keeper."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.commands.orders import (
    AddNote,
    CancelOrder,
    ConfirmPayment,
    HoldOrder,
    ReleaseOrder,
    ReviewOrder,
    SetMemo,
)
from app.commands.parcels import (
    PerOrder,
    PrintLabels,
    RefreshTracking,
    ReprintLabel,
    SettlePrint,
    TakeWaybills,
)
from app.desk.actions import ACTIONS, Action, standing
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.lock_card import cancel_preview
from app.desk.printer import chosen
from app.desk.seat import News, Seat
from app.domain.states import PrintState
from app.reads import panel
from app.reads.board import BoardRow
from app.reads.panel import Panel

FLAGS = ("", "red", "yellow", "green", "blue", "purple", "pink", "grey")
REASON = Field("reason", "sheet.reason", lines=2, needed=True)
Rows = tuple[BoardRow, ...]


class Doer(QObject):
    """Does what a key or button asks for."""

    printing = Signal(object, object)
    """A batch began: the orders asked for, and the keeper's answer."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__()
        self._seat, self._host = seat, host
        self._undo: Callable[[], None] | None = None
        self._doers: dict[str, Callable[[Rows], Coroutine[Any, Any, None]]] = {
            "waybill": self._waybill,
            "print": self._print,
            "settle": self._settle,
            "payment": self._payment,
            "release": self._release,
            "review": self._review,
            "hold": self._hold,
            "note": self._note,
            "memo": self._memo,
            "reprint": self._reprint,
            "tracking": self._tracking,
            "cancel": self._cancel,
        }

    def run(self, action: Action, rows: Rows) -> None:
        """Do an action with these orders; those it does not fit are left out, and it is said."""
        if not rows:
            return
        law, may = self._seat.law.lifecycle, self._seat.may
        judged = [(row, standing(action, row, law, may)) for row in rows]
        fit = tuple(row for row, found in judged if found.allowed)
        if not fit:
            self._refuse(judged[0][1].reason, judged[0][1].right)
            return
        self._seat.spawn(self._doers[action.name](fit if action.many else fit[:1]))

    def by_name(self, name: str) -> Action:
        """An action of the table."""
        return next(action for action in ACTIONS if action.name == name)

    def undo(self) -> None:
        """Take back what was done last, where it has an inverse."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def _refuse(self, reason: str, right: str) -> None:
        say = self._seat.speech.say
        text = say(reason, right=say(right)) if right else say(reason)
        self._seat.news.emit(News(say("act.cannot"), text, "warning"))

    async def _ask(self, form: Form) -> Answers | None:
        return await ask(self._host.window(), self._seat.speech, form)

    async def _each(self, rows: Rows, command: Callable[[BoardRow], Any]) -> int:
        """Ask once an order; stops at the first refusal, which is told. How many were done."""
        for done, row in enumerate(rows):
            if not await self._seat.do(command(row)):
                return done
        return len(rows)

    def _said(
        self, key: str, rows: Rows, done: int, undo: Callable[[], None] | None = None
    ) -> None:
        if done:
            self._undo = undo
            number = rows[0].external_no if done == 1 else ""
            say = self._seat.speech.say
            what = number or say("act.orders", n=done)
            self._seat.news.emit(News(say(key, what=what), "", "good", self.undo if undo else None))

    async def _hold(self, rows: Rows) -> None:
        form = Form("sheet.hold", fields=(REASON,), done="act.hold", args=_named(rows))
        answer = await self._ask(form)
        if answer is not None:
            done = await self._each(rows, lambda row: HoldOrder(row.id, answer["reason"]))
            back = rows[:done]
            self._said("done.held", rows, done, lambda: self._seat.spawn(self._let_go(back)))

    async def _let_go(self, rows: Rows) -> None:
        reason = self._seat.speech.say("act.undone")
        done = await self._each(rows, lambda row: ReleaseOrder(row.id, reason))
        self._said("done.released", rows, done)

    async def _release(self, rows: Rows) -> None:
        held = [(row, row.held_reason) for row in rows]
        done = await self._each(rows, lambda row: ReleaseOrder(row.id))
        back = held[:done]
        self._said("done.released", rows, done, lambda: self._seat.spawn(self._hold_again(back)))

    async def _hold_again(self, rows: list[tuple[BoardRow, str]]) -> None:
        for row, reason in rows:
            await self._seat.do(HoldOrder(row.id, reason or self._seat.speech.say("act.undone")))

    async def _review(self, rows: Rows) -> None:
        done = await self._each(rows, lambda row: ReviewOrder(row.id))
        self._said("done.reviewed", rows, done)

    async def _cancel(self, rows: Rows) -> None:
        form = Form("sheet.cancel_order", "sheet.cancel_text", (REASON,), "act.cancel", "danger")
        stock = await cancel_preview(self._seat, rows)
        answer = await self._ask(replace(form, args={**_named(rows), "stock": stock}))
        if answer is not None:
            done = await self._each(rows, lambda row: CancelOrder(row.id, answer["reason"]))
            self._said("done.cancelled", rows, done)

    async def _note(self, rows: Rows) -> None:
        asked = Field("text", "sheet.note_text", lines=3, needed=True)
        answer = await self._ask(
            Form("sheet.note", fields=(asked,), done="act.note", args=_named(rows))
        )
        if answer is not None:
            done = await self._each(rows, lambda row: AddNote(row.id, answer["text"]))
            self._said("done.noted", rows, done)

    async def _memo(self, rows: Rows) -> None:
        word = self._seat.speech.word
        flags = tuple((flag, word("flag", flag or "none")) for flag in FLAGS)
        fields = (
            Field("memo", "sheet.memo_text", rows[0].seller_memo, lines=3),
            Field("flag", "sheet.flag", rows[0].flag, flags),
        )
        answer = await self._ask(Form("sheet.memo", "sheet.memo_goes", fields, args=_named(rows)))
        if answer is not None:
            ask_for = SetMemo(rows[0].id, answer["memo"], answer["flag"])
            self._said("done.memo", rows, await self._each(rows, lambda _row: ask_for))

    async def _payment(self, rows: Rows) -> None:
        word = self._seat.speech.word
        kinds = tuple((kind, word("proof", kind)) for kind in ("bank_serial", "payment_callback"))
        fields = (
            Field("kind", "sheet.proof", "bank_serial", kinds, needed=True),
            Field("reference", "sheet.reference", needed=True),
        )
        answer = await self._ask(Form("sheet.payment", fields=fields, args=_named(rows)))
        if answer is not None:
            ask_for = ConfirmPayment(rows[0].id, answer["kind"], answer["reference"])
            self._said("done.payment", rows, await self._each(rows, lambda _row: ask_for))

    async def _waybill(self, rows: Rows) -> None:
        command = TakeWaybills(tuple(row.id for row in rows))
        answer = await self._seat.ask(command, PerOrder)
        if answer is not None:
            self._per_order("done.waybills", rows, answer)

    async def _tracking(self, rows: Rows) -> None:
        if await self._seat.do(RefreshTracking(tuple(row.id for row in rows))):
            self._said("done.tracking", rows, len(rows))

    def _per_order(self, key: str, rows: Rows, answer: PerOrder) -> None:
        self._said(key, rows, len(answer.done))
        if answer.refused:
            speech = self._seat.speech
            order_id, code = answer.refused[0]
            row = next((r for r in rows if r.id == order_id), rows[0])
            facts = {"order_no": row.external_no, "why": row.held, "waybill_no": row.waybill_no}
            title, remedy = speech.refusal(code, facts)
            count = speech.say("act.refused", n=len(answer.refused), no=row.external_no)
            self._seat.news.emit(News(f"{count} {title}", remedy, "warning"))

    async def _print(self, rows: Rows) -> None:
        command = PrintLabels(tuple(row.id for row in rows), chosen(self._seat.memory))
        answer = await self._seat.ask(command, PerOrder)
        if answer is not None:
            self.printing.emit(rows, answer)

    async def _whole(self, row: BoardRow) -> Panel | None:
        return await self._seat.see(panel.order, row.id)

    async def _reprint(self, rows: Rows) -> None:
        whole = await self._whole(rows[0])
        live = [box for box in whole.parcels if box.waybill_state == "live"] if whole else []
        if not live:
            self._refuse("act.no_waybill", "")
            return
        choice = tuple((str(box.waybill_id), box.waybill_no) for box in live)
        which = (Field("waybill", "sheet.which", choice[0][0], choice),) if len(live) > 1 else ()
        form = Form("sheet.reprint", "sheet.reprint_text", (*which, REASON), "act.reprint")
        answer = await self._ask(replace(form, args=_named(rows)))
        if answer is not None:
            waybill_id = int(answer.get("waybill", choice[0][0]))
            printer = chosen(self._seat.memory)
            command = ReprintLabel(waybill_id, printer, answer["reason"])
            self._said("done.reprint", rows, await self._each(rows, lambda _row: command))

    async def _settle(self, rows: Rows) -> None:
        whole = await self._whole(rows[0])
        open_states = {PrintState.UNKNOWN.value, PrintState.SPOOLED.value}
        doubtful = [job for job in whole.prints if job.state in open_states] if whole else []
        if doubtful:
            await self.settle_print(doubtful[-1].id, rows[0].external_no)

    async def settle_print(self, print_id: int, number: str) -> None:
        """Ask whether a label is on paper, and record it."""
        say = self._seat.speech.say
        options = (("yes", say("sheet.on_paper")), ("no", say("sheet.not_on_paper")))
        fields = (Field("paper", "sheet.look", options=options, needed=True),)
        form = Form("sheet.settle", "sheet.settle_text", fields, args={"what": number})
        answer = await self._ask(form)
        if answer is not None:
            await self._seat.do(SettlePrint(print_id, answer["paper"] == "yes"))


def _named(rows: Rows) -> dict[str, str | int]:
    return {"what": rows[0].external_no, "n": len(rows)}
