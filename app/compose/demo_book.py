"""The demonstration's order book: made up, the same on every run, and shaped like a real week.

Orders are what a checkout of the sandbox shop takes (`sync.sandbox.shop.Shop.place`). A few of
every book must end as exceptions; which, and as what, stands in `ODD`.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SEED = 20_260_216
HOUR_S = 3_600
STOCK = 20_000

# Merchant code, title, variants, price in yuan, weight in grams.
GOODS: tuple[tuple[str, str, tuple[str, ...], int, int], ...] = (
    ("CUR-LIN", "亚麻遮光窗帘", ("米白 2.7m", "墨绿 2.7m", "灰 2.0m"), 268, 1800),
    ("CUR-HOOK", "窗帘挂钩（加厚）", ("24 只装",), 19, 120),
    ("BED-COT", "纯棉四件套", ("雾蓝 1.8m", "藕粉 1.5m"), 399, 2600),
    ("DUV-DWN", "羽绒被", ("200×230", "150×200"), 899, 2300),
    ("PIL-LTX", "乳胶枕", ("单只", "一对"), 159, 1300),
    ("CUS-COV", "抱枕套", ("姜黄", "砖红", "米白"), 39, 150),
    ("TBL-RUN", "亚麻桌旗", ("米白", "靛蓝"), 69, 260),
    ("TWL-SET", "浴巾三件套", ("浅灰", "浅粉"), 129, 900),
    ("RUG-JUT", "黄麻地毯", ("1.2×1.8m",), 239, 3100),
    ("THR-LIN", "Linen throw", ("sand", "ink"), 219, 800),
    ("MUG-STN", "Stoneware mug", ("330 ml",), 49, 420),
    ("CND-SOY", "大豆蜡烛", ("白茶", "雪松"), 79, 310),
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = ("小满", "一诺", "子涵", "雨桐", "浩然", "思远", "静怡", "建国", "晓峰", "伟", "娜", "嘉懿")
DOUBLE = ("欧阳静", "司马青", "诸葛明", "上官云")
ABROAD = ("Ann Lee", "M. Orozco", "Jürgen Weiß", "Chloé Dubois")
PLACES = (
    ("浙江省", "杭州市", "萧山区", "市心中路"),
    ("广东省", "深圳市", "南山区", "科技南十二路"),
    ("江苏省", "苏州市", "工业园区", "星湖街"),
    ("四川省", "成都市", "武侯区", "天府大道北段"),
    ("北京市", "北京市", "朝阳区", "望京街"),
    ("上海市", "上海市", "徐汇区", "漕溪北路"),
    ("湖北省", "武汉市", "洪山区", "珞喻路"),
    ("陕西省", "西安市", "雁塔区", "科技路"),
    ("福建省", "厦门市", "思明区", "软件园二期观日路"),
    ("辽宁省", "大连市", "甘井子区", "软件园路"),
)
MESSAGES = (
    *("", "", "", ""),
    *("周四前要", "请发顺丰", "送人的，请放贺卡", "gift wrap please", "放门口"),
)

Seed = dict[str, Any]
Code = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """What buyers order and what the shop has for it.

    Attributes:
        seeds: the orders, in the order in which they are placed.
        codes: every merchant code: (code, title, opening quantity, weight in g).
        refused: rows of a file that are no orders; each stands in a preview of its import.
    """

    seeds: tuple[Seed, ...]
    codes: tuple[Code, ...]
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"
    refused: int = 0


def made_up(count: int, now_s: int) -> Offer:
    """A made-up book of ``count`` orders."""
    return Offer(tuple(orders(count, now_s)), codes())


def codes() -> tuple[Code, ...]:
    """Every merchant code the shop stocks: (code, title, opening quantity, weight in g)."""
    rows = []
    for code, title, variants, _, weight in GOODS:
        for at, variant in enumerate(variants):
            quantity = 2 if code == "RUG-JUT" else STOCK
            rows.append((f"{code}-{at + 1}", f"{title} {variant}", quantity, weight))
    return tuple(rows)


def orders(count: int, now_s: int, first: int = 10_001) -> Iterator[Seed]:
    """``count`` orders of the last two days, oldest first, the odd ones among them."""
    chance = random.Random(SEED)  # noqa: S311 - a made-up book, not a secret
    odd = _places_of_odd(count)
    for at in range(count):
        placed = now_s - 47 * HOUR_S + at * 46 * HOUR_S // max(1, count)
        seed = _order(chance, first + at, placed)
        if at in odd:
            odd[at].make(seed)
        yield seed


def _places_of_odd(count: int) -> dict[int, "Odd"]:
    """One of each kind of exception, spread over the book; fewer in a book of a handful."""
    if count < len(ODD) * 2:
        return {}
    return {(at + 1) * count // (len(ODD) + 1): one for at, one in enumerate(ODD)}


def _order(chance: random.Random, number: int, placed: int) -> Seed:
    place = chance.choice(PLACES)
    name = _name(chance)
    lines = [_line(chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 3)))]
    return {
        "id": number,
        "status": "processing",
        "created_s": placed,
        "shipping_total": chance.choice(("0", "8", "12")),
        "line_items": list({line["sku"]: line for line in lines}.values()),
        "customer_note": chance.choice(MESSAGES),
        "payment_method": "alipay",
        "transaction_id": f"20260216{number:08d}",
        "shipping": {
            "first_name": "",
            "last_name": name,
            "address_1": f"{place[2]}{place[3]} {chance.randint(1, 399)} 号",
            "address_2": f"{chance.randint(1, 28)} 幢 {chance.randint(101, 2804)} 室",
            "city": place[1],
            "state": place[0],
            "postcode": f"{chance.randint(100000, 699999)}",
            "country": "CN",
            "phone": f"1{chance.choice('3578')}{chance.randint(10**8, 10**9 - 1)}",
        },
    }


def _name(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.04:
        return chance.choice(DOUBLE)
    if kind < 0.08:
        return chance.choice(ABROAD)
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def _line(chance: random.Random) -> Seed:
    goods = [row for row in GOODS if row[0] != "RUG-JUT"]
    code, title, variants, price, _ = chance.choice(goods)
    at = chance.randrange(len(variants))
    return {
        "sku": f"{code}-{at + 1}",
        "name": title,
        "quantity": chance.choice((1, 1, 1, 2, 3)),
        "price": str(price),
        "meta_data": [{"key": "规格", "value": variants[at]}],
    }


@dataclass(frozen=True, slots=True)
class Odd:
    """An order that must end as an exception of this kind."""

    kind: str
    make: Callable[[Seed], None]


def _unknown_code(seed: Seed) -> None:
    seed["line_items"][0]["sku"] = "NOT-OURS-1"


def _short(seed: Seed) -> None:
    rug = {"sku": "RUG-JUT-1", "name": "黄麻地毯", "quantity": 5, "price": "239"}
    seed["line_items"] = [rug]


def _unserved(seed: Seed) -> None:
    seed["shipping"] |= {"state": "海南省", "city": "三沙市", "address_1": "西沙区北京路 1 号"}


def _no_phone(seed: Seed) -> None:
    seed["shipping"]["phone"] = ""


ODD = (
    Odd("unknown_sku", _unknown_code),
    Odd("short_stock", _short),
    Odd("waybill_rejected", _unserved),
    Odd("address_incomplete", _no_phone),
)
