"""What is asked of product files and of shops' product lists: look first, take in, take back."""

import msgspec


class ImportProducts(msgspec.Struct, frozen=True, tag="import_products"):
    """Take a product file in; answers :class:`Brought`. ``preview`` writes nothing.

    ``mapping`` is a mapping file, or the name of one that ships; "" recognises the headings.
    Opening stock is taken in at the warehouse ``stock_at``; 0 leaves stock alone.
    """

    path: str
    mapping: str = ""
    stock_at: int = 0
    preview: bool = False


class FetchProducts(msgspec.Struct, frozen=True, tag="fetch_products"):
    """Take in what a connected shop sells, as a file is; answers :class:`Brought`."""

    channel_id: int
    stock_at: int = 0
    preview: bool = False


class StopImport(msgspec.Struct, frozen=True, tag="stop_import"):
    """End an import that comes in or is taken back; what was done so far stays done."""

    import_id: int


class UndoImport(msgspec.Struct, frozen=True, tag="undo_import"):
    """Take an import back, or go on taking it back; answers :class:`TakenBack`.

    Products go that nothing was done with since, changed fields become what they were, and opening
    stock goes back through the ledger. Where anything was used since, nothing is touched.
    """

    import_id: int


class Begun(msgspec.Struct, frozen=True):
    """The import that was begun; 0 for a preview, which leaves no trace."""

    import_id: int
    operator_id: int = 0
    by: str = ""


class Change(msgspec.Struct, frozen=True):
    """One field that becomes another."""

    field: str
    before: str
    after: str


class Foreseen(msgspec.Struct, frozen=True):
    """One row: what becomes of it (new, changed, same), and its opening stock.

    ``stock`` is what is taken in; ``kept`` says the code has a figure already, which stays.
    """

    row: int
    sku: str
    title: str
    verdict: str
    changes: tuple[Change, ...] = ()
    stock: int = 0
    kept: bool = False


class Refusal(msgspec.Struct, frozen=True):
    """One row that was refused: why, in which column, and what stood there."""

    row: int
    code: str
    column: str
    stood: str


class Brought(msgspec.Struct, frozen=True):
    """What an import brought, or would bring; ``lines`` and ``refusals`` are the first of them."""

    import_id: int = 0
    state: str = "done"
    rows: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    stocked: int = 0
    lines: tuple[Foreseen, ...] = ()
    refusals: tuple[Refusal, ...] = ()


class TakenBack(msgspec.Struct, frozen=True):
    """What came of taking an import back: its state now, and how many changes are undone.

    ``left`` codes were used while it was at work, and stay as they are; ``skus`` are the first.
    """

    state: str
    undone: int = 0
    left: int = 0
    skus: str = ""
