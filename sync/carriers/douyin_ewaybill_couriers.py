"""The couriers of Douyin's e-waybill, by its own codes (order.logisticsCompanyList).

A courier that is not here is asked for all the same: Douyin knows it, labels show its code.
"""

from collections.abc import Mapping

COURIERS: Mapping[str, str] = {
    "shunfeng": "sf",
    "zhongtong": "zto",
    "yuantong": "yto",
    "shentong": "sto",
    "yunda": "yunda",
    "jtexpress": "jt",
    "jd": "jd",
    "ems": "ems",
    "youzhengguonei": "china_post",
    "debangkuaidi": "deppon",
}
