"""What buyers ask back of the sandbox seller, and the answers the platform takes.

open.taobao.com: taobao.refunds.receive.get (a window of modified times, a hundred rows a page),
taobao.rp.refunds.agree (number, amount in cents, version and phase of what was seen),
taobao.refund.refuse (two to two hundred characters of reason).
"""

from collections.abc import Mapping
from typing import Any

from sync.sandbox.taobao_gate import TopError, from_beijing, invalid, whole
from sync.sandbox.taobao_shop import TaobaoShop

ANSWERABLE = ("WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS")
Reply = dict[str, Any]


class AfterAnswers:
    """The refund methods of one seller's shop."""

    def __init__(self, shop: TaobaoShop) -> None:
        """Take the seller's truth."""
        self._shop = shop

    def one(self, params: Mapping[str, str]) -> Reply:
        """taobao.refund.get."""
        found = self._found(whole(params, "refund_id", 0))
        return {"refund": _printed(found, params["fields"])}

    def listed(self, params: Mapping[str, str]) -> Reply:
        """taobao.refunds.receive.get."""
        start, end = (
            from_beijing(params[name], name) if name in params else None
            for name in ("start_modified", "end_modified")
        )
        page, size = whole(params, "page_no", 1), whole(params, "page_size", 40)
        if page < 1 or not 1 <= size <= 100:
            raise invalid("page_size")
        found = [
            told
            for told in self._shop.refunds.values()
            if (start or 0) <= from_beijing(told["modified"], "") <= (end or 2**60)
        ]
        found.sort(key=lambda told: (told["modified"], told["refund_id"]), reverse=True)
        shown = [_printed(told, params["fields"]) for told in found[(page - 1) * size :][:size]]
        told: Reply = {"total_results": len(found)}
        return told | ({"refunds": {"refund": shown}} if shown else {})

    def agreed(self, params: Mapping[str, str]) -> Reply:
        """taobao.rp.refunds.agree, for one refund."""
        number, amount, version, phase = [*params["refund_infos"].split("|"), "", "", ""][:4]
        if not number.isdigit():
            raise invalid("refund_infos")
        found = self._found(int(number))
        cents = round(float(found["refund_fee"]) * 100)
        same = (str(cents), str(found["refund_version"]), found["refund_phase"])
        if (amount, version, phase) != same or found["status"] not in ANSWERABLE:
            told = {"refund_id": number, "succ": False, "message": "退款版本或状态已变化"}
            return {"succ": False, "msg_code": "OP_FAILURE_UE", "results": {"result": [told]}}
        self._shop.settle(found, "SUCCESS")
        return {"succ": True, "msg_code": "OP_SUCC", "message": "操作成功"}

    def refused(self, params: Mapping[str, str]) -> Reply:
        """taobao.refund.refuse."""
        found = self._found(whole(params, "refund_id", 0))
        if not 2 <= len(params["refuse_message"]) <= 200:
            raise invalid("refuse_message")
        if params.get("refund_version") != str(found["refund_version"]):
            raise invalid("refund_version")
        if found["status"] not in ANSWERABLE or found.get("operation_contraint"):
            raise TopError(15, "Remote service error", "isv.refund-status-error", "不能拒绝")
        self._shop.settle(found, "SELLER_REFUSE_BUYER")
        return {"is_success": True, "refund": {"refund_id": found["refund_id"]}}

    def _found(self, number: int) -> dict[str, Any]:
        found = self._shop.refunds.get(number)
        if found is None:
            raise TopError(15, "Remote service error", "isv.refund-not-exist", "退款不存在")
        return found


def _printed(told: Mapping[str, Any], fields: str) -> Reply:
    return {name: told[name] for name in fields.split(",") if name in told}
