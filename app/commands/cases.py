"""What is asked of exceptions and of the record."""

import msgspec


class ClaimCase(msgspec.Struct, frozen=True, tag="claim_case"):
    """Make an exception mine."""

    case_id: int


class SettleCase(msgspec.Struct, frozen=True, tag="settle_case"):
    """Close an exception with what was done."""

    case_id: int
    reason: str


class ReplayEffect(msgspec.Struct, frozen=True, tag="replay_effect"):
    """Try a dead upload again, with the same key."""

    outbox_id: int


class ReadAudit(msgspec.Struct, frozen=True, tag="read_audit"):
    """Read the record; answers :class:`AuditPage`."""

    object: str = ""
    object_id: int = 0
    actor: str = ""
    before_at: int = 0
    limit: int = 100


class AuditLine(msgspec.Struct, frozen=True):
    """One sealed line as people read it."""

    chain: int
    seq: int
    at: int
    actor: str
    role: str
    action: str
    object: str
    object_id: int
    reason: str
    result: str
    host: str
    ip: str


class AuditPage(msgspec.Struct, frozen=True):
    """Some lines of the record, newest first."""

    lines: tuple[AuditLine, ...]


class ExportOrders(msgspec.Struct, frozen=True, tag="export_orders"):
    """Write a tab's orders, masked, to a CSV file; answers :class:`Counted` (F095)."""

    tab: str
    path: str


class Counted(msgspec.Struct, frozen=True):
    """How many rows a command wrote."""

    rows: int


class EndReconcile(msgspec.Struct, frozen=True, tag="end_reconcile"):
    """After a restore: say that the carriers were asked, so that printing goes on."""

    reason: str
