"""Credit memos of orders: Magento tells money given back apart from the order it was paid for.

GET /V1/creditmemos, asked for all orders of a page that gave anything back; `state` 3 is a credit
memo that was canceled. Their totals are never changed once made, so an order's are kept under its
number and what it gave back in all.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from sync.channels.magento_search import PAGE, Filter, Search
from sync.connector import Connector
from sync.errors import Malformed
from sync.ports import Request
from sync.reading import mapping, rows, text

CANCELED = 3
MOST_PAGES = 200
_KEPT = 1000

Memos = list[dict[str, Any]]


class CreditMemos:
    """The credit memos of a shop's orders, each asked for once."""

    def __init__(self, connector: Connector, url: Callable[[str], str]) -> None:
        """Take the shop's connector and its addresses."""
        self._connector = connector
        self._url = url
        self._known: OrderedDict[tuple[str, str], Memos] = OrderedDict()

    async def of(self, orders: list[Mapping[str, Any]]) -> dict[str, Memos]:
        """The credit memos by order number, of orders as told; raises only sync.errors."""
        given = {_key(told) for told in orders if _gave_back(told)}
        for key in given & self._known.keys():
            self._known.move_to_end(key)
        missing = sorted({number for number, total in given if (number, total) not in self._known})
        if missing:
            found = await self._ask(missing)
            for number, total in given:
                if number in missing:
                    self._keep((number, total), found.get(number, []))
        return {number: self._known[number, total] for number, total in given}

    def _keep(self, key: tuple[str, str], memos: Memos) -> None:
        self._known[key] = memos
        # A page of orders never pushes out its own.
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)

    async def _ask(self, numbers: list[str]) -> dict[str, Memos]:
        found: dict[str, Memos] = {}
        last = 0
        for _ in range(MOST_PAGES):
            groups: tuple[tuple[Filter, ...], ...] = (
                (("order_id", "in", ",".join(numbers)),),
                (("entity_id", "gt", str(last)),),
            )
            query = Search(groups).query()
            told, _answer = await self._connector.json(
                Request("GET", f"{self._url('creditmemos')}?{query}")
            )
            listed = rows(mapping(told).get("items"))
            for memo in listed:
                last = max(last, _number(memo))
                if memo.get("state") != CANCELED:
                    found.setdefault(text(memo.get("order_id")), []).append(memo)
            if len(listed) < PAGE:
                return found
        raise Malformed("sync_stuck", source="GET /V1/creditmemos")


def _number(memo: Mapping[str, Any]) -> int:
    told = text(memo.get("entity_id"))
    return int(told[:18]) if told.isascii() and told.isdigit() else 0


def _gave_back(told: Mapping[str, Any]) -> bool:
    return text(_total(told)) not in ("", "0")


def _key(told: Mapping[str, Any]) -> tuple[str, str]:
    return str(told["entity_id"]), _total(told)


def _total(told: Mapping[str, Any]) -> str:
    value = told.get("total_refunded")
    plain = "" if value is None or isinstance(value, bool | list | dict) else str(value)
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
