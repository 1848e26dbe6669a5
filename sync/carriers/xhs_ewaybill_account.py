"""Xiaohongshu's own e-waybill: through which app, by which courier and branch, in which form."""

from dataclasses import dataclass, field

from sync.gateways.xhs_sign import XhsKeys

USUAL_FORM = "76*130"


@dataclass(frozen=True, slots=True)
class XhsLabelAccount:
    """One shop with one courier.

    `courier` is the courier's code at Xiaohongshu, `branch` one of its branches and `brand` its
    brand ("" where there is one alone; SF has two), `form` a label's size or the id of its form,
    `product` the courier's product ("" for its usual one).
    """

    keys: XhsKeys = field(repr=False)
    courier: str
    branch: str = ""
    brand: str = ""
    form: str = USUAL_FORM
    product: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One address that parcels of an agreement are collected from, as the platform writes it."""

    province: str
    city: str
    district: str
    town: str
    detail: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the shop agreed with one branch of a courier, or with a courier that has none."""

    direct: bool
    branch: str
    brand: str
    customer: str
    places: tuple[Place, ...]
