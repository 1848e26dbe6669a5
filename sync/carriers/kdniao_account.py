"""The shop's account at Kdniao: who asks, with which key, and the courier it buys from.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

from dataclasses import dataclass

# kdniao.com/documents: e-waybills and their cancelling; tracking.
ORDERS = "https://api.kdniao.com/api/EOrderService"
TRACKS = "https://api.kdniao.com/Ebusiness/EbusinessOrderHandle.aspx"
# Instant tracking: paid accounts use 8001, which tells finer states; free ones 1002.
PAID_TRACK = "8001"


@dataclass(frozen=True, slots=True)
class KdniaoAccount:
    """One user of Kdniao with one courier.

    `business_id` (EBusinessID) and `api_key` are Kdniao's; `shipper` is the courier's code there;
    `customer`, `password`, `month_code` and `site` are what that courier's outlet gave, each empty
    where it wants none. `track` is the RequestType of instant tracking.
    """

    business_id: str
    api_key: str
    shipper: str
    customer: str = ""
    password: str = ""
    month_code: str = ""
    site: str = ""
    orders_url: str = ORDERS
    tracks_url: str = TRACKS
    track: str = PAID_TRACK

    def __repr__(self) -> str:
        """Which account, never its secrets."""
        return f"KdniaoAccount({self.business_id!r}, {self.shipper!r}, api_key=***, password=***)"
