"""The provinces of China as a carrier wants them named, by the codes Shopify gives them.

Shopify tells a province by its ISO 3166-2 letters and a name in the shop's own language; every
other country's name is left as it is told.
"""

_CHINA = {
    "AH": "安徽省",
    "BJ": "北京市",
    "CQ": "重庆市",
    "FJ": "福建省",
    "GD": "广东省",
    "GS": "甘肃省",
    "GX": "广西壮族自治区",
    "GZ": "贵州省",
    "HA": "河南省",
    "HB": "湖北省",
    "HE": "河北省",
    "HI": "海南省",
    "HL": "黑龙江省",
    "HN": "湖南省",
    "JL": "吉林省",
    "JS": "江苏省",
    "JX": "江西省",
    "LN": "辽宁省",
    "NM": "内蒙古自治区",
    "NX": "宁夏回族自治区",
    "QH": "青海省",
    "SC": "四川省",
    "SD": "山东省",
    "SH": "上海市",
    "SN": "陕西省",
    "SX": "山西省",
    "TJ": "天津市",
    "XJ": "新疆维吾尔自治区",
    "XZ": "西藏自治区",
    "YN": "云南省",
    "ZJ": "浙江省",
}


def province(country: str, code: str, told: str) -> str:
    """The province's full Chinese name for a Chinese code; else the name as told."""
    return _CHINA.get(code, told) if country == "CN" else told
