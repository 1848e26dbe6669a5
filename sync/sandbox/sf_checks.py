"""What SF refuses in an order, with its own codes (carriers_labels.md A1, "Business codes")."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# SF's words for each code, as its answers carry them.
WORDS: Mapping[str, str] = {
    "S0001": "非法的JSON格式",
    "S0002": "必填参数为空",
    "S0003": "系统发生数据错误或运行时异常",
    "S0004": "参数超过最大长度",
    "1010": "寄件地址不能为空",
    "1011": "寄件联系人不能为空",
    "1012": "寄件电话不能为空",
    "1014": "到件地址不能为空",
    "1015": "到件联系人不能为空",
    "1016": "到件电话不能为空",
    "1023": "拖寄物品名不能为空",
    "6126": "月结卡号不合法",
    "6150": "找不到该订单",
    "8003": "查询单号超过最大限制",
    "8013": "未传入查询单号",
    "8016": "重复下单",
    "8017": "订单号与运单号不匹配",
    "8018": "未获取到订单信息",
    "8024": "未下单",
    "8037": "订单已消单",
    "8057": "快件类型为空或未配置",
    "8114": "传入了不可发货的月结卡号",
    "8117": "下单包裹不能大于307个",
    "8119": "月结卡号不存在或已失效",
    "8168": "订单已生成路由",
    "8177": "正值运力高峰期,寄件通道预约已满,敬请谅解",
    "8196": "信息异常",
    "20035": "托寄物违禁品不可收寄",
}
_SIDES = ((1, "1010", "1011", "1012"), (2, "1014", "1015", "1016"))
_LENGTHS = (("contact", 100), ("mobile", 20), ("tel", 20), ("company", 100), ("address", 200))
_PROHIBITED = ("打火机", "烟花", "鞭炮", "lighter", "firework")
_PHONE = re.compile(r"[0-9+()\-转#, ]{7,20}")
_CARD = re.compile(r"[0-9]{10}", re.ASCII)


def refusals(order: Mapping[str, Any], cards: frozenset[str]) -> Iterator[str]:
    """SF's codes for what is wrong with an order, the first one first."""
    reference = order.get("orderId")
    if not isinstance(reference, str) or not reference or not order.get("language"):
        yield "S0002"
    elif len(reference) > 64 or len(str(order.get("remark", ""))) > 100:
        yield "S0004"
    for side, *codes in _SIDES:
        yield from _side(_contact(order, side), codes)
    yield from _cargo(order.get("cargoDetails"))
    if not _whole(order.get("parcelQty", 1), 1, 307):
        yield "8117"
    if not _whole(order.get("expressTypeId"), 1, 99_999):
        yield "8057"
    yield from _paid_by(order, cards)


def _contact(order: Mapping[str, Any], side: int) -> Mapping[str, Any]:
    listed = order.get("contactInfoList")
    for contact in listed if isinstance(listed, list) else []:
        if isinstance(contact, dict) and contact.get("contactType") == side:
            return contact
    return {}


def _side(contact: Mapping[str, Any], codes: list[str]) -> Iterator[str]:
    address, name, phone = codes
    numbers = [str(contact[key]) for key in ("mobile", "tel") if contact.get(key)]
    if not contact.get("address"):
        yield address
    if not contact.get("contact"):
        yield name
    if not numbers:
        yield phone
    if any(len(str(contact.get(key, ""))) > most for key, most in _LENGTHS):
        yield "S0004"
    if not contact.get("country"):
        yield "S0002"
    if any(not _PHONE.fullmatch(number) for number in numbers):
        yield "8196"


def _cargo(listed: Any) -> Iterator[str]:
    names = [str(one.get("name") or "") for one in listed or [] if isinstance(one, dict)]
    if not names or not all(names):
        yield "1023"
    if any(word in name.lower() for name in names for word in _PROHIBITED):
        yield "20035"


def _paid_by(order: Mapping[str, Any], cards: frozenset[str]) -> Iterator[str]:
    card = str(order.get("monthlyCard") or "")
    if card and not _CARD.fullmatch(card):
        yield "6126"
    elif card and cards and card not in cards:
        yield "8119"


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
