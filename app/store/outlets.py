"""The outlets of carrier accounts, and the numbers left there, as they were last read."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, select

from app.store.seal import Row
from app.store.tables_labels import outlet, outlet_reading
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class OutletFigure:
    """One branch: ``remaining`` numbers, None where nothing is counted.

    ``senders`` are the addresses parcels may come from, each in one line.
    """

    courier: str
    code: str
    name: str
    remaining: int | None
    senders: tuple[str, ...] = ()


def want(work: Work, account_id: int) -> None:
    """Ask for an account's outlets to be read now."""
    _put(work, account_id, {"asked_at": work.now})


def readings(work: Work) -> dict[int, Row]:
    """How every account was last read, by its id."""
    return {row["account_id"]: row for row in work.rows(select(outlet_reading))}


def replace_all(work: Work, account_id: int, told: Sequence[OutletFigure]) -> None:
    """Put what was read just now in the place of what was read before."""
    work.execute(delete(outlet).where(outlet.c.account_id == account_id))
    rows = [
        {
            "id": work.ids.next(),
            "account_id": account_id,
            "place": place,
            "courier": one.courier,
            "code": one.code,
            "name": one.name,
            "remaining": one.remaining,
            "senders": msgspec.json.encode(one.senders).decode(),
        }
        for place, one in enumerate(told)
    ]
    if rows:
        work.insert(outlet, *rows)
    _put(work, account_id, {"read_at": work.now, "error": ""})


def could_not(work: Work, account_id: int, error: str) -> None:
    """What was read before stays; ``error`` is the code of why there is nothing newer."""
    _put(work, account_id, {"read_at": work.now, "error": error})


def _put(work: Work, account_id: int, values: Row) -> None:
    if work.find(outlet_reading, account_id) is None:
        work.insert(outlet_reading, {"account_id": account_id, **values})
    else:
        work.update(outlet_reading, account_id, **values)
    work.mark("carriers", account_id)
