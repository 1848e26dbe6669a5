"""The shop's account at SF: who asks, with which secret, and who pays.

`repr` masks everything secret, so that a log or a traceback never carries it.
"""

import re
from dataclasses import dataclass

# carriers_labels.md A1: production, the Hong Kong gateway, and SF's own test gateway.
PRODUCTION = "https://bspgw.sf-express.com/std/service"
HONG_KONG = "https://sfapi-hk.sf-express.com/std/service"
TEST = "https://sfapi-sbox.sf-express.com/std/service"

_MONTHLY = re.compile(r"[0-9]{10}")


@dataclass(frozen=True, slots=True)
class SfAccount:
    """A customer code at SF's open platform.

    `partner_id` is SF's customer code, `checkword` its secret, `monthly_account` the ten digits of
    the monthly settlement card (empty = paid in cash), `url` one of the gateways above.
    `pay_method` is 1 sender, 2 receiver, 3 third party; `product` is the default expressTypeId.
    """

    partner_id: str
    checkword: str
    monthly_account: str = ""
    url: str = PRODUCTION
    pay_method: int = 1
    product: int = 1

    def __repr__(self) -> str:
        """Which account, never its secrets."""
        return f"SfAccount(partner_id={self.partner_id!r}, checkword=***, monthly_account=***)"


def is_monthly_account(text: str) -> bool:
    """Whether this is a monthly card as SF writes it: exactly ten ASCII digits (its code 6126)."""
    return _MONTHLY.fullmatch(text) is not None
