"""An import taken back by pieces: looked at whole first, then undone from its newest change on.

Each change is marked in the transaction that takes it back. So a kill leaves an import partly
taken back, and whoever goes on with it goes on with what still stands: nothing twice.
"""

from dataclasses import dataclass, field

import msgspec

from app.commands.catalogue_import import TakenBack
from app.domain.errors import NotInState
from app.domain.errors_catalogue import UndoRefused
from app.store import product_imports, products
from app.store.product_imports import (
    DONE,
    PART_UNDONE,
    STOPPED,
    TAKEN_BACK,
    UNDOING,
    UNDONE,
)
from app.store.seal import Row
from app.store.tables_catalogue import product, product_import
from app.store.work import Work

NAMED = 5
BEYOND = 2**63 - 1
"""Greater than every id: the newest change is before it."""


def begin(work: Work, row: Row) -> None:
    """Say that an import is being taken back. Raises :class:`NotInState` for one that runs."""
    if row["state"] not in {DONE, STOPPED, PART_UNDONE, UNDOING}:
        raise NotInState(machine="import", state=row["state"], action="undo")
    if row["state"] != UNDOING:
        was = row["was"] if row["state"] == PART_UNDONE else row["state"]
        work.update(product_import, row["id"], state=UNDOING, was=was)
        work.mark("imports", row["id"])


def stop(work: Work, row: Row) -> str:
    """End it where it stands; its state: one of which nothing was taken back is what it was."""
    state: str = PART_UNDONE if row["undone"] else row["was"]
    work.update(product_import, row["id"], state=state)
    work.mark("imports", row["id"])
    work.tell("import_undo_stopped", "import", row["id"], n=row["undone"])
    return state


@dataclass(slots=True)
class Undo:
    """One import being taken back, whoever turns the handle.

    Attributes:
        state: as the book has it; another one than ``undoing`` ends the work.
        total: how many changes stand when it begins.
        looked, done: how many of them were looked at, and taken back or left.
        used: the merchant codes something was done with since; what was done to them stays.
    """

    import_id: int
    state: str = UNDOING
    total: int = 0
    looked: int = 0
    done: int = 0
    used: set[str] = field(default_factory=set)
    _below: int = BEYOND

    def begin(self, work: Work) -> None:
        """Learn how much there is to do."""
        self.state = work.row(product_import, self.import_id)["state"]
        self.total = product_imports.count_standing(work, self.import_id)

    def look(self, work: Work, rows: int) -> int:
        """Look at some more changes; how many, 0 after the last one or when it was stopped."""
        row, some = self._next(work, rows)
        self.used |= _used(work, row, some, _known(work, some))
        self.looked += len(some)
        return len(some)

    def settle(self, work: Work) -> None:
        """Take nothing back where something was used since; the record says so.

        The import is then what it was before.
        """
        self._below = BEYOND
        row = work.row(product_import, self.import_id)
        if self.used and row["state"] == UNDOING:
            self.state = stop(work, row)

    def refuse(self) -> None:
        """Raise :class:`UndoRefused` naming what was used since, if anything was."""
        if self.used:
            raise UndoRefused(skus=self._named(), n=len(self.used))

    def step(self, work: Work, rows: int) -> int:
        """Take some more back; how many changes it was about, 0 at the end.

        What was used since the look stays as it is.
        """
        row, some = self._next(work, rows)
        known = _known(work, some)
        self.used |= _used(work, row, some, known)
        mine = [one for one in some if one["sku"] not in self.used]
        if mine:
            _take_back(work, row, mine, known)
            work.tell("import_piece_undone", "import", row["id"], n=len(mine))
        self.done += len(some)
        return len(some)

    def finish(self, work: Work) -> TakenBack:
        """Close it in the book; what came of it."""
        row = work.row(product_import, self.import_id)
        self.state = row["state"]
        if self.state == UNDOING:
            left = product_imports.count_standing(work, self.import_id)
            self.state = PART_UNDONE if left else UNDONE
            work.update(product_import, row["id"], row["version"], state=self.state)
            work.mark("imports", row["id"])
            work.mark("products")
            work.tell("import_undone", "import", row["id"], n=row["undone"], left=left)
        return TakenBack(self.state, row["undone"], len(self.used), self._named())

    def _named(self) -> str:
        return ", ".join(sorted(self.used)[:NAMED])

    def _next(self, work: Work, rows: int) -> tuple[Row, list[Row]]:
        row = work.row(product_import, self.import_id)
        self.state = row["state"]
        if self.state != UNDOING:
            return row, []
        some = product_imports.standing(work, self.import_id, self._below, rows)
        self._below = some[-1]["id"] if some else self._below
        return row, some


def _known(work: Work, changes: list[Row]) -> dict[str, Row]:
    return products.of_skus(work, {one["sku"] for one in changes})


def _used(work: Work, row: Row, changes: list[Row], known: dict[str, Row]) -> set[str]:
    """The merchant codes with which something was done since the import."""
    used = {one["sku"] for one in changes if one["sku"] not in known}
    told = [one for one in changes if one["what"] != "stock" and one["sku"] in known]
    used |= {one["sku"] for one in told if _edited(one, known[one["sku"]])}
    added = [one["sku"] for one in told if one["what"] == "added"]
    used |= product_imports.at_work(work, added)
    stocked = [one["sku"] for one in changes if one["what"] == "stock"]
    return used | product_imports.moved_since(work, row, stocked)


def _edited(one: Row, standing: Row) -> bool:
    after = msgspec.json.decode(one["after_json"])
    new = one["what"] == "added" and (standing["version"] != 1 or standing["kind"] != "single")
    return new or any(standing[name] != value for name, value in after.items())


def _take_back(work: Work, row: Row, changes: list[Row], known: dict[str, Row]) -> None:
    back = [(one["sku"], -one["quantity"]) for one in changes if one["what"] == "stock"]
    product_imports.move(work, (TAKEN_BACK, row["id"]), row["location_id"], back)
    for one in changes:
        standing = known[one["sku"]]
        if one["what"] == "changed":
            products.change(work, standing, **msgspec.json.decode(one["before_json"]))
        elif one["what"] == "added":
            work.delete(product, standing["id"])
    product_imports.note_undone(work, row, changes)
