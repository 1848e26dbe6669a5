"""The couriers Kdniao buys waybills from, by its own codes, and what each wants beside the rest.

Codes are those of Kdniao's list of couriers (kdniao.com/documents). Left out on purpose: freight
couriers (DBLKY, BTWL, ANE, YMDD), which want the volume of a parcel, and JD, which wants an order
number of jd.com and a warehouse code; a shop connects those at the courier itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shipper:
    """One courier at Kdniao.

    `courier` is our code of it (resources/rules/couriers.toml); `needs` are fields of the account
    without which it refuses every order; `postcode`: both postcodes are needed; `outlets`: it sells
    numbers through outlets, so the account has a balance of them; `phone`: scans are told only
    with the last four digits of a phone.
    """

    courier: str
    needs: tuple[str, ...] = ()
    postcode: bool = False
    outlets: bool = False
    phone: bool = False


SHIPPERS: Mapping[str, Shipper] = {
    "SF": Shipper("sf", phone=True),
    "ZTO": Shipper("zto", needs=("customer", "password"), outlets=True),
    "YTO": Shipper("yto", needs=("customer", "month_code"), outlets=True),
    "STO": Shipper("sto", needs=("customer", "password", "site"), outlets=True),
    "YD": Shipper("yunda", needs=("customer", "password"), outlets=True),
    "JTSD": Shipper("jt", needs=("customer", "password"), outlets=True),
    "HTKY": Shipper("best", needs=("customer", "password"), outlets=True),
    "EMS": Shipper("ems", postcode=True),
    "YZPY": Shipper("china_post", postcode=True),
    "YZBK": Shipper("china_post", postcode=True),
    "DBL": Shipper("deppon"),
    "ZJS": Shipper("zjs"),
    "UC": Shipper("uc"),
    "SURE": Shipper("sure"),
    "XFEX": Shipper("xinfeng"),
    "KYSY": Shipper("kye"),
    "SNWL": Shipper("suning"),
    "HHTT": Shipper("tiantian"),
}
