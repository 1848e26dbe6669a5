"""The couriers Kuaidi100 buys waybills from, by its own codes (its list of courier codes).

Left out on purpose: freight couriers, which want a parcel's volume; a shop connects those at the
courier itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """One courier at Kuaidi100.

    `courier` is our code of it (resources/rules/couriers.toml); `phone`: scans are told only with
    the last four digits of either party's phone.
    """

    courier: str
    phone: bool = False


COMPANIES: Mapping[str, Company] = {
    "shunfeng": Company("sf", phone=True),
    "zhongtong": Company("zto", phone=True),
    "yuantong": Company("yto"),
    "shentong": Company("sto"),
    "yunda": Company("yunda"),
    "jtexpress": Company("jt"),
    "jd": Company("jd"),
    "ems": Company("ems"),
    "youzhengguonei": Company("china_post"),
    "debangkuaidi": Company("deppon"),
    "huitongkuaidi": Company("best"),
    "zhaijisong": Company("zjs"),
}
