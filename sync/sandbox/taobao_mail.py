"""The sandbox platform's message service: an app's queue, asked for and confirmed over HTTP.

By the platform's pages (taobao.tmc.user.permit, .messages.consume, .messages.confirm): only topics
that were permitted are kept, 10 to 200 at a time, at most 200 confirmed at once. How soon an
unconfirmed message comes again is not published; here it is at once.
"""

import json
from collections.abc import Mapping
from typing import Any

from sync.sandbox.taobao_gate import beijing, invalid, whole
from sync.sandbox.taobao_shop import SoldTrade, TaobaoShop


class TaobaoMail:
    """What the seller's trades were told of, until it is confirmed."""

    def __init__(self, shop: TaobaoShop) -> None:
        """Start with nothing permitted and nothing told."""
        self._shop = shop
        self.topics: frozenset[str] = frozenset()
        self.waiting: dict[int, dict[str, Any]] = {}
        self._last = 4_000_000_000_000_000_000

    def tell(self, trade: SoldTrade, topic: str = "taobao_trade_TradeBuyerPay", **more: Any) -> int:
        """Keep a message about a trade, if anybody asked to hear of that; its number, or 0."""
        content = {"tid": trade.tid, "seller_nick": self._shop.seller, "payment": "0.01"}
        return self.put(topic, json.dumps({**content, **more}, ensure_ascii=False))

    def put(self, topic: str, content: str) -> int:
        """Keep a message of any content."""
        if topic not in self.topics:
            return 0
        self._last += 1
        self.waiting[self._last] = {
            "id": self._last,
            "topic": topic,
            "content": content,
            "pub_time": beijing(self._shop.now_ms()),
            "pub_app_key": "12497914",
            "user_nick": self._shop.seller,
            "user_id": 263664221,
        }
        return self._last

    def permit(self, params: Mapping[str, str]) -> dict[str, Any]:
        """taobao.tmc.user.permit: the topics given take the place of the old ones."""
        self.topics = frozenset(params.get("topics", "").split(",")) - {""}
        return {"is_success": True}

    def consume(self, params: Mapping[str, str]) -> dict[str, Any]:
        """taobao.tmc.messages.consume: the oldest first; none is an answer without a list."""
        quantity = whole(params, "quantity", 100)
        if not 10 <= quantity <= 200:
            raise invalid("quantity")
        told = list(self.waiting.values())[:quantity]
        return {"messages": {"tmc_message": told}} if told else {}

    def confirm(self, params: Mapping[str, str]) -> dict[str, Any]:
        """taobao.tmc.messages.confirm: one that is gone already is no error."""
        told = params["s_message_ids"].split(",")
        if len(told) > 200 or not all(number.isdigit() for number in told):
            raise invalid("s_message_ids")
        for number in told:
            self.waiting.pop(int(number), None)
        return {"is_success": True}
