"""The seller's memo as a comment of the order that buyers do not see.

POST /V1/orders/{id}/comments (Adobe's REST schema, sales-data-order-status-history-interface). A
comment may only carry a status of the order's own state; older servers take a comment without one
for an order without one, so the order's own status goes along. Comments carry no flag.
"""

import json
from collections.abc import Callable

from sync.connector import Connector
from sync.ports import Request
from sync.reading import mapping, rows, text
from sync.records import Done, MemoAsk


async def write_memo(connector: Connector, url: Callable[[str], str], ask: MemoAsk) -> Done:
    """Add the memo, marked with our key so that it is never added twice."""
    told, _ = await connector.json(Request("GET", url(f"orders/{ask.external_id}")))
    order = mapping(told)
    mark = f"[{ask.idempotency_key}]"
    comments = (text(each.get("comment")) for each in rows(order.get("status_histories")))
    if any(mark in comment for comment in comments):
        return Done(ask.external_id, already=True)
    history = {
        "comment": f"{ask.text}\n{mark}",
        "is_customer_notified": 0,
        "is_visible_on_front": 0,
        "parent_id": int(ask.external_id),
    }
    status = text(order.get("status"))
    if status:
        history["status"] = status
    body = json.dumps({"statusHistory": history}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    path = f"orders/{ask.external_id}/comments"
    await connector.json(Request("POST", url(path), headers, body, writes=True))
    return Done(ask.external_id)
