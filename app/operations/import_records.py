"""Rows of an order file become records, or a reject with its row, its reason and what stood there.

An order stands or falls whole: when one of its rows is refused, all of them are kept aside, so
that nobody packs half of what was bought (F106). Nothing is dropped.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from app.domain.states import OrderState
from app.operations.import_cells import (
    BadCellError,
    as_code,
    as_minor,
    as_moment,
    as_text,
    as_whole,
)
from app.operations.import_map import AMOUNTS, RECEIVER, TIMES, FileMap
from app.operations.import_rows import Cell, SheetRow
from app.operations.intake_states import OVER, RANK
from sync.records import (
    NO_MOMENT,
    KeptAside,
    LineRecord,
    Moment,
    OrderRecord,
    Problem,
    ReceiverRecord,
)

CODES = frozenset({"external_id", "external_no", "line_id", "sku", "phone", "postcode"})
OF_LINES = frozenset({"line_id", "sku", "title", "variant", "quantity", "unit_price", "line_total"})
_CLOSED = re.compile(r"##|\$\$|~")  # how platforms begin a text that only they can open
_HIDDEN = re.compile(r"\*|^(?:##|\$\$|~)")
_IN_ONE = re.compile(
    r"(?P<province>\S+) +(?P<city>\S+) +(?P<district>\S+) +(?P<address>.+?)"
    r"(?:\((?P<postcode>[0-9]{6})\))?"
)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was refused: its number, the code of the reason, and what stood there."""

    row: int
    code: str
    stood: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A whole file, read: orders to take in, rows refused, and the refused ones to keep.

    ``numbers`` are all orders it names, refused or not, each once.
    """

    rows: int
    records: tuple[OrderRecord, ...]
    rejects: tuple[Reject, ...]
    kept_aside: tuple[KeptAside, ...]
    numbers: tuple[str, ...] = ()


def judge(rows: Iterable[SheetRow], file_map: FileMap) -> Judged:
    """Read every row by the mapping; the rows of one order need not stand together."""
    groups: dict[str, list[SheetRow]] = {}
    rejects: list[Reject] = []
    aside: list[KeptAside] = []
    count = 0
    for row in rows:
        count += 1
        external_id = _id_of(row, file_map, rejects)
        if external_id:
            groups.setdefault(external_id, []).append(row)
        else:
            aside.append(_aside("", rejects[-1], [row]))
    records = []
    for external_id, mine in groups.items():
        read = _Order(external_id, mine, file_map).read()
        if isinstance(read, OrderRecord):
            records.append(read)
        else:
            rejects.extend(read)
            aside.append(_aside(external_id, read[0], mine))
    rejects.sort(key=lambda reject: reject.row)
    return Judged(count, tuple(records), tuple(rejects), tuple(aside), tuple(groups))


def _id_of(row: SheetRow, file_map: FileMap, rejects: list[Reject]) -> str:
    heading = file_map.columns["external_id"]
    try:
        external_id = as_code(row.cells.get(heading, ""))
    except BadCellError as bad:
        rejects.append(Reject(row.number, bad.code, bad.stood, heading))
        return ""
    if not external_id:
        rejects.append(Reject(row.number, "no_order_id", "", heading))
    return external_id


def order_word(told: Sequence[str], file_map: FileMap) -> str:
    """What rows that differ say of their order: its least advanced item that is not over.

    A word without a meaning goes first, so that somebody says what it means.
    """
    means = {word.raw: OrderState(word.to) for word in file_map.words}
    unknown = [raw for raw in told if raw not in means]
    going = [raw for raw in told if raw in means and means[raw] not in OVER]
    return (unknown or sorted(going, key=lambda raw: RANK[means[raw]]) or list(told))[0]


def _aside(external_id: str, reject: Reject, rows: list[SheetRow]) -> KeptAside:
    problem = Problem(reject.code, reject.column or f"row {reject.row}", reject.stood)
    return KeptAside(external_id or f"row {reject.row}", problem, _raw(rows))


def _raw(rows: list[SheetRow]) -> bytes:
    """The rows as they stood, without their numbers: a file sorted anew is the same file."""
    plain = [{name: str(cell) for name, cell in row.cells.items()} for row in rows]
    return msgspec.json.encode(plain, order="sorted")


class _Order:
    """The rows of one order, read as a record."""

    def __init__(self, external_id: str, rows: list[SheetRow], file_map: FileMap) -> None:
        self._id, self._rows, self._map = external_id, rows, file_map
        self._rejects: list[Reject] = []
        self._problems: list[Problem] = []

    def read(self) -> OrderRecord | list[Reject]:
        self._refuse_shape()
        record = self._record()
        if not self._rejects:
            return record
        refused = {reject.row for reject in self._rejects}
        for row in self._rows:
            if row.number not in refused:
                self._rejects.append(Reject(row.number, "other_row_refused", self._id))
        return self._rejects

    def _refuse_shape(self) -> None:
        """Refuse rows with cells beside the headings, and rows of one order that disagree."""
        first = self._rows[0]
        if not self._map.per_line:
            for row in self._rows[1:]:
                self._rejects.append(Reject(row.number, "order_twice", self._id))
        own = OF_LINES | self._map.differing
        shared = [heading for name, heading in self._map.columns.items() if name not in own]
        for row in self._rows:
            if row.extra:
                self._rejects.append(Reject(row.number, "too_many_cells", ""))
            for heading in shared if self._map.per_line else ():
                if row.cells.get(heading, "") != first.cells.get(heading, ""):
                    stood = str(row.cells.get(heading, ""))[:80]
                    self._rejects.append(Reject(row.number, "rows_disagree", stood, heading))

    def _cell(self, name: str, row: SheetRow) -> Cell:
        if name not in self._map.columns:
            return self._map.constants.get(name, "")
        cell = row.cells.get(self._map.columns[name], "")
        if isinstance(cell, str):
            cell = cell.strip()
        return "" if cell in self._map.blank else cell

    def _first(self, name: str) -> SheetRow:
        """The row that speaks for the order: the first, or the first that says anything."""
        if name not in self._map.differing:
            return self._rows[0]
        return next((row for row in self._rows if self._cell(name, row) != ""), self._rows[0])

    def _status(self) -> str:
        if "status" not in self._map.differing:
            return self._text("status")
        return order_word([self._text("status", row) for row in self._rows], self._map)

    def _refused(self, name: str, row: SheetRow, bad: BadCellError) -> None:
        heading = self._map.columns.get(name, name)
        self._rejects.append(Reject(row.number, bad.code, bad.stood, heading))

    def _text(self, name: str, row: SheetRow | None = None) -> str:
        row = row or self._first(name)
        cell = self._cell(name, row)
        if cell == "":
            return ""
        try:
            return (as_code if name in CODES else as_text)(cell)
        except BadCellError as bad:
            self._refused(name, row, bad)
            return ""

    def _minor(self, name: str, row: SheetRow | None = None) -> int:
        row = row or self._rows[0]
        cell = self._cell(name, row)
        if cell == "":
            return 0
        try:
            return as_minor(cell, self._map.currency, self._map.thousands)
        except BadCellError as bad:
            self._refused(name, row, bad)
            return 0

    def _moment(self, name: str) -> Moment:
        cell = self._cell(name, self._first(name))
        if cell == "":
            return NO_MOMENT
        moment = as_moment(cell, self._map.zone)
        if moment.utc_ms is None:
            self._problems.append(Problem("bad_time", name, moment.raw[:80]))
        return moment

    def _record(self) -> OrderRecord:
        moments = {name: self._moment(name) for name in TIMES}
        amounts = {name: self._minor(name) for name in AMOUNTS}
        lines = self._lines()
        total = amounts["total"]
        if "total" not in self._map.columns:
            total = sum(line.total_minor for line in lines) + amounts["freight"]
        paid = self._map.settled_when_paid and moments["paid"].utc_ms is not None
        modified = moments["modified"].utc_ms
        return OrderRecord(
            external_id=self._id,
            external_no=self._text("external_no") or self._id,
            # Without a time of change the rows themselves tell whether anything is new.
            version=modified or 0,
            raw_status=self._status(),
            raw_payment=self._text("payment"),
            placed=moments["placed"],
            paid=moments["paid"],
            modified=moments["modified"],
            completed=moments["completed"],
            promise=moments["promise"] if "promise" in self._map.columns else None,
            currency=self._map.currency,
            total_minor=total,
            freight_minor=amounts["freight"],
            discount_minor=amounts["discount"],
            tax_minor=amounts["tax"],
            lines=lines,
            receiver=self._receiver(),
            buyer_nick=self._text("nick"),
            buyer_message=self._text("message"),
            seller_memo=self._text("memo"),
            flag=self._text("flag"),
            kind=self._text("kind") or "normal",
            payment_proofs=("settled",) if paid else (),
            transaction_ref=self._text("transaction"),
            problems=tuple(self._problems),
            raw=_raw(self._rows),
        )

    def _receiver(self) -> ReceiverRecord:
        told = {name: self._text(name) for name in (*RECEIVER, "postcode")}
        parts = _IN_ONE.fullmatch(told["address"]) if self._map.split_address else None
        if parts is not None:
            told |= {name: part for name, part in parts.groupdict().items() if part}
        # A label with stars on it reaches nobody: what is hidden is kept as the platform's own word
        # for it, so that only a label route that can open it takes such an order.
        hidden = [told[name] for name in ("name", "phone", "address") if _HIDDEN.search(told[name])]
        if self._map.hides_receivers and not any(told[n] for n in ("name", "phone", "address")):
            hidden = ["hidden"]
        shown = {name: "" if _CLOSED.match(text) else text for name, text in told.items()}
        return ReceiverRecord(**shown, cipher="\n".join(hidden))

    def _lines(self) -> tuple[LineRecord, ...]:
        """The items; a row with neither code, title nor quantity is an order without items."""
        lines = []
        for at, row in enumerate(self._rows, start=1):
            if any(self._cell(name, row) != "" for name in ("sku", "title", "quantity")):
                lines.append(self._line(at, row))
        return tuple(lines)

    def _line(self, at: int, row: SheetRow) -> LineRecord:
        quantity = 0
        try:
            quantity = as_whole(self._cell("quantity", row))
        except BadCellError as bad:
            self._refused("quantity", row, bad)
        unit, total = self._minor("unit_price", row), self._minor("line_total", row)
        sku = self._text("sku", row)
        return LineRecord(
            external_id=self._text("line_id", row) or str(at),
            sku=sku,
            listing_ref="",
            title=self._text("title", row) or sku,
            variant=self._text("variant", row),
            quantity=quantity,
            unit_price_minor=unit or (total // quantity if quantity else 0),
            total_minor=total or unit * quantity,
            quantity_refunded=quantity if self._is_over(row) else 0,
        )

    def _is_over(self, row: SheetRow) -> bool:
        """Whether this item alone was closed, while its order goes on."""
        if "status" not in self._map.differing:
            return False
        over = {word.raw for word in self._map.words if OrderState(word.to) in OVER}
        return self._text("status", row) in over and self._status() not in over
