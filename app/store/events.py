"""The timeline of an order: dated facts in the words of the shop, never clear personal data."""

import msgspec

from app.store.tables_record import event
from app.store.work import Work


def note(work: Work, order_id: int, kind: str, tone: str = "info", /, **args: str | int) -> None:
    """Add one dated fact; ``kind`` is a key of the words (``event.<kind>``), ``args`` fill it.

    ``tone`` colours its dot: info, good, warning or bad.
    """
    work.insert(
        event,
        {
            "id": work.ids.next(),
            "order_id": order_id,
            "at": work.now,
            "kind": kind,
            "args_json": msgspec.json.encode(args).decode(),
            "actor": work.actor.name,
            "tone": tone,
        },
    )
    work.mark("orders", order_id)
