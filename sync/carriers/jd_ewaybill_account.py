"""The shop's own e-waybill at JD ("boundless" e-waybill): through which app, by which courier.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

from dataclasses import dataclass, field

from sync.gateways.jd_sign import JdKeys


@dataclass(frozen=True, slots=True)
class JdLabelAccount:
    """One POP shop with one courier.

    `vendor` and `vendor_name` are the shop's number and name at JD; `provider` is the courier's
    code there; `branch` is the branch's code of a franchise courier, `settlement` the account of
    one that runs its branches itself: one of the two. `pay_method` is how SF is paid.
    """

    keys: JdKeys = field(repr=False)
    vendor: str
    vendor_name: str
    provider: str
    branch: str = ""
    settlement: str = ""
    pay_method: str = "1"
