"""The states of a Douyin shop's order, of several fields, as the one word each that our map knows.

order.orderDetail (op.jinritemai.com): `order_status` says how far it is, `main_status` names what
it does not (21, 22, 39: all money back; 103: a deposit without its rest), and every sub-order tells
its own after-sale. Shipping one in 105 is refused while the platform's review lasts ("wait until it
is to be shipped", code 60109), and one with a refund asked for is refused too (60040).
"""

from collections.abc import Mapping
from typing import Any

from sync.reading import mapping, minor, rows, text
from sync.records import RefundRecord

UNPAID, PAID, CANCELLED = 1, 105, 4
TO_SHIP = (2, 101)
ALL_BACK, DEPOSIT = (21, 22, 39), 103
# Asked for, the goods on their way back, with the shop again: what may end with the money back.
ASKED = (6, 7, 11)
_OPEN = (*ASKED, 8, 29, 13, 27)
_ENDED = (12, 14, 28, 51, 53)
_BACK, _CASH_ON_DELIVERY = (3, 5), 0
BEFORE_IT_LEFT = 2
_CLOUD_WAREHOUSE = 2


def _number(told: Mapping[str, Any], name: str) -> int | None:
    return minor(told.get(name), 0)


def subs(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sub-orders."""
    return rows(told.get("sku_order_list"))


def after_sale(row: Mapping[str, Any]) -> int:
    """The state of a sub-order's after-sale, 0 for none."""
    return _number(mapping(row.get("after_sale_info")), "after_sale_status") or 0


def given_back(row: Mapping[str, Any]) -> bool:
    """Whether a sub-order's money went back."""
    return _number(mapping(row.get("after_sale_info")), "refund_status") in _BACK


def concerns_after_sales(told: Mapping[str, Any]) -> bool:
    """Whether the list of after-sales says something of this order."""
    return _number(told, "main_status") in ALL_BACK or any(after_sale(row) for row in subs(told))


def status_word(told: Mapping[str, Any]) -> str:
    """The word that decides: all money back, a deposit without its rest, else how far it is."""
    main = _number(told, "main_status")
    if main in (*ALL_BACK, DEPOSIT):
        return f"main_status.{main}"
    state = _number(told, "order_status")
    return f"order_status.{text(told.get('order_status')) if state is None else state}"


def payment_word(told: Mapping[str, Any], refunds: tuple[RefundRecord, ...]) -> str:
    """Paid or not, what went back of it, else the after-sale that is furthest from its end."""
    main, state = _number(told, "main_status"), _number(told, "order_status")
    if main == DEPOSIT or state == UNPAID:
        return "UNPAID"
    back = sum(each.amount_minor for each in refunds)
    if main in ALL_BACK or (back and back >= (_number(told, "pay_amount") or 0)):
        return "REFUNDED"
    if back or any(given_back(row) for row in subs(told)):
        return "PARTLY_REFUNDED"
    return "" if state == CANCELLED else _standing_word(told)


def _standing_word(told: Mapping[str, Any]) -> str:
    """To be paid on delivery; else the after-sale that asks most of the shop."""
    if _number(told, "pay_type") == _CASH_ON_DELIVERY and not _number(told, "pay_time"):
        return "COD"
    found = {after_sale(row) for row in subs(told)} - {0}
    if not found:
        return "PAID"
    # One nobody knows stands before those that ended: a person must look.
    ranked = sorted(found, key=lambda each: (each in _ENDED, each not in _OPEN, each))
    return f"after_sale_status.{ranked[0]}"


def hold_of(told: Mapping[str, Any]) -> str:
    """Why it may not be shipped yet, "" where it may."""
    state = _number(told, "order_status")
    if state == PAID:
        return ",".join(["other", *(["refund"] if _asked_back(told) else [])])
    if state not in TO_SHIP:
        return ""
    words = ["refund"] if _asked_back(told) else []
    if subs(told) and all(_from_the_cloud(row) for row in subs(told)):
        words.append("service")
    return ",".join(words)


def _asked_back(told: Mapping[str, Any]) -> bool:
    return any(after_sale(row) in ASKED and not given_back(row) for row in subs(told))


def _from_the_cloud(row: Mapping[str, Any]) -> bool:
    """Whether the platform's own cloud warehouse sends a sub-order."""
    stores = rows(row.get("inventory_list"))
    return bool(stores) and all(
        _number(each, "warehouse_type") == _CLOUD_WAREHOUSE for each in stores
    )
