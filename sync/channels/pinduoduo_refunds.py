"""The after-sales of one order, and which of them gave money back.

pdd.refund.list.increment.get lists after-sales by the time they changed; with an order's number
it lists all of that order, whatever the other conditions say, which must be there all the same
(open.pinduoduo.com). Only status 10 means that money went back.
"""

from collections.abc import Mapping
from typing import Any

from sync.channels.pinduoduo_read import SUCCESS, TO_SHIP, ZONE, code
from sync.errors import Malformed
from sync.gateways.pinduoduo_calls import PinduoduoCalls
from sync.gateways.pinduoduo_sign import Value
from sync.json_text import Element
from sync.ports import Clock
from sync.reading import Reader, mapping, minor, text
from sync.records import Problem, RefundRecord

LIST = "pdd.refund.list.increment.get"
PATH = ("refund_increment_get_response", "refund_list")
PAGE, MOST_PAGES = 100, 20
WINDOW_S, ALL_TYPES = 1_800, 1


async def after_sales(calls: PinduoduoCalls, clock: Clock, sn: str) -> list[Element]:
    """Every after-sale of an order, each once."""
    end = clock.now() // 1000
    found: dict[str, Element] = {}
    for page in range(1, MOST_PAGES + 1):
        asked: dict[str, Value] = {
            "order_sn": sn,
            "after_sales_status": SUCCESS,
            "after_sales_type": ALL_TYPES,
            "start_updated_at": end - WINDOW_S,
            "end_updated_at": end,
            "page": page,
            "page_size": PAGE,
        }
        elements, rest = await calls.listed(LIST, asked, PATH)
        total = minor(rest.get("total_count"), 0)
        if total is None:
            raise Malformed("pdd_odd_answer", interface=LIST)
        found |= {text(mapping(each.value).get("id")) or f"#{page}": each for each in elements}
        if page * PAGE >= total:
            break
    return list(found.values())


def read_refunds(
    told: Mapping[str, Any], found: list[Element]
) -> tuple[tuple[RefundRecord, ...], tuple[Problem, ...]]:
    """What was given back for an order, and what of it could not be read."""
    reader = Reader(ZONE, "CNY")
    refunds = []
    for each in found:
        row = mapping(each.value)
        number, state = text(row.get("id")), code(row, "after_sales_status")
        if each.problem is not None or not number or state is None:
            reader.note("unreadable", "refund_list", each.raw[:80].decode("utf-8", "replace"))
        elif state == SUCCESS and text(row.get("order_sn")) == text(told.get("order_sn")):
            refunds.append(_refund(reader, row, told))
    return tuple(refunds), tuple(reader.problems)


def _refund(reader: Reader, row: Mapping[str, Any], told: Mapping[str, Any]) -> RefundRecord:
    number = text(row.get("id"))
    amount = reader.money(f"refund_list[{number}].refund_amount", row.get("refund_amount"))
    # Before it left, the money back means that the goods are no longer owed; later they are gone.
    owed = code(told, "order_status") == TO_SHIP
    quantity = (minor(row.get("goods_number"), 0) or 0) if owed else 0
    return RefundRecord(
        external_id=number,
        amount_minor=amount,
        reason=text(row.get("after_sale_reason")),
        created=reader.moment(f"refund_list[{number}].updated_time", None, row.get("updated_time")),
        lines=((text(row.get("sku_id")), max(0, quantity), amount),),
    )
