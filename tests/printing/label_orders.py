"""Realistic labels, always the same ones: Chinese, Latin, mixed, short and very long."""

from random import Random

from printing.documents import LabelDocument, Party

_SURNAMES = "王李张刘陈杨赵黄周吴欧阳䶮"
_PLACES = (
    ("广东省深圳市南山区", "科技园南路18号深圳湾科技生态园9栋B座1203"),
    (
        "浙江省杭州市余杭区",
        "仓前街道文一西路1999号未来科技城海创园6幢东楼801室（放快递柜请先电话联系）",
    ),
    (
        "新疆维吾尔自治区伊犁哈萨克自治州伊宁市",
        "解放西路与重庆路交叉口向北二百米天百国际小区四期十二号楼三单元",
    ),
    ("上海市浦东新区", "世纪大道8号国金中心二期 Unit 2107"),
    ("内蒙古自治区呼伦贝尔市鄂伦春自治旗", "大杨树镇" + "林业局家属院后街平房第三排" * 2),
    ("548 Market Street, Building C, Apt 2207", "San Francisco, CA 94104-5401"),
    ("Ulica Świętokrzyska 31/33a m. 12", "00-049 Warszawa, Polska"),
    ("Rechtsanwaltskanzleigemeinschaftsgebäude Nord, Hinterhaus", "10115 Berlin"),
)
_NAMES = ("Łukasz O'Connor-Martínez", "Jürgen Weißmüller", "欧阳**", "Anne-Marie 陈", "张䶮")
_GOODS = (
    "T2046-BLK-L 男士户外防风冲锋衣 黑色 L ×1",
    "S0113-GRY-42 轻量越野跑鞋 灰色 42 ×1",
    "K9001 羊毛袜 三双装 ×2",
    "TRAIL-RUN-42 Trail running shoe, grey, EU 42 × 1",
    "手工皂礼盒（薰衣草／迷迭香／洋甘菊）限量版 ×12",
)


def orders(count: int, seed: int = 7) -> list[LabelDocument]:
    """Return `count` documents; the same seed gives the same ones."""
    rng = Random(seed)
    return [_order(rng, number) for number in range(count)]


def _order(rng: Random, number: int) -> LabelDocument:
    waybill = f"SF{rng.randrange(10**12, 10**13)}"
    if number % 9 == 8:
        waybill = str(rng.randrange(10**13, 10**14))
    mark = f"{rng.randrange(10, 999)}{rng.choice(('W', 'VE', 'AG'))}-{rng.randrange(100, 999)}"
    code = (
        f"MMM={{'k1':'{mark[:5]}','k2':'{mark[-3:]}','k3':'','k4':'T4','k5':'{waybill}','k6':''}}"
    )
    return LabelDocument(
        waybill_no=waybill,
        routing_mark=mark,
        sort_code=f"{rng.choice('ABKZ')}{rng.randrange(10, 99)}",
        two_dimension_code=code,
        carrier_name=rng.choice(("顺丰速运", "中通快递", "Example Parcel Service")),
        product_name=rng.choice(("顺丰标快", "顺丰特惠（陆运包裹）", "Ground Advantage", "")),
        sender=Party("深圳市远行服饰有限公司", "0755-8663****", _PLACES[0]),
        receiver=Party(
            _name(rng),
            f"1{rng.randrange(30, 99)}****{rng.randrange(10**4):04d}",
            rng.choice(_PLACES),
        ),
        goods=tuple(rng.choices(_GOODS, k=rng.randrange(0, 14))),
        order_no=f"SO20260216{number:06d}",
        parcel_no=f"1/{rng.randrange(1, 4)}",
        copy_no=rng.choice((1, 1, 1, 2)),
        printed_at_text="2026-11-23 10:42",
        remark=rng.choice(("", "易碎，请勿重压", "Leave with the doorman")),
        payment=rng.choice(("寄付月结", "Prepaid")),
        weight=rng.choice(("", "1.25 kg")),
    )


def _name(rng: Random) -> str:
    return rng.choice((*_NAMES, f"{rng.choice(_SURNAMES)}**", f"{rng.choice(_SURNAMES)}小明"))
