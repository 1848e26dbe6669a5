"""The WeChat shop's own e-waybill: by which courier, through which agreement."""

from dataclasses import dataclass, field

from sync.gateways.wechat_access import WechatKeys


@dataclass(frozen=True, slots=True)
class WechatLabelAccount:
    """One shop with one courier.

    `delivery_id` is the courier's code at WeChat, `acct_id` the agreement with one of its branches
    ("" where there is one alone), `template_id` the label's form ("" for the courier's usual one),
    `order_type` the courier's product ("" for its usual one).
    """

    keys: WechatKeys = field(repr=False)
    delivery_id: str
    acct_id: str = ""
    template_id: str = ""
    order_type: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the shop agreed with a courier's branch, by the platform's own ids."""

    shop_id: str
    acct_id: str
    site_code: str
