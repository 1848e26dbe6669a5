"""Which printers a person may choose from: the press sees them, because drivers need Qt."""

from app.commands.channels import PrinterChoice, PrintersSeen
from app.keeper import press_jobs
from app.keeper.press_jobs import PrinterSeen
from app.keeper.press_link import PressLink
from app.process.errors import Failed, PressJobUnknown, PressUnavailable


async def printers_seen(press: PressLink, usual: str) -> PrintersSeen:
    """The system's printers; none while the printing service is away, which is no error."""
    try:
        found = await press.run(press_jobs.PRINTERS)
    except (Failed, PressJobUnknown, PressUnavailable):
        return PrintersSeen(printers=(), usual=usual, known=False)
    seen = press_jobs.read(found, tuple[PrinterSeen, ...])
    choices = tuple(PrinterChoice(s.name, s.description, s.is_default, s.state) for s in seen)
    return PrintersSeen(printers=choices, usual=usual)
