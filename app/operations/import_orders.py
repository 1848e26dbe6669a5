"""An order file is one more channel through the same intake: preview, rejects, safe to repeat."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from app.commands.channels import Imported, ImportOrders
from app.domain.actor import Actor, worker
from app.domain.errors import ImportUnreadable
from app.operations import intake
from app.operations.import_map import FileMap, load_map
from app.operations.import_records import Judged, Reject, judge
from app.operations.import_rows import read_rows
from app.operations.intake import Taken, Way
from app.operations.verbs import Verb
from app.rulebook import RESOURCES, Rulebook
from app.store import shops, status_rows
from app.store.work import Book, Work
from sync.records import Batch

MOST_AT_DESK = 2_000  # orders one command takes in; larger files go through the console
SAMPLES = RESOURCES / "samples"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Importer:
    """What an import works with."""

    book: Book
    rules: Rulebook
    actor: Actor = field(default_factory=lambda: worker("import"))

    def run(self, judged: Judged, file_map: FileMap) -> Imported:
        """Take a judged file in, five hundred orders in a transaction."""
        channel_id = self._channel(file_map)
        way = Way(self.book, self.rules, channel_id, self.actor)
        batch = Batch(judged.records, judged.kept_aside, "", False)
        return _told(judged, intake.take(way, batch))

    def preview(self, judged: Judged, file_map: FileMap) -> Imported:
        """What a file would bring; nothing is written."""
        with self.book.work(self.actor) as work:
            return _foreseen(work, judged, file_map)

    def _channel(self, file_map: FileMap) -> int:
        with self.book.work(self.actor) as work:
            channel_id = open_channel(work, file_map)
            if work.marked:
                work.tell("channel_connected", "channel", channel_id)
                work.commit()
        return channel_id


def read_file(path: Path, file_map: FileMap) -> Judged:
    """Read and judge a whole file. Raises ImportUnreadable when it cannot be read at all."""
    rows = read_rows(path, file_map.sheet, file_map.delimiter)
    first = next(rows, None)
    if first is None:
        return judge((), file_map)
    for heading in file_map.columns.values():
        if heading not in first.cells:
            raise ImportUnreadable(file=path.name, why=f"no_column: {heading[:40]}")
    return judge(chain((first,), rows), file_map)


def open_channel(work: Work, file_map: FileMap) -> int:
    """The shop that stands for this kind of file, made with its words when it is new."""
    channel_id = shops.find_shop(work, file_map.platform, file_map.name)
    if not channel_id:
        row = {
            "platform": file_map.platform,
            "name": file_map.name,
            "zone": file_map.zone,
            "currency": file_map.currency,
        }
        channel_id = shops.put_shop(work, row, {})
    known = status_rows.load(work, file_map.platform)
    for word in file_map.words:
        if (word.platform, word.machine, word.raw) not in known.rows:
            status_rows.put(work, word)
    return channel_id


def import_orders(work: Work, ask: ImportOrders, rules: Rulebook) -> Imported:
    """Take an order file in at the desk, all of it or nothing; ``preview`` writes no row.

    Raises :class:`ImportUnreadable` for a file that cannot be read, or is one for the console.
    """
    file_map = load_map(map_path(ask.mapping))
    judged = read_file(Path(ask.path), file_map)
    if ask.preview:
        return _foreseen(work, judged, file_map)
    if len(judged.records) > MOST_AT_DESK:
        raise ImportUnreadable(file=Path(ask.path).name, why="too_many_orders")
    return _told(judged, _all_in(work, rules, open_channel(work, file_map), judged))


def map_path(name: str) -> Path:
    """A mapping by its path, or by the name of one that ships with Waydesk."""
    shipped = SAMPLES / f"{name}.toml"
    return shipped if name.isidentifier() and shipped.exists() else Path(name)


def _all_in(work: Work, rules: Rulebook, channel_id: int, judged: Judged) -> Taken:
    ground = intake.ground_of(work, rules, channel_id)
    done = Taken()
    batch = Batch(judged.records, judged.kept_aside, "", False)
    for part in intake.split(batch, intake.MOST):
        done = done.plus(intake.take_in(work, ground, part))
    return done


def _foreseen(work: Work, judged: Judged, file_map: FileMap) -> Imported:
    channel_id = shops.find_shop(work, file_map.platform, file_map.name)
    return _told(judged, intake.foresee(work, channel_id, judged.records))


def _told(judged: Judged, taken: Taken) -> Imported:
    return Imported(
        rows=judged.rows,
        orders=len(judged.records),
        new=taken.new,
        changed=taken.changed,
        same=taken.same,
        rejected=tuple((r.row, r.code, r.stood) for r in judged.rejects),
    )


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """Write the refused rows with their reasons; nothing in it runs in a spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(("row", "column", "reason", "stood there"))
        for one in rejects:
            out.writerow((one.row, _calm(one.column), one.code, _calm(one.stood)))


def _calm(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


VERBS = (Verb(ImportOrders, import_orders, "import.orders", "orders_imported"),)
