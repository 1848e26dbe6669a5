"""The methods that read JD's orders, and what each is asked with (open.jd.com)."""

from collections.abc import Mapping
from typing import Any

from sync.channels.jd_read import FIELDS, LISTED, is_id, order_id
from sync.channels.jd_walk import DAY_MS
from sync.errors import Malformed, Rejected
from sync.gateways.jd_calls import JdCalls, Method, Told
from sync.gateways.jd_sign import Json, jd_time
from sync.reading import mapping, minor

SEARCH = Method("jingdong.pop.order.enSearch", "searchorderinfo_result", "orderInfoList")
ONE = Method("jingdong.pop.order.enGet")
REFUNDS = Method("jingdong.pop.afs.soa.refundapply.queryPageList", "queryResult", "result")
PAGE, MOST_PAGES = 100, 100
REFUNDS_PAGE = 50
BY_CHANGE, BY_PLACING, OLDEST_FIRST = 0, 1, 0


async def search(
    calls: JdCalls, span: tuple[int, int], page: int, date_type: int, fields: str = ",".join(FIELDS)
) -> Told:
    """One page of the orders of a span, of every state, oldest first; times in milliseconds."""
    asked: dict[str, Json] = {
        "start_date": jd_time(span[0]),
        "end_date": jd_time(span[1]),
        "order_state": ",".join(LISTED),
        "optional_fields": fields,
        "page": str(page),
        "page_size": str(PAGE),
        "sortType": OLDEST_FIRST,
        "dateType": date_type,
    }
    return await calls.ask(SEARCH, asked)


def counted(told: Told, result: str, name: str) -> int:
    """How many rows a list holds in all.

    Raises Malformed for what is no count: a window must not end because a number was misread.
    """
    found = minor(told.result(result).get(name), 0)
    if found is None or found < 0:
        raise Malformed("jd_odd_answer", method=told.method.name)
    return found


async def order_of(calls: JdCalls, number: str) -> tuple[dict[str, Any], bytes]:
    """One order as it stands now, and the answer it came in; Rejected where there is none."""
    if not is_id(number):
        raise Rejected("sync_bad_number", external_id=number[:40])
    told = await calls.ask(ONE, {"order_id": int(number), "optional_fields": ",".join(FIELDS)})
    order = mapping(told.result("orderDetailInfo").get("orderInfo"))
    if order_id(order) != number:
        raise Rejected("jd_no_such_order", external_id=number)
    return order, told.answer.body


async def refunds_of(calls: JdCalls, number: str) -> list[Mapping[str, Any]]:
    """An order's requests to cancel."""
    asked: dict[str, Json] = {"orderId": int(number), "pageIndex": 1, "pageSize": REFUNDS_PAGE}
    told = await calls.ask(REFUNDS, asked)
    told.result("queryResult")
    return [mapping(element.value) for element in told.rows]


async def placed_between(calls: JdCalls, since_ms: int, until_ms: int) -> tuple[str, ...]:
    """The numbers of all orders placed from `since_ms` to before `until_ms`, of whatever state.

    JD lists no order that was never paid. New orders come last, so no page moves.
    """
    found: dict[str, None] = {}
    at = -(-since_ms // 1000) * 1000
    while at < until_ms:
        end = min(at + DAY_MS, until_ms)
        for page in range(1, MOST_PAGES + 1):
            told = await search(calls, (at, end - 1), page, BY_PLACING, "orderId")
            numbers = (order_id(mapping(element.value)) for element in told.rows)
            found.update(dict.fromkeys(number for number in numbers if number))
            if page * PAGE >= counted(told, "searchorderinfo_result", "orderTotal"):
                break
        at = end
    return tuple(found)
