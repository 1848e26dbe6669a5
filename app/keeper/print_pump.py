"""Brings queued labels to printers: claimed in the book first, one answer for each.

A printer's name says the way: ``pdf:FOLDER`` saves files through the press, ``raw:HOST:PORT`` is
a network printer the keeper feeds itself, anything else is a printer of the system. A saved file
appears whole or not at all, so after a crash its presence answers for the labels in it; what may
have left a real printer stays unknown.
"""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from app.keeper import press_jobs
from app.keeper.bell import Bell
from app.keeper.fresh_desk import Gate, no_gate
from app.keeper.press_jobs import Label, PdfJob, PrinterJob
from app.keeper.press_link import PressLink
from app.keeper.raw_printing import ZPL, RawPrinting, is_raw
from app.keeper.room import Room
from app.operations import print_queue
from app.process.errors import Failed, PressJobUnknown, PressUnavailable, Refused
from app.store.seal import Row
from app.store.work import Work
from printing.documents import LabelDocument
from printing.errors import LayoutRefused
from printing.printers_raw import Outcome, Sending

LOG = logging.getLogger(__name__)

AT_ONCE = 50
IDLE_S = 0.5
PDF = "pdf:"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A print in hand: its row, what the label says, and the spooler's name for it.

    ``own`` is the label as its carrier gave it, in ZPL; "" where it is ours to draw.
    """

    row: Row
    document: LabelDocument
    spool_job: str
    own: str = ""

    @property
    def label(self) -> Label:
        """The label as the press is asked for it."""
        return Label(self.row["template"], self.document)


class PrintPump:
    """Works through the queued prints, in the order in which they were asked for."""

    def __init__(self, room: Room, press: PressLink, raw: RawPrinting, usual: str) -> None:
        """Take the press, the way to raw printers, and the printer used where none was named."""
        self._room, self._press, self._raw, self._usual = room, press, raw, usual
        self._gate: Gate = no_gate
        self._bell = Bell(IDLE_S)

    def wake(self) -> None:
        """Look now: somebody asked for labels."""
        self._bell.ring()

    async def run(self) -> None:
        """Work until cancelled; first settle what was in hand when Waydesk last ended."""
        await self._room.write(self._forget)
        await self._bell.rounds(self.round)

    def _forget(self, work: Work) -> None:
        """Ask the files of saved labels; everything else that was claimed is unknown."""
        for row in print_queue.claimed(work):
            folder, name = row["printer"] or self._usual, row["spool_job"]
            if not folder.startswith(PDF) or not name:
                continue
            if (Path(folder.removeprefix(PDF)) / name).exists():
                print_queue.spooled(work, row["id"])
            else:
                print_queue.back_in_line(work, row["id"])
            work.tell("print_recovered", "print", row["id"])
        print_queue.forget_claimed(work, self._room.laws.now)

    async def round(self) -> int:
        """One pass over what waits; returns how many prints were worked on."""
        await self._gate(await self._room.write(self._next_orders))
        claimed = await self._room.write(self._claim)
        if not claimed:
            return 0
        printer = claimed[0].row["printer"] or self._usual
        if printer.startswith(PDF):
            await self._save(claimed, Path(printer.removeprefix(PDF)))
        else:
            send = self._send if is_raw(printer) else self._print
            for one in claimed:
                await send(one, printer)
        return len(claimed)

    def guard(self, gate: Gate) -> None:
        """Let orders be read again on their platforms before their labels are claimed (F229)."""
        self._gate = gate

    @staticmethod
    def _next_orders(work: Work) -> tuple[int, ...]:
        batch, _name = print_queue.next_batch(work, AT_ONCE)
        return tuple(dict.fromkeys(row["order_id"] for row in batch))

    def _claim(self, work: Work) -> list[Claimed]:
        batch, name = print_queue.next_batch(work, AT_ONCE)
        out = []
        for row in batch:
            document = print_queue.claim(work, self._room.laws.now, row, name)
            own = print_queue.carriers_own(work, self._room.laws.now, row) if document else ""
            if document is not None and self._may_leave(work, row, own):
                out.append(Claimed(row, document, name, own or ""))
        if batch:
            work.tell("prints_claimed", "print", n=len(batch))
        return out

    def _may_leave(self, work: Work, row: Row, own: str | None) -> bool:
        """Refuse a carrier's own label that is not here yet, or that this printer cannot read."""
        printer = row["printer"] or self._usual
        why = "carrier_label_missing" if own is None else ""
        if own and not printer.startswith(ZPL):
            why = "needs_zpl_printer"
        if why:
            said: dict[str, str | int] = {"printer": printer, "why": why}
            print_queue.refused(work, self._room.laws.now, row["id"], why, said)
        return not why

    async def _save(self, claimed: list[Claimed], folder: Path) -> None:
        """Save labels as one file; one that cannot be set is refused, the others go on."""
        out = folder / claimed[0].spool_job
        try:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        except OSError:
            await self._without(claimed, Refused("pdf_not_written", file=str(out)))
            return
        while claimed:
            job = PdfJob(tuple(one.label for one in claimed), str(out))
            try:
                await self._press.run(press_jobs.PDF, press_jobs.written(job))
            except (Refused, Failed) as no:
                claimed = await self._without(claimed, no)
            except (PressJobUnknown, PressUnavailable) as gone:
                LOG.warning("labels were not saved", extra={"why": gone.code})
                await self._again(claimed, out)
                return
            else:
                await self._done(claimed)
                return

    async def _without(self, claimed: list[Claimed], no: Refused | Failed) -> list[Claimed]:
        """Refuse the label the press names; all of them when it names none of ours."""
        number = str(no.details.get("waybill_no", ""))
        bad = [one for one in claimed if one.document.waybill_no == number] or claimed

        def act(work: Work) -> None:
            for one in bad:
                print_queue.refused(
                    work, self._room.laws.now, one.row["id"], no.code, dict(no.details)
                )
            work.tell("prints_refused", "print", n=len(bad), code=no.code)

        await self._room.write(act)
        return [one for one in claimed if one not in bad]

    async def _again(self, claimed: list[Claimed], out: Path) -> None:
        """The press died over a file: it is there whole, or nothing was made."""

        def act(work: Work) -> None:
            made = out.exists()
            for one in claimed:
                if made:
                    print_queue.spooled(work, one.row["id"])
                else:
                    print_queue.back_in_line(work, one.row["id"])
            work.tell("prints_recovered", "print", n=len(claimed))

        await self._room.write(act)
        await asyncio.sleep(IDLE_S)

    async def _done(self, claimed: list[Claimed]) -> None:
        def act(work: Work) -> None:
            for one in claimed:
                print_queue.spooled(work, one.row["id"])
            work.tell("prints_spooled", "print", n=len(claimed))

        await self._room.write(act)

    async def _print(self, one: Claimed, printer: str) -> None:
        """Hand one label to a printer of the system: one label a spool job."""
        job = PrinterJob(one.label, printer, one.row["id"])
        problem: Exception | None = None
        try:
            await self._press.run(press_jobs.PRINTER, press_jobs.written(job))
        except (Refused, Failed, PressUnavailable, PressJobUnknown) as no:
            problem = no

        def act(work: Work) -> None:
            rules, print_id = self._room.laws.now, one.row["id"]
            if problem is None:
                print_queue.spooled(work, print_id)
            elif isinstance(problem, PressJobUnknown):
                print_queue.unknown(work, rules, print_id)
            elif isinstance(problem, PressUnavailable):
                print_queue.back_in_line(work, print_id)
            else:
                code = getattr(problem, "code", "print_failed")
                details = dict(getattr(problem, "details", {}))
                print_queue.refused(work, rules, print_id, code, details)
            work.tell("print_settled", "print", print_id)

        await self._room.write(act)

    async def _send(self, one: Claimed, printer: str) -> None:
        """Feed a network printer; only a label whose bytes may have left can be unknown."""
        outcome: Outcome | None = None
        refusal: LayoutRefused | None = None
        try:
            send = self._raw.forward(one.own, printer) if one.own else None
            outcome = await (send or self._raw.send(one.label, printer))
        except LayoutRefused as no:
            refusal = no

        def act(work: Work) -> None:
            rules, print_id = self._room.laws.now, one.row["id"]
            if refusal is not None:
                details = dict(refusal.details)
                print_queue.refused(work, rules, print_id, refusal.code, details)
            elif outcome is None or outcome.result is Sending.UNKNOWN:
                print_queue.unknown(work, rules, print_id)
            elif outcome.result is Sending.SENT:
                print_queue.spooled(work, print_id)
            else:
                args: dict[str, str | int] = {"printer": printer, "why": outcome.detail}
                print_queue.refused(work, rules, print_id, outcome.detail, args)
            work.tell("print_settled", "print", print_id)

        await self._room.write(act)
