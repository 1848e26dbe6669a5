"""The way in: a batch of a channel's records becomes orders, in one transaction with its cursor.

Upsert by (channel, external id, version): a newer version is applied, the same one and an older
one change nothing. What cannot be understood is kept whole and encrypted with a case, and the
others go on. A record that breaks intake itself is kept aside alone (consistency.md 2.1, rule 8).
"""

from dataclasses import dataclass, field, replace

from app.domain.actor import Actor, worker
from app.domain.errors import WaydeskError
from app.domain.numbers import NumberKind
from app.domain.times import local
from app.operations.intake_change import change
from app.operations.intake_erased import faceless, without_body
from app.operations.intake_new import NewOrders
from app.operations.intake_read import AHEAD_MS, Ground, Shop, claim_of, safe
from app.rulebook import Rulebook
from app.store import cases, erasure, intake_rows, status_rows
from app.store.cases import Notice
from app.store.intake_rows import POISON
from app.store.seal import Row
from app.store.serials import lease_serials
from app.store.work import Book, Work
from sync.records import Batch, KeptAside, OrderRecord, Problem

MOST = 500  # records in one transaction


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch brought; ``rows`` are what screens should read again.

    ``delays_ms`` is how long each new order was under way: from when its platform last wrote it
    until it stands in the book.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    older: int = 0
    skipped: int = 0
    kept_aside: int = 0
    rows: dict[str, tuple[int, ...]] = field(default_factory=dict)
    delays_ms: tuple[int, ...] = ()

    @property
    def understood(self) -> int:
        """How many records were read as orders, or as none of ours."""
        return self.new + self.changed + self.same + self.older + self.skipped

    def plus(self, other: "Taken") -> "Taken":
        """Both together."""
        rows = {
            kind: tuple(dict.fromkeys(self.rows.get(kind, ()) + other.rows.get(kind, ())))
            for kind in self.rows | other.rows
        }
        return Taken(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.older + other.older,
            self.skipped + other.skipped,
            self.kept_aside + other.kept_aside,
            rows,
            self.delays_ms + other.delays_ms,
        )


@dataclass(frozen=True, slots=True)
class Way:
    """Where records go: the book, the law, the shop they come from, and in whose name."""

    book: Book
    rules: Rulebook
    channel_id: int
    actor: Actor = field(default_factory=lambda: worker("sync"))


def take(way: Way, batch: Batch, *, most: int = MOST) -> Taken:
    """Take a batch in, at most ``most`` records in one transaction; the cursor moves with the last.

    Raises only what is no record's fault (a full disk, a lost server): nothing of the chunk that
    met it was written then, and the cursor stands where it was.
    """
    done = Taken()
    for part in split(batch, most):
        done = done.plus(take_part(way, part))
    return done


def split(batch: Batch, most: int) -> list[Batch]:
    """The batch in parts of at most ``most`` records; only the last one carries the cursor."""
    records = batch.records
    cuts = [records[at : at + most] for at in range(0, len(records), most)] or [()]
    parts = [Batch(cut, (), "", True) for cut in cuts[:-1]]
    return [*parts, replace(batch, records=cuts[-1])]


def take_part(way: Way, batch: Batch) -> Taken:
    """Take one part in; a record that breaks it is found by halving, and kept aside alone."""
    try:
        return _commit(way, batch)
    except POISON:
        if not batch.records:
            raise
        return _halved(way, batch)


def _halved(way: Way, batch: Batch) -> Taken:
    records = batch.records
    if len(records) == 1:
        return _alone(way, batch)
    middle = len(records) // 2
    first = take_part(way, Batch(records[:middle], (), "", True))
    return first.plus(take_part(way, replace(batch, records=records[middle:])))


def _alone(way: Way, batch: Batch) -> Taken:
    """Try a record once more, since another keeper may only just have written the same row."""
    records = batch.records
    try:
        return _commit(way, batch)
    except POISON as error:
        why = error.code if isinstance(error, WaydeskError) else "unreadable"
        field_name = str(getattr(error, "details", {}).get("field", ""))
        problem = Problem(why, field_name, "")
        aside = KeptAside(records[0].external_id[:200], problem, records[0].raw)
    return _commit(way, replace(batch, records=(), kept_aside=(*batch.kept_aside, aside)))


def _commit(way: Way, batch: Batch) -> Taken:
    with way.book.work(way.actor) as work:
        ground = ground_of(work, way.rules, way.channel_id)
        taken = take_in(work, ground, batch)
        moved = bool(batch.next_cursor) and intake_rows.move_cursor(
            work, ground.shop.id, batch.next_cursor
        )
        if moved or work.marked:
            work.tell(
                "intake",
                "channel",
                ground.shop.id,
                new=taken.new,
                changed=taken.changed,
                same=taken.same,
                older=taken.older,
                skipped=taken.skipped,
                kept_aside=taken.kept_aside,
            )
            work.commit()
        rows = {kind: tuple(sorted(ids)) for kind, ids in work.marked.items()}
    return replace(taken, rows=rows)


