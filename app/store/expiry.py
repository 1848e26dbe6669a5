"""Which orders' personal data was kept long enough, looked for a piece at a time."""

from dataclasses import asdict, dataclass

import msgspec
from sqlalchemy import func, select

from app.domain.personal_data import DAY_MS
from app.domain.states import OrderState
from app.store import settings
from app.store.seal import Row
from app.store.tables import orders
from app.store.tables_privacy import erasure
from app.store.tables_record import setting
from app.store.work import Work

LAST_RUN = "retention"
WINDOW = 2_000  # orders looked past in one piece
_OVER = tuple(
    state.value
    for state in (
        *(OrderState.COMPLETED, OrderState.SHIPPED),
        *(OrderState.CANCELLED, OrderState.CLOSED),
    )
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one nightly run did (times UTC ms, counts of what went).

    Attributes:
        asked: orders whose buyer had asked, and that are over by now.
        expired: orders kept long enough.
        kept: records kept aside for as long.
        lines: lines of the activity log.
        files: saved label files.
    """

    at: int = 0
    asked: int = 0
    expired: int = 0
    kept: int = 0
    lines: int = 0
    files: int = 0


def last_run(work: Work) -> Run:
    """The newest run; its time is 0 when there was none."""
    row = work.find(setting, LAST_RUN)
    return msgspec.json.decode(row["value_json"], type=Run) if row else Run()


def write_run(work: Work, run: Run) -> None:
    """Write a run down, here and in the record."""
    settings.put(work, LAST_RUN, run)
    counts = {name: n for name, n in asdict(run).items() if name != "at"}
    work.tell("retention_run", "book", 0, **counts)
    work.mark("settings")


def expired(work: Work, days: int, after: int, limit: int) -> tuple[list[Row], int]:
    """The orders behind ``after`` that ended more than ``days`` days ago, and where to go on.

    Only what was not erased yet is given; 0 as the place to go on means that all were looked at.
    """
    window = select(orders.c.id).where(orders.c.id > after).order_by(orders.c.id).limit(WINDOW)
    last = work.rows(select(func.max(window.subquery().c.id).label("id")))[0]["id"]
    if last is None:
        return [], 0
    ended = func.coalesce(orders.c.completed_at, orders.c.shipped_at, orders.c.placed_at)
    gone = select(erasure.c.order_id).where(
        erasure.c.order_id == orders.c.id, erasure.c.state == "done"
    )
    query = select(orders).where(
        orders.c.id > after,
        orders.c.id <= last,
        orders.c.state.in_(_OVER),
        ended < work.now - days * DAY_MS,
        ~gone.exists(),
    )
    rows = work.rows(query.order_by(orders.c.id).limit(limit))
    found = [work.checked(orders, row) for row in rows]
    return found, found[-1]["id"] if len(found) == limit else last
