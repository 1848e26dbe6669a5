"""What a shop did in one day, for the sheet that is printed at its end."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.store.tables import orders, print_job
from app.store.tables_record import audit, case, event
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day's figures.

    Attributes:
        people: who worked, by login, and how many actions of theirs stand in the record.
    """

    orders_in: int
    shipped: int
    cases_opened: int
    cases_standing: int
    labels: int
    people: tuple[tuple[str, int], ...]


def figures(work: Work, start: int, end: int) -> DayFigures:
    """Count from ``start`` until before ``end``, UTC ms."""

    def count(table: object, *which: object) -> int:
        query = select(func.count()).select_from(table).where(*which)  # type: ignore[arg-type]
        return int(work.conn.execute(query).scalar_one())

    worked = (
        select(audit.c.actor, func.count().label("n"))
        .where(audit.c.at >= start, audit.c.at < end, audit.c.operator_id != 0)
        .group_by(audit.c.actor)
        .order_by(audit.c.actor)
    )
    return DayFigures(
        orders_in=count(event, event.c.kind == "booked", *_between(event.c.at, start, end)),
        shipped=count(orders, *_between(orders.c.shipped_at, start, end)),
        cases_opened=count(case, *_between(case.c.opened_at, start, end)),
        cases_standing=count(case, case.c.state != "settled"),
        labels=count(print_job, *_between(print_job.c.claimed_at, start, end)),
        people=tuple((row["actor"], row["n"]) for row in work.rows(worked)),
    )


def _between(column: object, start: int, end: int) -> tuple[object, object]:
    return column >= start, column < end  # type: ignore[operator]
