"""An import from its first row to its last, a piece at a time, whoever turns the handle.

The background service turns it between other work and tells how far it has come; the terminal
turns it in one go. Each piece is one transaction in the name of the person who asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain.actor import Actor
from app.operations import product_import
from app.operations.product_import import PIECE, Tally
from app.operations.product_sheet import Sheet
from app.rulebook import Rulebook
from app.store.listings import Listings
from app.store.listings import Told as ListingTold
from app.store.work import Work
from sync.records import ListingRecord


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be taken in, where, and in whose name; import 0 only looks."""

    sheet: Sheet
    stock_at: int = 0
    import_id: int = 0
    channel_id: int = 0
    actor: Actor = field(default_factory=lambda: Actor("import"))
    records: tuple[ListingRecord, ...] = ()


class Walk:
    """One import under way."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally = Tally(plan.sheet, plan.import_id)

    def steps(self) -> Iterator["Step"]:
        """The pieces to do, in order; after the last, or when stopped, `finish`."""
        told = self.plan.sheet.told
        for at in range(0, len(told), PIECE):
            yield Step(self, at)

    def finish(self, work: Work) -> None:
        """Close the import in the book, and learn the listings a shop's list told of."""
        if not self.plan.import_id:
            return
        if self.plan.records and self.tally.state == "done":
            told = (
                ListingTold(one.ref, one.sku, one.title, one.variant, work.now, one.barcode)
                for one in self.plan.records
            )
            Listings(work, self.plan.channel_id, told)
        product_import.finish(work, self.tally)


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of an import."""

    walk: Walk
    at: int

    @property
    def done(self) -> int:
        """How many rows are behind it once it is done."""
        return min(self.at + PIECE, len(self.walk.plan.sheet.told))

    def do(self, work: Work, rules: Rulebook) -> bool:
        """Do it in the caller's transaction; False once somebody stopped the import."""
        plan = self.walk.plan
        some = plan.sheet.told[self.at : self.at + PIECE]
        if not plan.import_id:
            product_import.foresee(work, self.walk.tally, some, plan.stock_at)
            return True
        if not product_import.take(work, rules, self.walk.tally, some):
            return False
        work.tell("products_piece", "import", plan.import_id, n=len(some))
        return True
