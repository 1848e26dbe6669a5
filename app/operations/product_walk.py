"""An import from its first row to its last, a piece at a time, whoever turns the handle.

The background service turns it between other work and tells how far it has come; the terminal
turns it in one go. Each piece is one transaction in the name of the person who asked.
"""

from dataclasses import dataclass, field

from app.domain.actor import Actor
from app.operations import product_import
from app.operations.product_import import Tally
from app.operations.product_sheet import Sheet, Told
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
    """One import under way: its rows first, then the listings a shop's list told of."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally = Tally(plan.sheet, plan.import_id)
        self.done = 0
        """How many rows and listings are behind it."""

    @property
    def total(self) -> int:
        """How many rows and listings there are."""
        return len(self.plan.sheet.told) + (len(self.plan.records) if self.plan.import_id else 0)

    @property
    def over(self) -> bool:
        """Whether the last piece was done, or somebody stopped the import."""
        return self.done >= self.total or self.tally.state != "done"

    def step(self, work: Work, rules: Rulebook, rows: int) -> int:
        """Do the next ``rows`` in the caller's transaction; how many they were, 0 when stopped."""
        told = self.plan.sheet.told
        if self.done < len(told):
            n = self._rows(work, rules, told[self.done : self.done + rows])
        else:
            n = self._learn(work, rows)
        self.done += n
        return n

    def finish(self, work: Work) -> None:
        """Close the import in the book."""
        if self.plan.import_id:
            product_import.finish(work, self.tally)

    def _rows(self, work: Work, rules: Rulebook, some: tuple[Told, ...]) -> int:
        plan = self.plan
        if not plan.import_id:
            product_import.foresee(work, self.tally, some, plan.stock_at)
        elif product_import.take(work, rules, self.tally, some):
            work.tell("products_piece", "import", plan.import_id, n=len(some))
        else:
            return 0
        return len(some)

    def _learn(self, work: Work, rows: int) -> int:
        at = self.done - len(self.plan.sheet.told)
        some = self.plan.records[at : at + rows]
        if not product_import.runs(work, self.tally):
            return 0
        told = (
            ListingTold(one.ref, one.sku, one.title, one.variant, work.now, one.barcode)
            for one in some
        )
        known = Listings(work, self.plan.channel_id, told)
        if known.new or known.changed:
            work.tell("listings_learned", "import", self.plan.import_id, n=len(some))
        return len(some)
