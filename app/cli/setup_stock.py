"""Reads opening stock from a CSV or XLSX file: code, title, quantity, weight."""

from collections.abc import Mapping
from pathlib import Path

from app.domain.errors import ImportUnreadable
from app.operations.import_cells import BadCellError, as_code, as_text
from app.operations.import_rows import SheetRow, read_rows

Opening = tuple[str, str, int, int]  # merchant code, title, quantity, weight in g
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "sku": ("sku", "商家编码"),
    "title": ("title", "商品"),
    "quantity": ("quantity", "数量"),
    "weight_g": ("weight_g", "重量（克）", "重量(克)", "重量"),
}
NEEDED = ("sku", "quantity")


def read_stock(path: Path) -> tuple[Opening, ...]:
    """Every row of the file; all of it or nothing, for half a stock would be sold wrongly.

    Raises :class:`ImportUnreadable` naming the row and what stood there.
    """
    rows, codes = [], set()
    for row in read_rows(path):
        try:
            read = _row(path, row)
        except BadCellError as bad:
            why = f"row {row.number}: {bad.code} “{bad.stood}”"
            raise ImportUnreadable(file=path.name, why=why) from None
        if read[0] in codes:
            raise ImportUnreadable(file=path.name, why=f"row {row.number}: “{read[0]}” twice")
        codes.add(read[0])
        rows.append(read)
    return tuple(rows)


def _row(path: Path, row: SheetRow) -> Opening:
    cells = {}
    for name, headings in HEADINGS.items():
        heading = next((one for one in headings if one in row.cells), None)
        if heading is None and name in NEEDED:
            raise ImportUnreadable(file=path.name, why=f"no_column: {headings[0]}")
        cells[name] = row.cells[heading] if heading else ""
    sku = as_code(cells["sku"])
    if not sku:
        raise BadCellError("no_code", "")
    return sku, as_text(cells["title"]) or sku, _whole(cells["quantity"]), _whole(cells["weight_g"])


def _whole(cell: object) -> int:
    """A whole number from nought up; an empty cell is nought."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if text and not (text.isascii() and text.isdigit()):
        raise BadCellError("not_a_quantity", text)
    return int(text or 0)
