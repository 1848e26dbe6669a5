"""The shop's own e-waybill on Douyin: through which app, and by which courier.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

from dataclasses import dataclass, field

from sync.gateways.douyin_sign import DouyinKeys


@dataclass(frozen=True, slots=True)
class DouyinLabelAccount:
    """One shop with one courier. `company` is the courier's code at Douyin.

    `product` is the courier's product where it has several, "" for its usual one.
    """

    keys: DouyinKeys = field(repr=False)
    company: str
    product: str = ""
