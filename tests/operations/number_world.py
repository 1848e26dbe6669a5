"""Orders that wait for a forwarder's numbers, and lists of such numbers."""

import zipfile
from pathlib import Path
from typing import Any

from app.commands.numbers import (
    GivenNumber,
    LookAtNumbers,
    NumbersSeen,
    NumbersTaken,
    TakeNumbers,
)
from app.commands.stock import AdjustStock
from app.domain.actor import Actor
from app.operations.number_look import Look
from app.operations.number_plans import GIVES
from app.operations.number_rows import read_table
from app.operations.numbers import Giving
from app.store import orders
from app.store.tables_record import operator
from app.store.work import Book
from tests.operations.outbound_world import Shop, open_shop, record

HEAD = "订单编号,快递公司,快递单号"
CELL = '<c r="{at}" {kind}>{value}</c>'
PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxml'
    'formats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-office'
    'document.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.open'
    'xmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.open'
    'xmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def number_of(n: int) -> str:
    """The n-th SF number of a list."""
    return f"SF14260087{n:05d}"


def stocked(shop: Shop) -> Shop:
    """Goods enough for any list."""
    for sku in ("LN-27", "HK-01"):
        shop.do("lead", AdjustStock(sku, shop.location_id, 500, "counted"))
    return shop


def waiting(book: Book, count: int, *people: str) -> Shop:
    """A shop whose orders 600, 601 … are allocated and have no number yet."""
    shop = stocked(open_shop(book, *(people or ("lead", "packer"))))
    shop.receive(*(record(str(600 + n)) for n in range(count)))
    for _ in range(0, count, 50):
        shop.flow()
    return shop


def text(*rows: str, head: str = HEAD) -> str:
    """A list as it is pasted."""
    return "\n".join((head, *rows) if head else rows)


def look(shop: Shop, ask: LookAtNumbers, who: str = "lead") -> NumbersSeen:
    """Look at a list as the desk of numbers does, in somebody's name."""
    shop.do(who, ask)
    pk = next(one["id"] for one in shop.all(operator) if one["login"] == who)
    with shop.book.work(Actor(who, pk)) as work:
        return Look(work, shop.door.laws.now, ask).seen(read_table(ask), lambda *_: None)


def pasted(shop: Shop, *rows: str, head: str = HEAD, **more: Any) -> NumbersSeen:
    """Look at pasted rows."""
    return look(shop, LookAtNumbers(text=text(*rows, head=head), **more))


def verdicts(seen: NumbersSeen) -> list[str]:
    """What becomes of each row."""
    return [row.verdict for row in seen.rows]


def wanted(seen: NumbersSeen, *, handed: bool = False, reason: str = "a list") -> TakeNumbers:
    """What a person asks for who says yes to all that can be."""
    given = tuple(
        GivenNumber(row.row, row.order_id, row.courier, row.number, row.before, row.items)
        for row in seen.rows
        if row.verdict in GIVES or (handed and row.verdict == "same")
    )
    return TakeNumbers(tuple({one.order_id for one in given}), given, handed, reason)


def give(shop: Shop, ask: TakeNumbers, who: str = "lead") -> NumbersTaken:
    """Take numbers in through the door and, piece by piece, into the book."""
    shop.do(who, ask)
    giving = Giving(ask)
    while giving.done < giving.total:
        with shop.book.work(Actor(who)) as work:
            giving.step(work, shop.door.laws.now, 7)
            if work.has_told:
                for pk in sorted(work.marked.get("orders", ())):
                    orders.refresh(work, int(pk))
                work.commit()
    return giving.taken()


def workbook(folder: Path, *rows: tuple[str | int | float, ...]) -> str:
    """An XLSX file: text as text, numbers as the numbers a spreadsheet keeps."""
    lines = []
    for n, cells in enumerate(rows, 1):
        told = ""
        for at, value in zip("ABCDEFG", cells, strict=False):
            kind = 't="inlineStr"' if isinstance(value, str) else ""
            inner = f"<is><t>{value}</t></is>" if kind else f"<v>{value!r}</v>"
            told += CELL.format(at=f"{at}{n}", kind=kind, value=inner)
        lines.append(f'<row r="{n}">{told}</row>')
    sheet = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml'
    sheet += f'/2006/main"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    path = folder / "list.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        for name, part in (PARTS | {"xl/worksheets/sheet1.xml": sheet}).items():
            packed.writestr(name, part)
    return str(path)
