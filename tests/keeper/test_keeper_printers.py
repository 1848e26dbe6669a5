"""Everybody sees which printers there are; a printing service that is away shows none."""

from app.commands.channels import PrintersSeen
from app.keeper import press_jobs
from app.keeper.press_jobs import PrinterSeen, written
from app.keeper.printer_list import printers_seen
from app.process.errors import PressUnavailable


class Press:
    """Answers as the press does, or is away."""

    def __init__(self, *seen: PrinterSeen, away: bool = False) -> None:
        self._seen, self._away = seen, away

    async def run(self, kind: str) -> bytes:
        assert kind == press_jobs.PRINTERS
        if self._away:
            raise PressUnavailable(why="closed")
        return written(self._seen)


async def test_every_printer_is_offered_with_the_shops_usual_one() -> None:
    thermal = PrinterSeen("Thermal 2", "bench 2", True, "idle", True)
    found = await printers_seen(Press(thermal), "Thermal 2")
    assert [(p.name, p.is_default, p.state) for p in found.printers] == [
        ("Thermal 2", True, "idle")
    ]
    assert found.usual == "Thermal 2"


async def test_a_printing_service_that_is_away_offers_none_and_is_no_computer_without_any() -> None:
    assert await printers_seen(Press(away=True), "raw:10.0.0.9:9100") == PrintersSeen(
        (), "raw:10.0.0.9:9100", known=False
    )
    assert await printers_seen(Press(), "") == PrintersSeen((), "", known=True)
