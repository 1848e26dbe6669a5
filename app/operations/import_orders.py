"""An order file is one more channel through the same intake: preview, rejects, safe to repeat."""

import csv
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from app.commands.channels import Imported, ImportOrders, LetIn, RowRefused, StopOrderImport
from app.domain.actor import Actor, worker
from app.domain.errors import BadValue, ImportUnreadable
from app.domain.spreadsheet import harmless
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

MOST_TOLD = 500
"""Refused rows that are told with an answer; the list that is written holds them all."""
LONGEST_NAME = 60
PRESETS = ("taobao", "pinduoduo", "douyin", "orders", "olist")
SAMPLES = RESOURCES / "samples"


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
        return told(judged, intake.take(way, batch), file_map)

    def preview(self, judged: Judged, file_map: FileMap) -> Imported:
        """What a file would bring; nothing is written."""
        with self.book.work(self.actor) as work:
            return foreseen(work, judged, file_map)

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
    return judge(chain((first,), rows), _fitted(file_map, first.cells, path))


def recognised(path: Path) -> FileMap:
    """The preset whose headings this file has; the one with most of them where several fit.

    Raises :class:`ImportUnreadable` when none fits, naming the headings that were found.
    """
    found = next(read_rows(path), None)
    headings = found.cells if found is not None else {}
    fit = [m for m in map(load_map, map(map_path, PRESETS)) if set(m.needed) <= headings.keys()]
    if not fit:
        seen = ", ".join(list(headings)[:5])
        raise ImportUnreadable(file=path.name, why=f"no_preset: {seen[:80]}")
    return max(fit, key=lambda one: len(one.needed))


def _fitted(file_map: FileMap, headings: Container[str], path: Path) -> FileMap:
    try:
        return file_map.fitted(headings)
    except KeyError as lacking:
        heading = str(lacking.args[0])
        raise ImportUnreadable(file=path.name, why=f"no_column: {heading[:40]}") from None


def open_channel(work: Work, file_map: FileMap) -> int:
    """The shop that stands for this kind of file, made with its words when it is new."""
    channel_id = shops.find_shop(work, file_map.platform, file_map.shop_name)
    if not channel_id:
        row = {
            "platform": file_map.platform,
            "name": file_map.shop_name,
            "zone": file_map.zone,
            "currency": file_map.currency,
        }
        channel_id = shops.put_shop(work, row, {})
    known = status_rows.load(work, file_map.platform)
    for word in file_map.words:
        if (word.platform, word.machine, word.raw) not in known.rows:
            status_rows.put(work, word)
    return channel_id


def let_in(work: Work, ask: ImportOrders, _rules: Rulebook) -> LetIn:
    """Let an order file in; it is read and taken in beside the book, piece by piece.

    Raises :class:`BadValue` for a list of refused rows that could not be written, or a count
    below zero.
    """
    if ask.stated < 0:
        raise BadValue(field="stated", value=str(ask.stated))
    if ask.rejects:
        path = Path(ask.rejects)
        if path.suffix != ".csv" or not path.is_absolute() or not path.parent.is_dir():
            raise BadValue(field="path", value=ask.rejects)
    return LetIn(work.actor.operator_id, work.actor.name)


def stop_order_import(_work: Work, _ask: StopOrderImport, _rules: Rulebook) -> None:
    """End the file this person is taking in; what came in so far stays."""


def read(path: Path, mapping: str, shop: str) -> tuple[Judged, FileMap]:
    """Read and judge a file by its mapping, or by the preset its headings fit.

    ``shop`` is the name of the shop it comes from, "" for the mapping's own. Raises
    ImportUnreadable, or RuleRefused for a mapping with a word of no meaning.
    """
    file_map = load_map(map_path(mapping)) if mapping else recognised(path)
    named = replace(file_map, shop=shop.strip()[:LONGEST_NAME])
    return read_file(path, named), named


def map_path(name: str) -> Path:
    """A mapping by its path, or by the name of one that ships with Waydesk."""
    shipped = SAMPLES / f"{name}.toml"
    return shipped if name.isidentifier() and shipped.exists() else Path(name)


def foreseen(work: Work, judged: Judged, file_map: FileMap) -> Imported:
    """What a file would bring; nothing is written."""
    channel_id = shop_of(work, file_map)
    return told(judged, intake.foresee(work, channel_id, judged.records), file_map)


def shop_of(work: Work, file_map: FileMap) -> int:
    """The shop that stands for this kind of file; 0 where none came in yet."""
    return shops.find_shop(work, file_map.platform, file_map.shop_name)


def told(judged: Judged, taken: Taken, file_map: FileMap) -> Imported:
    """What a file brought, in the words of the desk."""
    return Imported(
        rows=judged.rows,
        orders=len(judged.records),
        new=taken.new,
        changed=taken.changed,
        same=taken.same,
        refused=len(judged.rejects),
        rejected=tuple(
            RowRefused(r.row, r.code, r.column, r.stood) for r in judged.rejects[:MOST_TOLD]
        ),
        mapping=file_map.name,
        shop=file_map.shop_name,
    )


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """Write the refused rows with their reasons; nothing in it runs in a spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(("row", "column", "reason", "stood there"))
        for one in rejects:
            out.writerow((one.row, harmless(one.column), one.code, harmless(one.stood)))


VERBS = (
    Verb(ImportOrders, let_in, "import.orders", "orders_imported"),
    Verb(StopOrderImport, stop_order_import, "import.orders", "orders_import_stopped"),
)
