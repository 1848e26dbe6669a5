"""What is asked of the record: reading it, keeping it in a file, holding it against its seals.

Times are UTC milliseconds; 0 stands for no limit.
"""

import msgspec

Place = tuple[int, int, int]
"""Where an entry stands among all of them, newest first: its time, its chain, its number."""


class ReadAudit(msgspec.Struct, frozen=True, tag="read_audit"):
    """Read the record, newest first; answers :class:`AuditPage`.

    Attributes:
        who: a login; ``host`` a computer's name; both whole.
        about: an order, waybill or exception by the number people know it by.
        object: what kind of thing it was done to, with ``object_id`` which one.
        actions: codes of what was done, any of them.
        reason: part of the reason given, capitals or not.
        result: ok, denied or failed.
        below: go on below this place; None begins with the newest.
    """

    who: str = ""
    host: str = ""
    about: str = ""
    object: str = ""
    object_id: int = 0
    actions: tuple[str, ...] = ()
    reason: str = ""
    result: str = ""
    since: int = 0
    until: int = 0
    below: Place | None = None
    limit: int = 100


class AuditLine(msgspec.Struct, frozen=True):
    """One sealed entry as people read it.

    Attributes:
        label: the number or name people know the object by, "" when there is none.
        order_id: the order it leads to, 0 for none.
        detail_json: what else was said, never clear personal data.
        changes_json: what stood before and after (``app.store.changes``).
        seal: the entry's hash, in hex.
    """

    chain: int
    seq: int
    at: int
    operator_id: int
    actor: str
    role: str
    session_id: int
    ip: str
    host: str
    os_user: str
    app_version: str
    action: str
    object: str
    object_id: int
    reason: str
    result: str
    detail_json: str
    command_id: int
    changes_json: str
    label: str = ""
    order_id: int = 0
    seal: str = ""


class AuditPage(msgspec.Struct, frozen=True):
    """Some entries, newest first.

    Attributes:
        next: where to go on, None when the record's beginning was reached. There may be more to
            find though ``lines`` holds few: one question looks through so many entries, no more.
        looked_to: the time of the oldest entry looked at, UTC ms, 0 when there was none.
    """

    lines: tuple[AuditLine, ...]
    next: Place | None = None
    looked_to: int = 0


class ExportRecord(msgspec.Struct, frozen=True, tag="export_record"):
    """Write the record to a file that others can check; answers :class:`RecordWritten`.

    Attributes:
        path: where, absolute; ``.csv`` or ``.jsonl`` says how.
        job: a number of the desk's own, by which it can be stopped.
    """

    path: str
    reason: str
    since: int = 0
    until: int = 0
    job: int = 0


class RecordWritten(msgspec.Struct, frozen=True):
    """How many entries a file holds; ``stopped`` when somebody stopped it and there is no file."""

    entries: int
    stopped: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """A head as it stands on paper: the desk's number, the entry's, and the eight words."""

    chain: int
    seq: int
    words: str


class VerifyRecord(msgspec.Struct, frozen=True, tag="verify_record"):
    """Hold the whole book against its record; answers :class:`Verified`.

    ``sheets`` are heads typed off paper, ``job`` a number by which it can be stopped.
    """

    job: int = 0
    sheets: tuple[Sheet, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """One thing that is not as Waydesk wrote it; its sentence is ``verify.<kind>``."""

    kind: str
    table: str
    key: str
    said: str = ""
    order_id: int = 0


class Verified(msgspec.Struct, frozen=True):
    """What was looked at and what was found.

    Attributes:
        found: how much is wrong in all; ``findings`` holds the first of it.
        witnesses: how many heads seen elsewhere it was held against.
    """

    entries: int = 0
    rows: int = 0
    found: int = 0
    findings: tuple[Found, ...] = ()
    witnesses: int = 0
    stopped: bool = False


class StopRecordWork(msgspec.Struct, frozen=True, tag="stop_record_work"):
    """Stop a verification or an export under way, by the number it was begun with."""

    job: int


class MakeSheet(msgspec.Struct, frozen=True, tag="make_sheet"):
    """Draw today's end-of-day sheet with the record's head on it; answers :class:`SheetMade`.

    Attributes:
        printer: a printer of the system by its name, ``pdf:FOLDER``, or nothing for a PDF in the
            data folder. The sheet is A4, so a label printer of the network is refused.
    """

    printer: str = ""


class SheetMade(msgspec.Struct, frozen=True):
    """Where the sheet went, and the head that stands on it.

    Attributes:
        path: the file it was drawn into, "" when it was handed to a printer.
    """

    path: str
    chain: int
    seq: int
    en: str
    zh: str
    printer: str = ""
