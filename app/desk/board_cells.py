"""The board's columns: what an agent and a packer look for, in this order."""

from app.desk.columns import Cell, Column, Kind
from app.desk.seat import Seat
from app.desk.speech import NONE
from app.desk.status import deadline, paper, status
from app.reads.board import BoardRow


class BoardCells:
    """Turns an order into cells, in the language and at the time of the seat."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[BoardRow], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("tick", "", lambda _row: Cell(), 34, Kind.CHECK),
            Column("goods", "col.goods", self._goods, 164, Kind.TILE, "summary", grow=5),
            Column("number", "col.number", self._number, 118, sort="external_no", grow=2),
            Column("buyer", "col.buyer", self._buyer, 92, sort="buyer_mask", grow=1, drop=2),
            Column("remarks", "col.remarks", self._remarks, 88, Kind.FLAG, grow=4, drop=3),
            Column("carrier", "col.carrier", self._carrier, 138, sort="waybill_no", grow=2, drop=1),
            Column("status", "col.status", self._status, 134, Kind.DOT, "state", grow=3),
            Column("promise", "col.promise", self._promise, 96, Kind.PILL, "promise_at", grow=1),
        )

    def _goods(self, row: BoardRow) -> Cell:
        title = row.summary or NONE
        count = f"×{row.items}" if row.items else ""
        second = " ".join(part for part in (row.summary_variant, count) if part)
        return Cell(title, second, mark=title.strip()[:1])

    def _number(self, row: BoardRow) -> Cell:
        return Cell(row.external_no, row.shop, mono=True)

    def _buyer(self, row: BoardRow) -> Cell:
        shown = self._seat.speech.person(row.buyer_mask)
        who = " ".join(part for part in (shown, row.phone_tail) if part)
        return Cell(who or NONE, row.city, quiet=not who)

    def _remarks(self, row: BoardRow) -> Cell:
        say = self._seat.speech.say
        buyer = (
            say("board.buyer_says", text=row.buyer_message_mask) if row.buyer_message_mask else ""
        )
        memo = say("board.shop_says", text=row.seller_memo) if row.seller_memo else ""
        lines = [line for line in (buyer, memo) if line]
        if not lines:
            word = self._seat.speech.word("flag", row.flag) if row.flag else NONE
            return Cell(word, mark=row.flag, quiet=True)
        return Cell(lines[0], lines[1] if len(lines) > 1 else "", mark=row.flag)

    def _carrier(self, row: BoardRow) -> Cell:
        name = self._seat.speech.word("carrier", row.carrier) if row.carrier else ""
        if not row.waybill_no:
            return Cell(f"{name} {NONE}".strip(), paper(row, self._seat.speech), quiet=True)
        return Cell(row.waybill_no, self._under_number(row, name), mono=True)

    def _under_number(self, row: BoardRow, name: str) -> str:
        return " · ".join(part for part in (name, paper(row, self._seat.speech)) if part)

    def _status(self, row: BoardRow) -> Cell:
        said = status(row, self._seat.speech)
        if row.ends:
            tone = "bad" if said.tone == "bad" else "warning"
            return Cell(said.word, f"≠ {self._seat.speech.word('ends_short', row.ends)}", tone)
        return Cell(said.word, said.more, said.tone)

    def _promise(self, row: BoardRow) -> Cell:
        text, tone = deadline(row, self._seat.speech, self._seat.clock.now())
        return Cell(text, tone=tone, quiet=text == NONE)