def ground_of(work: Work, rules: Rulebook, channel_id: int) -> Ground:
    """The shop and what its platform's words mean now (the shop's own map, then the shipped)."""
    row = intake_rows.shop_row(work, channel_id)
    own = status_rows.load(work, row["platform"], channel_id)
    words = rules.status.with_rows(own.rows.values())
    shop = Shop(row["id"], row["platform"], row["zone"])
    return Ground(shop, rules, words, rules.policy.calendar())


def take_in(work: Work, ground: Ground, batch: Batch) -> Taken:
    """Write a batch in the caller's transaction, all of it or none; the caller commits."""
    newest: dict[str, OrderRecord] = {}
    for record in (safe(one, work.now) for one in batch.records):
        standing = newest.get(record.external_id)
        if standing is None or record.version >= standing.version:
            newest[record.external_id] = record
    known = intake_rows.known_orders(work, ground.shop.id, list(newest))
    fresh = [record for key, record in newest.items() if key not in known]
    wanted = [record for record in fresh if not _skipped(ground, record)]
    new = _new(work, ground, wanted)
    told = [(known[key], record) for key, record in newest.items() if key in known]
    changed, older = _changed(work, ground, told)
    same = len(batch.records) - len(fresh) - changed - older
    aside = sum(keep(work, ground, one) for one in batch.kept_aside)
    delays = tuple(max(0, work.now - record.version) for record in wanted)
    skipped = len(fresh) - len(wanted)
    return Taken(new, changed, same, older, skipped, aside, delays_ms=delays)


def foresee(work: Work, channel_id: int, records: tuple[OrderRecord, ...]) -> Taken:
    """What these records would bring, read only; ``channel_id`` 0 is a shop not there yet."""
    told = {record.external_id: record for record in records}
    known = intake_rows.known_orders(work, channel_id, list(told)) if channel_id else {}
    level = [r["id"] for r in known.values() if told[r["external_id"]].version == _version(r)]
    bodies = intake_rows.last_bodies(work, level)
    changed = older = 0
    for external_id, row in known.items():
        record = told[external_id]
        older += record.version < _version(row)
        same = record.version == _version(row) and bodies.get(row["id"]) == record.raw
        changed += record.version >= _version(row) and not same
    return Taken(len(told) - len(known), changed, len(known) - changed - older, older)


def _version(row: Row) -> int:
    return int(row["external_version"])


def _skipped(ground: Ground, record: OrderRecord) -> bool:
    return claim_of(ground, record.raw_status, record.raw_payment, trashed=record.trashed).skip


def _new(work: Work, ground: Ground, records: list[OrderRecord]) -> int:
    if not records:
        return 0
    day = local(work.now, ground.rules.policy.zone).date()
    numbers: list[str] = []
    lease = lease_serials(work, NumberKind.ORDER, day, len(records))
    for _ in records:
        number, lease = lease.take()
        numbers.append(number.text())
    return NewOrders(work, ground, numbers).take(records)


def _changed(work: Work, ground: Ground, told: list[tuple[Row, OrderRecord]]) -> tuple[int, int]:
    """Apply what is newer; (how many were, how many were older than what stands)."""
    unsure = [row["id"] for row, record in told if _is_level(work, row, record)]
    bodies = intake_rows.last_bodies(work, unsure)
    gone = erasure.erased(work, (row["id"] for row, _record in told))
    changed = older = 0
    for row, record in told:
        level, newer = _is_level(work, row, record), record.version > row["external_version"]
        if not level and not newer:
            older += 1
        elif row["id"] in gone:
            if newer:
                change(work, ground, row, faceless(record, row))
                changed += 1
        elif newer or bodies.get(row["id"]) != record.raw:
            change(work, ground, row, record)
            changed += 1
    return changed, older


def _is_level(work: Work, row: Row, record: OrderRecord) -> bool:
    """Whether only the content tells which of the two is newer.

    A platform's clock counts seconds: two edits in one carry the same version. And a version that
    has not come yet was stamped by a wrong clock or read in a wrong zone: what is told now counts.
    """
    standing = _version(row)
    return record.version == standing or standing > work.now + AHEAD_MS


def keep(work: Work, ground: Ground, one: KeptAside) -> int:
    """Keep what is no order, whole and encrypted, with a case; 0 when it is kept already."""
    one = without_body(work, ground.shop.id, one)
    row = {
        "channel_id": ground.shop.id,
        "external_id": one.external_id[:200].replace("\x00", "\ufffd"),
        "code": one.reason.code,
        "field": one.reason.field,
    }
    kept_id = intake_rows.keep_aside(work, row, one.raw)
    if kept_id:
        args: dict[str, str | int] = {"code": one.reason.code, "field": one.reason.field}
        subject = str(row["external_id"])
        notice = Notice("kept_aside", 0, ground.shop.id, kept_id, subject=subject, args=args)
        cases.open_case(work, ground.rules.cases, notice)
    return int(bool(kept_id))
