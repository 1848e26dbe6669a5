"""The bulk-ship file: what was shipped here, written as a back office takes it (批量发货).

A shop whose orders come from files has no line of its own, so what it is to be told waits in the
outbox. Writing the file tells the platform nothing yet: an order counts as told when a person says
that the file was uploaded, or a later export shows it shipped.
"""

import csv
import io
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.commands.ship_files import SayUploaded, ShipFile, WriteShipFile
from app.domain.errors import BadValue
from app.domain.spreadsheet import harmless
from app.operations import effects
from app.operations.outbound import refuse_read_only
from app.operations.verbs import Verb
from app.rulebook import RESOURCES, Rulebook
from app.store import outbox as box
from app.store.seal import Row
from app.store.tables import channel
from app.store.tables_record import outbox
from app.store.work import Work

TEMPLATES = RESOURCES / "rules" / "ship_files.toml"
FROM_FILES = "file:"


@dataclass(frozen=True, slots=True)
class Template:
    """One platform's file: its first rows, what stands beneath, and its words for couriers."""

    encoding: str
    headings: tuple[tuple[str, ...], ...]
    fields: tuple[str, ...]
    couriers: dict[str, str]


def templates() -> dict[str, Template]:
    """Every template by the preset its orders came from."""
    table = tomllib.loads(TEMPLATES.read_text("utf-8"))
    return {row["preset"]: _template(row) for row in table["ship_file"]}


def write_ship_file(work: Work, ask: WriteShipFile, rules: Rulebook) -> ShipFile:
    """Write what was shipped and is not yet in a file; ``again`` writes the earlier ones too.

    Raises :class:`BadValue` for a shop whose orders do not come from such files, or a path that
    will not do; nothing is written over.
    """
    refuse_read_only(rules)
    template = _template_of(work, ask.channel_id)
    path = _path(ask.path)
    waiting = _waiting(work, ask.channel_id)
    fresh = [row for row in waiting if not row["attempts"]]
    chosen = waiting if ask.again else fresh
    if chosen:
        half = path.with_name(f"{path.name}.part")
        half.write_bytes(_content(work, template, rules, chosen))
        for row in chosen:
            first = row["first_sent_at"] or work.now
            values = {"attempts": row["attempts"] + 1, "first_sent_at": first}
            work.update(outbox, row["id"], row["version"], **values)
        work.tell("ship_file_written", "channel", ask.channel_id, rows=len(chosen), name=path.name)
        half.replace(path)
    return ShipFile(len(chosen), before=len(waiting) - len(fresh))


def say_uploaded(work: Work, ask: SayUploaded, _rules: Rulebook) -> ShipFile:
    """Take a person's word that the file was uploaded: its orders count as told."""
    _template_of(work, ask.channel_id)
    written = [row for row in _waiting(work, ask.channel_id) if row["attempts"]]
    for row in written:
        effects.done(work, row, "ship_file", already=False)
    return ShipFile(len(written))


def shown_shipped(work: Work, order_id: int) -> None:
    """A later export shows the order shipped: what was to be told of it is known there."""
    query = select(outbox).where(
        outbox.c.order_id == order_id,
        outbox.c.kind == "ship_writeback",
        outbox.c.state == "ready",
    )
    for row in work.rows(query):
        effects.done(work, work.checked(outbox, row), "export", already=True)


def _template(row: dict[str, Any]) -> Template:
    headings = tuple(tuple(map(str, one)) for one in row["headings"])
    return Template(row["encoding"], headings, tuple(row["fields"]), dict(row["couriers"]))


def _template_of(work: Work, channel_id: int) -> Template:
    platform = work.row(channel, channel_id)["platform"]
    found = templates().get(platform.removeprefix(FROM_FILES))
    if found is None or not platform.startswith(FROM_FILES):
        raise BadValue(field="channel", value=platform)
    return found


def _path(typed: str) -> Path:
    path = Path(typed)
    fits = path.suffix == ".csv" and path.is_absolute() and path.parent.is_dir()
    if not fits or path.exists():
        raise BadValue(field="path", value=typed)
    return path


def _waiting(work: Work, channel_id: int) -> list[Row]:
    """What this shop's platform is to be told, oldest first."""
    query = select(outbox).where(
        outbox.c.channel_id == channel_id,
        outbox.c.kind == "ship_writeback",
        outbox.c.state == "ready",
    )
    return [work.checked(outbox, row) for row in work.rows(query.order_by(outbox.c.id))]


def _content(work: Work, template: Template, rules: Rulebook, rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerows(template.headings)
    for row in rows:
        body = box.body_of(work, row)
        courier = body["carrier"]
        told = {
            "order": body["external_id"],
            "courier": template.couriers.get(courier) or rules.couriers.name(courier, "zh"),
            "waybill": body["waybill_no"],
        }
        out.writerow([harmless(told[name]) for name in template.fields])
    return text.getvalue().encode(template.encoding, "replace")


VERBS = (
    Verb(WriteShipFile, write_ship_file, "import.orders", "ship_file_asked"),
    Verb(SayUploaded, say_uploaded, "import.orders", "ship_file_uploaded"),
)
