"""How old keys are and when they last served: facts about credentials, never a credential."""

from sqlalchemy import select

from app.store.seal import Row
from app.store.tables_privacy import credential
from app.store.work import Work

HOUR_MS = 3_600_000


def put(work: Work, kind: str, owner_id: int) -> None:
    """Remember that new keys were put in now, and by whom."""
    fresh: Row = {"put_at": work.now, "put_by": work.actor.name, "retired_at": None}
    if work.find(credential, owner_id):
        work.update(credential, owner_id, used_at=None, good_at=None, **fresh)
    else:
        work.insert(credential, {"owner_id": owner_id, "kind": kind, **fresh})
    work.mark("credentials")


def served(work: Work, owner_id: int, *, good: bool = False) -> None:
    """Remember a use, and that it was accepted (``good``); at most once an hour."""
    row = work.find(credential, owner_id)
    column = "good_at" if good else "used_at"
    if row is None or (row[column] or 0) > work.now - HOUR_MS:
        return
    values: Row = {"used_at": work.now, column: work.now}
    work.update(credential, owner_id, **values)
    work.mark("credentials")


def retired(work: Work, owner_id: int) -> None:
    """Remember that the keys are gone."""
    work.update(credential, owner_id, retired_at=work.now)
    work.mark("credentials")


def older_than(work: Work, moment: int) -> list[Row]:
    """The keys in use that were put in before ``moment`` (UTC ms), oldest first."""
    query = select(credential).where(
        credential.c.put_at < moment, credential.c.retired_at.is_(None)
    )
    rows = work.rows(query.order_by(credential.c.put_at, credential.c.owner_id))
    return [work.checked(credential, row) for row in rows]
