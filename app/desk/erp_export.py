"""Files for other business systems in the window: whose, which document, of which orders."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from app.commands.cases import ExportOrders
from app.desk.dialogs import Answers, Field, Form, ask
from app.desk.exporting import OrderExport
from app.desk.seat import Seat
from app.domain.board import Tab
from app.domain.times import local
from app.reads import board, exports

SYSTEMS = {"kingdee_cloud": ".xlsx", "yonyou_tplus": ".xlsx", "yonyou_u8": ".xlsx", "sap": ".csv"}
"""The systems whose documents ship, with the ending of their files."""
DOCUMENTS = ("orders", "shipments", "receivables")
TABS = (Tab.TO_REVIEW, Tab.TO_PRINT, Tab.TO_SHIP, Tab.SHIPPED, Tab.COMPLETED)
"""Where orders stand that such a document may hold: paid, and not given up."""
CLOSED = ".zip"


class ErpExport:
    """Asks which document of which system, and has it written as every export is."""

    def __init__(self, seat: Seat, host: QWidget, export: OrderExport) -> None:
        self._seat, self._host, self._export = seat, host, export

    async def ask(self) -> None:
        """Ask until the answers will do or the card is put away; then have the file written."""
        counts = {one.tab: one.n for one in await self._seat.see(board.tabs)}
        taken = await self._seat.see(exports.taken_lately, self._seat.clock.now())
        answer: Answers = {"system": next(iter(SYSTEMS)), "document": DOCUMENTS[0]}
        answer |= {"tab": Tab.SHIPPED, "path": str(await asyncio.to_thread(self._usual))}
        text, closed = "erp.text", False
        while True:
            given = await self._asked(answer, counts, text, closed=closed)
            if given is None:
                return
            closed = counts.get(given["tab"], 0) + taken > self._seat.law.policy.bulk_rows
            text = await self._lacking(given, closed=closed)
            if not text:
                break
            answer = given
        template = f"{given['system']}/{given['document']}"
        place = (given["tab"], str(_path(given)), given["reason"], given.get("passphrase", ""))
        await self._export.write(
            ExportOrders(*place, template=template, customer=given["customer"])
        )

    # --- inside --------------------------------------------------------------------------------

    async def _asked(
        self, answer: Answers, counts: dict[str, int], text: str, *, closed: bool
    ) -> Answers | None:
        speech = self._seat.speech
        systems = tuple((one, speech.word("erp_system", one)) for one in SYSTEMS)
        documents = tuple((one, speech.word("erp_document", one)) for one in DOCUMENTS)
        tabs = tuple((tab, f"{speech.word('tab', tab)} {counts.get(tab, 0):,}") for tab in TABS)
        fields: tuple[Field, ...] = (
            Field("system", "erp.system", answer["system"], systems, needed=True),
            Field("document", "erp.document", answer["document"], documents, needed=True),
            Field("tab", "exporting.tab", answer["tab"], tabs, needed=True),
            Field("customer", "erp.customer", answer.get("customer", ""), needed=True),
            Field("path", "exporting.path", answer["path"], needed=True),
            Field("reason", "sheet.reason", answer.get("reason", ""), needed=True),
        )
        if closed:
            fields += (
                Field("passphrase", "exporting.passphrase", secret=True),
                Field("again", "exporting.again", secret=True),
            )
        args: dict[str, str | int] = {"n": self._seat.law.policy.bulk_rows}
        form = Form("erp.title", text, fields, "exporting.now", args=args)
        return await ask(self._host.window(), speech, form)

    async def _lacking(self, given: Answers, *, closed: bool) -> str:
        """The key of what is still to be put right, "" when nothing is."""
        passphrase = given.get("passphrase", "")
        if passphrase != given.get("again", ""):
            return "exporting.differ"
        if closed and not passphrase:
            return "exporting.needs_passphrase"
        path = _path(given)
        if not path.is_absolute() or not await asyncio.to_thread(path.parent.is_dir):
            return "exporting.no_folder"
        return "exporting.is_there" if await asyncio.to_thread(path.exists) else ""

    def _usual(self) -> Path:
        """A file of today in the person's documents that is not there yet, without its ending."""
        place = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(place))
        today = local(self._seat.clock.now(), self._seat.speech.zone)
        first = path = folder / f"waydesk-documents-{today:%Y-%m-%d}"
        n, ends = 1, (*SYSTEMS.values(), CLOSED)
        while any(path.with_name(path.name + end).exists() for end in ends):
            n += 1
            path = first.with_name(f"{first.name}-{n}")
        return path


def _path(given: Answers) -> Path:
    """The file with the ending of its form: an encrypted zip where a passphrase was given."""
    typed, plain = Path(given["path"]), SYSTEMS[given["system"]]
    bare = typed.with_suffix("") if typed.suffix.lower() in {plain, ".csv", CLOSED} else typed
    return Path(f"{bare}{CLOSED if given.get('passphrase') else plain}")
