"""Appends to the sealed record: one chain for each desk, each line holding the hash before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, CursorResult, Table

from app.domain.actor import Actor
from app.domain.audit import Head
from app.domain.errors import AuditFailed
from app.store.keys import Keys
from app.store.seal import Shape
from app.store.tables_record import audit, setting

GENESIS = b"\x00" * 32
HEAD_KEY = "audit_head:"
_HEAD = "SELECT seq, hash FROM audit WHERE chain=? ORDER BY seq DESC LIMIT 1"
_KEEP = "UPDATE setting SET value_json=?, version=?, row_mac=? WHERE key=?"
BODY = tuple(c.name for c in audit.columns if c.name not in {"prev_hash", "hash"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a handler says about a change: the act, what it was done to, and the details."""

    action: str
    on: str = ""
    object_id: int = 0
    detail: dict[str, Any] = field(default_factory=dict)


class Desk(Protocol):
    """Whose chain it is: this desk's number, program version and the forms of its rows."""

    chain: int
    app: str
    shapes: dict[str, Shape]


class Change(Protocol):
    """The transaction whose lines are written: who, when, under which keys."""

    conn: Connection
    keys: Keys
    actor: Actor
    now: int
    command_id: int

    @property
    def book(self) -> Desk:
        """The desk's book."""
        ...

    def execute_many(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert plain tuples."""
        ...

    def plain(self, sql: str, values: Sequence[Any]) -> CursorResult[Any]:
        """Run one plain statement; ``?`` marks its values."""
        ...


def body_of(entry: Mapping[str, Any]) -> bytes:
    """The bytes of one line that its hash covers: every column in the table's order."""
    return msgspec.msgpack.encode([entry[name] for name in BODY])


def head(work: Change) -> tuple[int, bytes]:
    """The number and hash of the chain's last line; (0, zeros) for a chain that has none."""
    found = work.plain(_HEAD, (work.book.chain,)).all()
    return (int(found[0].seq), bytes(found[0].hash)) if found else (0, GENESIS)


def append(work: Change, told: list[Told], touched: bytes, changes: str = "") -> None:
    """Write the lines of one transaction; the last one seals the rows it touched.

    It also keeps their values before and after (``app.store.changes``).

    Raises :class:`AuditFailed` when there is nothing to write: a change needs a name on it.
    """
    if not told:
        raise AuditFailed(why="no_entry")
    seq, before = head(work)
    rows = []
    for at, one in enumerate(told, start=1):
        entry = _entry(work, one) | {"seq": seq + at, "touched": b"", "changes_json": ""}
        if at == len(told):
            entry |= {"touched": touched, "changes_json": changes}
        entry["prev_hash"] = before
        before = entry["hash"] = work.keys.audit_mac(before, body_of(entry))
        rows.append(tuple(entry[c.name] for c in audit.columns))
    work.execute_many(audit, [c.name for c in audit.columns], rows)
    _keep_head(work, seq + len(told), before)
    work.conn.info["audited"] = True


def head_key(chain: int) -> str:
    """Where the head of a chain stands among the settings."""
    return f"{HEAD_KEY}{chain}"


def read_head(value_json: str) -> Head:
    """A head as it is kept: number and hash of the last line."""
    seq, digest = msgspec.json.decode(value_json, type=tuple[int, str])
    return Head(seq, bytes.fromhex(digest))


def _keep_head(work: Change, seq: int, digest: bytes) -> None:
    """Keep the head beside the chain, sealed, so that a cut tail shows.

    It is not among the touched rows: the line that would name it is the one it names.
    """
    shape = work.book.shapes[setting.name]
    key = head_key(work.book.chain)
    value = msgspec.json.encode((seq, digest.hex())).decode()
    row = {"key": key, "value_json": value, "version": seq}
    row["row_mac"] = shape.seal_row(work.keys, row)
    if not work.plain(_KEEP, (value, seq, row["row_mac"], key)).rowcount:
        work.conn.execute(setting.insert().values(row))


def _entry(work: Change, one: Told) -> dict[str, Any]:
    actor = work.actor
    detail = dict(one.detail)
    reason, result = str(detail.pop("reason", "")), str(detail.pop("result", "ok"))
    return {
        "chain": work.book.chain,
        "at": work.now,
        "operator_id": actor.operator_id,
        "actor": actor.name,
        "role": ",".join(actor.roles),
        "session_id": actor.session_id,
        "ip": actor.ip,
        "host": actor.host,
        "os_user": actor.os_user,
        "app_version": work.book.app,
        "action": one.action,
        "object": one.on,
        "object_id": one.object_id,
        "reason": reason,
        "result": result,
        "detail_json": msgspec.json.encode(detail, order="sorted").decode(),
        "command_id": work.command_id,
    }
