"""Orders written to a file: let in with their rows reserved, and closed with the true count.

Up to the shop's limit of rows in 24 hours it is one person's work, however it is cut up. Beyond
it, and for names and phones in clear whatever their number, somebody else consents to exactly
these rows, and the file is an encrypted zip. The rows count from the moment they are reserved;
the keeper reads them beside the writer (``app.keeper.export_desk``) and says here how it ended.
"""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from app.commands.cases import Exported, ExportOrders, Reserved, StopExport, Stopping
from app.domain.board import Tab
from app.domain.errors import BadValue, NotAllowed, RowChanged
from app.domain.roles import WHOLE_SHOP, Level
from app.operations import sessions, tampered, weights
from app.operations.erp_templates import document_of
from app.operations.export_sheet import Made, part, wanted
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook
from app.store.tables_approval import export_file
from app.store.vault import LEAST_LETTERS
from app.store.work import Work

EXPORT, DECRYPT, AMOUNTS = "export.bulk", "pii.decrypt_batch", "payment.read"
DAY_MS = 24 * 3_600_000
RUNNING, READY, WRITTEN, STOPPED = "running", "ready", "written", "stopped"


def export_orders(work: Work, ask: ExportOrders, rules: Rulebook) -> Reserved:
    """Reserve a tab's newest orders; they count toward the day's limit from now on.

    Raises :class:`BadValue` for a path, passphrase or template that will not do: what is in clear,
    or needs consent, goes into a ``.zip`` with a passphrase; :class:`NotAllowed` for a document
    with amounts where the one who asks may not see them.
    """
    weight = _weight(work, ask, rules)
    path, heavy = _path(ask, closed=weight.two_people), weight.two_people
    money = sessions.may(work, rules, AMOUNTS)
    if ask.template and document_of(ask.template).shows_money and not money:
        raise NotAllowed(permission=AMOUNTS)
    pk = work.ids.next()
    kept = {"operator_id": work.actor.operator_id, "at": work.now, "tab": ask.tab}
    kept |= {"row_count": weight.rows, "clear": int(ask.clear), "consented": int(heavy)}
    where = {"chain": work.book.chain, "folder": str(path.parent), "digest": b""}
    work.insert(export_file, {"id": pk, "state": RUNNING} | kept | where)
    return Reserved(pk, weight.rows, work.actor.name, work.actor.operator_id, money)


def stop_export(work: Work, _ask: StopExport, _rules: Rulebook) -> Stopping:
    """Which exports of the one who asks are to stop; how each ends is said when it has."""
    mine = (export_file.c.operator_id == work.actor.operator_id, export_file.c.state == RUNNING)
    query = select(export_file.c.id).where(*mine, export_file.c.chain == work.book.chain)
    return Stopping(tuple(work.conn.execute(query).scalars()))


def taken_lately(work: Work) -> int:
    """How many rows the one who asks took, or reserved, in a day without anybody's consent."""
    query = select(func.coalesce(func.sum(export_file.c.row_count), 0)).where(
        export_file.c.operator_id == work.actor.operator_id,
        export_file.c.consented == 0,
        export_file.c.at > work.now - DAY_MS,
    )
    return int(work.conn.execute(query).scalar_one())


# --- how it ends --------------------------------------------------------------------------------


def ended(work: Work, file_id: int) -> Exported | None:
    """How an export ended, None while it is under way."""
    row = work.row(export_file, file_id)
    if row["state"] in {RUNNING, READY}:
        return None
    return Exported(row["row_count"], stopped=row["state"] == STOPPED)


def ready(work: Work, file_id: int, made: Made) -> None:
    """Say what the file holds, before it gets its name: no file is out that no line tells of."""
    work.update(export_file, file_id, state=READY, digest=made.digest, row_count=made.rows)
    work.tell("file_written", "file", file_id, rows=made.rows)


def written(work: Work, file_id: int, **told: str) -> None:
    """The file has its name: it left the house with the count that stands in its row."""
    row = work.row(export_file, file_id)
    work.update(export_file, file_id, state=WRITTEN, folder="")
    facts = {"rows": row["row_count"], "clear": row["clear"]}
    work.tell("orders_exported", "file", file_id, **facts, **told)


def stopped(work: Work, file_id: int, **why: str) -> None:
    """There is no file, so no rows of it count; ``why`` says what else the record keeps."""
    work.update(export_file, file_id, state=STOPPED, row_count=0, folder="")
    work.tell("export_stopped", "file", file_id, rows=0, **why)


def close_left(work: Work, rules: Rulebook) -> None:
    """Close what this computer was killed over: its leftover is removed, and its row closed.

    A file that has its name already is told as written. A place that cannot be reached now, such
    as a stick that was taken out, is looked at again at the next start.
    """
    left = (export_file.c.state.in_((RUNNING, READY)), export_file.c.chain == work.book.chain)
    for row in work.rows(select(export_file).where(*left)):
        try:
            work.checked(export_file, row)
        except RowChanged as found:
            tampered.open_case(work, rules, found)
            work.tell("export_stopped", "file", row["id"], result="failed", code=found.code)
            continue
        half = part(Path(row["folder"]), row["id"])
        if not half.parent.is_dir():
            continue
        if row["state"] == READY and not half.exists():
            written(work, row["id"])
            continue
        try:
            half.unlink(missing_ok=True)
        except OSError:
            continue
        stopped(work, row["id"], why="killed")


# --- what is asked ------------------------------------------------------------------------------


def _weight(work: Work, ask: ExportOrders, rules: Rulebook) -> Weight:
    """How many rows it is, and whether the day's limit or clear text asks for somebody else.

    Raises :class:`NotAllowed` for clear text where the one who asks may not even ask for it.
    """
    rows = work.conn.execute(
        select(func.count()).select_from(wanted(ask.tab).subquery())
    ).scalar_one()
    if ask.clear:
        if sessions.level(work, rules, DECRYPT, (WHOLE_SHOP,)) is Level.NONE:
            raise NotAllowed(permission=DECRYPT)
        law = weights.by_law(rules, DECRYPT)
        return replace(law, rows=rows, second_factor=True)
    law = weights.by_law(rules, EXPORT)
    beyond = rows + taken_lately(work) > rules.policy.bulk_rows
    return replace(law, two_people=law.two_people and beyond, rows=rows)


def _facts(work: Work, ask: ExportOrders, rules: Rulebook) -> Facts:
    """Which rows in which form; a file that could not be written asks nobody."""
    name = _path(ask, closed=_weight(work, ask, rules).two_people).name
    return {"tab": ask.tab, "file": name, "form": "clear" if ask.clear else "masked"}


def _path(ask: ExportOrders, *, closed: bool) -> Path:
    path = Path(ask.path)
    if ask.tab not in set(Tab):
        raise BadValue(field="tab", value=ask.tab)
    if ask.template and ask.clear:
        raise BadValue(field="template", value="clear")
    bare = document_of(ask.template).suffix if ask.template else ".csv"
    fit = {".zip"} if closed or ask.passphrase else {bare}
    if path.suffix not in fit or not path.is_absolute() or not path.parent.is_dir():
        raise BadValue(field="path", value=ask.path)
    if path.suffix == ".zip" and len(ask.passphrase) < LEAST_LETTERS:
        raise BadValue(field="passphrase", value=f"< {LEAST_LETTERS}")
    return path


VERBS = (
    Verb(ExportOrders, export_orders, EXPORT, "export_asked", weigh=_weight, facts=_facts),
    Verb(StopExport, stop_export, "desk.use", "export_stop_asked", kept=False),
)
