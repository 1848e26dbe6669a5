"""Pages that are no order's: a test page, the recovery kit, printed codes; each is sent once."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from app.commands.approvals import CodesHanded
from app.commands.channels import ProofPage
from app.domain.errors import WaydeskError
from app.domain.errors_first_day import KitOnPaperOnly
from app.domain.times import shop_text
from app.keeper import press_jobs
from app.keeper.press_jobs import Label, PdfJob, PrinterJob
from app.keeper.press_link import PressLink
from app.keeper.print_pump import PDF
from app.keeper.raw_printing import RawPrinting, is_raw
from app.keeper.room import Room
from app.process.errors import Refused
from app.store.work import Work
from printing.documents import LabelDocument, Party
from printing.errors import LayoutRefused, PrinterRefused
from printing.printers_raw import require_sent

TEMPLATE, KIT, CODES = "test_page", "recovery_kit", "printed_codes"
NOBODY = Party("", "", ())


@dataclass(frozen=True, slots=True)
class PrinterTest:
    """Prints test pages; ``usual`` is the printer where neither desk nor shop named one."""

    room: Room
    press: PressLink
    raw: RawPrinting
    usual: str

    async def print(self, page: ProofPage, job_id: int) -> ProofPage:
        """Print the page once and say where it went; what became of it stands in the record.

        Raises the press's refusal or fault, or Refused `printer_not_ready` or `print_unsure`.
        """
        printer = page.printer or self.usual
        try:
            await self._print(page, printer, job_id)
        except WaydeskError as no:
            await self._record(printer, no.code)
            raise
        await self._record(printer)
        return ProofPage(page.code, printer)

    async def _record(self, printer: str, code: str = "") -> None:
        def act(work: Work) -> None:
            result = "failed" if code else "ok"
            work.tell("test_page_settled", "printer", printer=printer, result=result, code=code)

        await self.room.write(act)

    async def print_kit(self, kit: str, printer: str, job_id: int) -> None:
        """Print the recovery kit's groups once; a file of them would be a key lying about.

        Raises KitOnPaperOnly for a printer that writes files, and what printing raises.
        """
        printer = printer or self.usual
        if printer.startswith(PDF):
            raise KitOnPaperOnly
        lines = tuple(f"{at} {group}" for at, group in enumerate(kit.split(), 1))
        half = len(lines) // 2
        document = replace(
            self._document("KIT"),
            sender=replace(NOBODY, lines=lines[:half]),
            receiver=replace(NOBODY, lines=lines[half:]),
            product_name=self.room.laws.now.policy.shop_name,
        )
        await self._put(Label(KIT, document), printer, job_id)

    async def print_codes(
        self, codes: tuple[str, ...], handed: CodesHanded, job_id: int
    ) -> CodesHanded:
        """Print somebody's codes once, on paper; raises what printing raises."""
        lines = tuple(f"{at}  {code}" for at, code in enumerate(codes, 1))
        shop = self.room.laws.now.policy.shop_name
        document = replace(
            self._document("CODES"),
            sender=replace(NOBODY, lines=lines),
            product_name=" · ".join(part for part in (shop, handed.login) if part),
        )
        await self._put(Label(CODES, document), handed.printer, job_id)
        return handed

    async def _print(self, page: ProofPage, printer: str, job_id: int) -> None:
        label = Label(TEMPLATE, self._document(page.code))
        if printer.startswith(PDF):
            await self._save(label, Path(printer.removeprefix(PDF)) / f"{page.code}.pdf")
        else:
            await self._put(label, printer, job_id)

    async def _put(self, label: Label, printer: str, job_id: int) -> None:
        """Hand a page to a printer of the network or of the system."""
        if is_raw(printer):
            await self._send(label, printer)
            return
        job = PrinterJob(label, printer, job_id)
        await self.press.run(press_jobs.PRINTER, press_jobs.written(job))

    async def _save(self, label: Label, out: Path) -> None:
        try:
            await asyncio.to_thread(out.parent.mkdir, parents=True, exist_ok=True)
        except OSError as problem:
            raise Refused("pdf_not_written", file=str(out)) from problem
        job = PdfJob((label,), str(out))
        await self.press.run(press_jobs.PDF, press_jobs.written(job))

    async def _send(self, label: Label, printer: str) -> None:
        try:
            require_sent(await self.raw.send(label, printer), printer)
        except (LayoutRefused, PrinterRefused) as no:
            raise Refused(no.code, **no.details) from no

    def _document(self, code: str) -> LabelDocument:
        return LabelDocument(
            waybill_no=code,
            routing_mark="",
            sort_code="",
            two_dimension_code=code,
            carrier_name="",
            product_name="",
            sender=NOBODY,
            receiver=NOBODY,
            printed_at_text=shop_text(self.room.clock.now(), self.room.laws.now.policy.zone),
        )
